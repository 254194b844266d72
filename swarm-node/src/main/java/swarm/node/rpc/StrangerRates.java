package swarm.node.rpc;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;

/// How often callers without a certificate may call: all together, those of one address, and those
/// of an address that has shown a wrong token. Pure but for what it remembers of addresses, which
/// is bounded: the one that has not called for longest is forgotten, whose buckets are full again
/// by then unless thousands of others call. Not thread-safe.
final class StrangerRates {
  /// @param all of all addresses together
  /// @param ofOne of one address: a whole /64 network of IPv6 counts as one
  /// @param wrongOfOne how many wrong tokens of one address are looked at
  /// @param addresses that are remembered
  record Rates(
      TokenBucket.Rate all, TokenBucket.Rate ofOne, TokenBucket.Rate wrongOfOne, int addresses) {
    /// A join is one call, the renewal of an expired certificate two. So 32 hosts behind one
    /// address join at once, or come back with expired certificates, without waiting. A wrong token
    /// is a mistake of a person's: a few are normal.
    static final Rates USUAL =
        new Rates(
            new TokenBucket.Rate(256, Duration.ofSeconds(1).dividedBy(64)),
            new TokenBucket.Rate(64, Duration.ofSeconds(1).dividedBy(16)),
            new TokenBucket.Rate(8, Duration.ofSeconds(5)),
            4096);
  }

  private record Origin(TokenBucket calls, TokenBucket wrong) {}

  private final Rates rates;
  private final LinkedHashMap<InetAddress, Origin> origins = new LinkedHashMap<>();
  private TokenBucket all;

  StrangerRates(Rates rates, long nowNanos) {
    this.rates = rates;
    all = TokenBucket.full(rates.all(), nowNanos);
  }

  /// A call comes. One that is refused takes nothing from anybody.
  ///
  /// @return why it is refused; empty where it is let through
  Optional<String> enter(InetAddress address, long nowNanos) {
    InetAddress key = StrangerQueue.origin(address);
    Origin origin = now(key, nowNanos);
    all = all.at(rates.all(), nowNanos);
    Optional<String> refusal = refusal(address, origin);
    if (refusal.isEmpty()) {
      all = all.less(rates.all());
      origin = new Origin(origin.calls().less(rates.ofOne()), origin.wrong());
    }
    remember(key, origin);
    return refusal;
  }

  private Optional<String> refusal(InetAddress address, Origin origin) {
    String host = address.getHostAddress();
    if (!origin.wrong().any(rates.wrongOfOne())) {
      return Optional.of(
          "too many wrong join tokens or proofs came from "
              + host
              + ": this manager looks at one in "
              + rates.wrongOfOne().interval().toSeconds()
              + " s now; try again later");
    }
    if (!origin.calls().any(rates.ofOne())) {
      return Optional.of(
          "too many calls without a certificate came from "
              + host
              + ": this manager takes "
              + rates.ofOne().burst()
              + " at once and "
              + rates.ofOne().perSecond()
              + " a second; try again in a few seconds");
    }
    return all.any(rates.all())
        ? Optional.empty()
        : Optional.of(
            "too many calls without a certificate came: this manager takes "
                + rates.all().burst()
                + " at once and "
                + rates.all().perSecond()
                + " a second; try again in a few seconds");
  }

  /// A call that was let through showed a wrong token, or a proof that proves nothing. Calls that
  /// were under way at the same time may make this a debt, which takes as much longer.
  void wrong(InetAddress address, long nowNanos) {
    InetAddress key = StrangerQueue.origin(address);
    Origin origin = now(key, nowNanos);
    remember(key, new Origin(origin.calls(), origin.wrong().less(rates.wrongOfOne())));
  }

  private Origin now(InetAddress key, long nowNanos) {
    Origin known = origins.get(key);
    return known == null
        ? new Origin(
            TokenBucket.full(rates.ofOne(), nowNanos),
            TokenBucket.full(rates.wrongOfOne(), nowNanos))
        : new Origin(
            known.calls().at(rates.ofOne(), nowNanos),
            known.wrong().at(rates.wrongOfOne(), nowNanos));
  }

  private void remember(InetAddress key, Origin origin) {
    origins.putLast(key, origin);
    if (origins.size() > rates.addresses()) {
      origins.pollFirstEntry();
    }
  }

  /// Addresses that are remembered now.
  int remembered() {
    return origins.size();
  }
}
