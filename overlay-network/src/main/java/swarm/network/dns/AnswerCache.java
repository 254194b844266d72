package swarm.network.dns;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Answers of other name servers, for as long as they say (RFC 1035, 3.2.1; names that are not
/// there: RFC 2308), for one container. Thread-safe; neither blocks.
final class AnswerCache {
  /// Bytes of answers and names.
  private static final long MOST_BYTES = 64 * 1024;

  /// What keeping one takes beside its bytes, about.
  private static final int OVERHEAD_BYTES = 200;

  /// Seconds that anything is kept: the host may be given other servers.
  private static final int LONGEST = 300;

  private static final int TYPE_SOA = 6;

  /// Recursion desired, authentic data, checking disabled.
  private static final int FLAGS = 0x0130;

  private final Ticker clock;
  private final Cache<Key, Kept> answers;

  private record Key(String name, int type, int dnsClass, int flags, boolean edns, boolean dnssec) {
    static Key of(DnsMessage asked, Optional<Edns> edns) {
      return new Key(
          DnsName.canonical(asked.question().name()),
          asked.question().type(),
          asked.question().dnsClass(),
          asked.flags() & FLAGS,
          edns.isPresent(),
          edns.filter(Edns::dnssec).isPresent());
    }
  }

  /// @param since nanoseconds of the clock
  /// @param seconds that it may be kept
  private record Kept(byte[] message, RawMessage parts, long since, int seconds) {}

  /// @param clock nanoseconds
  AnswerCache(Ticker clock) {
    this.clock = clock;
    answers =
        Caffeine.newBuilder()
            .maximumWeight(MOST_BYTES)
            .weigher(
                (Key key, Kept kept) ->
                    key.name().length() + kept.message().length + OVERHEAD_BYTES)
            .expireAfter(
                Expiry.<Key, Kept>creating((_, kept) -> Duration.ofSeconds(kept.seconds())))
            .ticker(clock)
            .executor(Runnable::run)
            .build();
  }

  /// What was answered before, as an answer to this question; empty where nothing is known, or not
  /// as short.
  ///
  /// @param query as it came
  /// @param asked the same, read
  /// @param limit bytes
  Optional<byte[]> find(byte[] query, DnsMessage asked, Optional<Edns> edns, int limit) {
    if (edns.filter(Edns::options).isPresent()) {
      return Optional.empty();
    }
    return Optional.ofNullable(answers.getIfPresent(Key.of(asked, edns)))
        .filter(kept -> kept.message().length <= limit)
        .map(kept -> again(kept, query));
  }

  /// The kept answer under the question's id, with its name as the asker wrote it and what is left
  /// of each time to live.
  private byte[] again(Kept kept, byte[] query) {
    byte[] message = kept.message().clone();
    message[0] = query[0];
    message[1] = query[1];
    int end = kept.parts().questionEnd();
    if (end <= query.length) {
      System.arraycopy(
          query,
          RawMessage.HEADER_BYTES,
          message,
          RawMessage.HEADER_BYTES,
          end - RawMessage.HEADER_BYTES);
    }
    int age = (int) TimeUnit.NANOSECONDS.toSeconds(clock.read() - kept.since());
    ByteBuffer out = ByteBuffer.wrap(message);
    for (RawMessage.Entry entry : kept.parts().records()) {
      if (entry.type() != Edns.TYPE) {
        out.putInt(entry.ttlAt(), Math.max(0, out.getInt(entry.ttlAt()) - age));
      }
    }
    return message;
  }

  /// Keeps an answer, where it may be kept.
  ///
  /// @param asked what was asked
  void keep(DnsMessage asked, Optional<Edns> edns, byte[] answer) throws DnsFormatException {
    DnsMessage read = DnsMessage.decode(answer);
    RawMessage parts = RawMessage.of(answer);
    int seconds = Math.min(LONGEST, lifetime(answer, read, parts));
    boolean special = read.isTruncated() || edns.filter(Edns::options).isPresent();
    if (seconds > 0 && !special) {
      answers.put(Key.of(asked, edns), new Kept(answer.clone(), parts, clock.read(), seconds));
    }
  }

  /// Seconds that an answer may be kept; 0 for not at all. Pure.
  static int lifetime(byte[] answer, DnsMessage read, RawMessage parts) {
    boolean found = read.responseCode() == DnsMessage.NO_ERROR && !read.answers().isEmpty();
    if (found) {
      return parts.records().stream()
          .filter(entry -> entry.section() == RawMessage.Section.ANSWER)
          .mapToInt(entry -> seconds(answer, entry.ttlAt()))
          .min()
          .orElse(0);
    }
    boolean nothing =
        read.responseCode() == DnsMessage.NO_ERROR
            || read.responseCode() == DnsMessage.NO_SUCH_NAME;
    return !nothing
        ? 0
        : parts.records().stream()
            .filter(entry -> entry.section() == RawMessage.Section.AUTHORITY)
            .filter(entry -> entry.type() == TYPE_SOA && entry.length() >= Integer.BYTES)
            .mapToInt(
                soa ->
                    Math.min(
                        seconds(answer, soa.ttlAt()),
                        seconds(answer, soa.dataAt() + soa.length() - Integer.BYTES)))
            .min()
            .orElse(0);
  }

  /// A number with the upper bit set counts as none (RFC 2181, section 8).
  private static int seconds(byte[] answer, int at) {
    return Math.max(0, ByteBuffer.wrap(answer).getInt(at));
  }
}
