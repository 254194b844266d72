package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How often strangers may call.
@Timeout(60)
class StrangerRatesTest {
  private static final StrangerRates.Rates FEW =
      new StrangerRates.Rates(
          new TokenBucket.Rate(6, Duration.ofMillis(100)),
          new TokenBucket.Rate(4, Duration.ofMillis(200)),
          new TokenBucket.Rate(2, Duration.ofSeconds(5)),
          3);

  /// Each word is an address's last number and what its call is: `1` a call, `1w` one with a wrong
  /// token; `+300` lets so many milliseconds pass. Calls that are refused are marked.
  @ParameterizedTest
  @CsvSource({
    "1 1 1 1 1, 1 1 1 1 1!",
    "1 1 1 1 1 +200 1 1, 1 1 1 1 1! +200 1 1!",
    "1 1 1 1 1 1 1 1 +200 1, 1 1 1 1 1! 1! 1! 1! +200 1", // what was refused costs nothing
    "1 1 1 1 +60000 1 1 1 1 1, 1 1 1 1 +60000 1 1 1 1 1!",
    "1 1 1 1 2 2 3, 1 1 1 1 2 2 3!", // all together
    "1 1 1 1 2 2 3 +100 3, 1 1 1 1 2 2 3! +100 3",
    "1w 1w 1 2, 1w 1w 1! 2",
    "1w 1w +1000 1 +4000 1, 1w 1w +1000 1! +4000 1",
    "1w 1w +5000 1w +1000 1, 1w 1w +5000 1w +1000 1!",
    "1w 1 +5000 1w 1, 1w 1 +5000 1w 1",
  })
  void whoIsRefused(String calls, String shown) throws Exception {
    var rates = new StrangerRates(FEW, 0);
    var seen = new ArrayList<String>();
    long now = 0;
    for (String word : calls.split(" ")) {
      if (word.startsWith("+")) {
        now += Duration.ofMillis(Long.parseLong(word.substring(1))).toNanos();
        seen.add(word);
        continue;
      }
      InetAddress from = address(word.replace("w", ""));
      boolean in = rates.enter(from, now).isEmpty();
      if (in && word.endsWith("w")) {
        rates.wrong(from, now);
      }
      seen.add(in ? word : word + "!");
    }
    assertThat(String.join(" ", seen)).isEqualTo(shown);
  }

  private static InetAddress address(String last) throws UnknownHostException {
    return InetAddress.getByName("192.0.2." + last);
  }

  @Test
  void theRefusalSaysWhyAndWhatToDo() throws Exception {
    var rates = new StrangerRates(FEW, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(rates.enter(address("1"), 0)).isEmpty();
    }
    assertThat(rates.enter(address("1"), 0))
        .hasValue(
            "too many calls without a certificate came from 192.0.2.1: this manager takes 4 at once"
                + " and 5 a second; try again in a few seconds");
    rates.enter(address("2"), 0);
    rates.enter(address("2"), 0);
    assertThat(rates.enter(address("3"), 0))
        .hasValue(
            "too many calls without a certificate came: this manager takes 6 at once and 10 a"
                + " second; try again in a few seconds");
    rates.wrong(address("1"), 0);
    rates.wrong(address("1"), 0);
    assertThat(rates.enter(address("1"), 0))
        .hasValue(
            "too many wrong join tokens or proofs came from 192.0.2.1: this manager looks at one in"
                + " 5 s now; try again later");
  }

  @Test
  void guessesAtTheSameTimeAreADebt() throws Exception {
    var rates = new StrangerRates(FEW, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(rates.enter(address("1"), 0)).isEmpty();
    }
    for (int i = 0; i < 4; i++) {
      rates.wrong(address("1"), 0);
    }
    assertThat(rates.enter(address("1"), Duration.ofSeconds(14).toNanos())).isPresent();
    assertThat(rates.enter(address("1"), Duration.ofSeconds(15).toNanos())).isEmpty();
  }

  @Test
  void aNetworkOfIpv6IsOneAddress() throws Exception {
    var rates = new StrangerRates(FEW, 0);
    for (int i = 1; i <= 4; i++) {
      assertThat(rates.enter(InetAddress.getByName("2001:db8::" + i), 0)).isEmpty();
    }
    assertThat(rates.enter(InetAddress.getByName("2001:db8::5"), 0)).isPresent();
    assertThat(rates.enter(InetAddress.getByName("2001:db8:0:1::5"), 0)).isEmpty();
  }

  @Test
  void onlySoManyAddressesAreRemembered() throws Exception {
    var rates = new StrangerRates(FEW, 0);
    for (int i = 0; i < 250; i++) {
      rates.enter(address(Integer.toString(i)), Duration.ofSeconds(i).toNanos());
      assertThat(rates.remembered()).isLessThanOrEqualTo(3);
    }
  }

  /// 32 hosts behind one address, each of which joins, and 32 that come back expired.
  @Test
  void manyMayComeAtOnce() throws Exception {
    var joins = new StrangerRates(StrangerRates.Rates.USUAL, 0);
    for (int call = 0; call < 64; call++) {
      assertThat(joins.enter(address("1"), 0)).as("call %s", call).isEmpty();
    }
  }

  // ---- at the cluster port

  private static final StrangerRates.Rates GUESSES =
      new StrangerRates.Rates(
          new TokenBucket.Rate(100, Duration.ofHours(1)),
          new TokenBucket.Rate(8, Duration.ofHours(1)),
          new TokenBucket.Rate(2, Duration.ofHours(1)),
          10);

  @Test
  void aFloodIsRefusedAndMembersAreNot() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(GUESSES))) {
      List<Status.Code> codes = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        codes.add(port.caller().call(Methods.JOIN, ClusterPort.join()).getCode());
      }
      assertThat(codes.subList(0, 8)).containsOnly(Status.Code.OK);
      assertThat(codes.getLast()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(port.handler.calls).hasSize(8);
      assertThat(port.member().call(Methods.JOIN, ClusterPort.join()).isOk()).isTrue();
    }
  }

  @Test
  void whoGuessesIsRefusedSoon() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(GUESSES))) {
      byte[] unreadable = {1, 2, 3};
      List<Status.Code> codes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        codes.add(port.caller().call(Methods.JOIN, unreadable).getCode());
      }
      assertThat(codes)
          .containsExactly(
              Status.Code.INVALID_ARGUMENT,
              Status.Code.INVALID_ARGUMENT,
              Status.Code.RESOURCE_EXHAUSTED);
    }
  }
}
