package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Node;

/// The tables that the node monitor goes by.
class LookoutTest {
  @ParameterizedTest(name = "{0}, silent for {1} ms, gossip says {2}: {3}")
  @CsvSource({
    "READY,        100,   ALIVE,   false",
    "READY,        100,   SUSPECT, false",
    "READY,        601,   NONE,    true",
    "READY,        601,   ALIVE,   true",
    "READY,        601,   DEAD,    true",
    "UNKNOWN,      601,   NONE,    true",
    "DISCONNECTED, 601,   NONE,    true", // its host may follow its daemon
    "DISCONNECTED, 100,   NONE,    false",
    "DOWN,         601,   DEAD,    false", // it comes back by its session
    "DOWN,         99999, NONE,    false"
  })
  void aLeaderAsksTheHostsOfThoseItSuspects(
      Node.State state, long silent, Liveness.Hint hint, boolean asks) {
    var evidence =
        new Liveness.Evidence(
            true,
            Duration.ofMillis(silent),
            Duration.ofSeconds(9),
            Duration.ofSeconds(9),
            Liveness.Probe.NONE,
            0,
            hint);
    assertThat(Lookout.asks(evidence, state)).isEqualTo(asks);
  }

  @ParameterizedTest(name = "gossip says {0} of one that is {1}: {2}")
  @CsvSource({
    "SUSPECT, READY,        true",
    "DEAD,    READY,        true",
    "NONE,    READY,        false",
    "ALIVE,   READY,        false",
    "LEFT,    READY,        false", // its daemon said goodbye: its host is not lost
    "DEAD,    DISCONNECTED, false",
    "DEAD,    DOWN,         false",
    "SUSPECT, UNKNOWN,      false"
  })
  void whoDoesNotLeadAsksOnlyForWhomGossipDoubts(
      Liveness.Hint hint, Node.State state, boolean asks) {
    assertThat(Lookout.foresees(hint, state)).isEqualTo(asks);
  }

  @ParameterizedTest(name = "{0} after the last look, meant to be {1}: missed {2}")
  @CsvSource({
    "PT0.05S, PT0.05S, -",
    "PT0.01S, PT0.05S, -",
    "PT0.15S, PT0.05S, -",
    "PT0.151S, PT0.05S, PT0.101S",
    "PT30S,   PT0.05S, PT29.95S"
  })
  void aPauseIsWhatIsWellBeyondTheTimeFromLookToLook(
      Duration since, Duration period, String missed) {
    assertThat(Lookout.missed(since, period))
        .isEqualTo(missed.equals("-") ? Optional.empty() : Optional.of(Duration.parse(missed)));
  }

  private static Set<String> ids(String text) {
    return text.isEmpty() ? Set.of() : new TreeSet<>(Arrays.asList(text.split(" ")));
  }

  @ParameterizedTest(name = "in this term: {0}, {1} had left, now {2}: {3}")
  @CsvSource({
    "true,  '',    '',    false",
    "true,  '',    'a',   true",
    "true,  'a',   'a',   false",
    "true,  'a',   'a b', true",
    "true,  'a b', 'b',   false", // forgotten: its certificate has expired
    "true,  'a',   'b',   true",
    "false, '',    'a b', false" // seen by the leader before this one
  })
  void whoLeavesTakesGossipsKeysAlong(
      boolean sameTerm, String before, String revoked, boolean renew) {
    assertThat(Lookout.keysKnownOutside(sameTerm, ids(before), ids(revoked))).isEqualTo(renew);
  }
}
