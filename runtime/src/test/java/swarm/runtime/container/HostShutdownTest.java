package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The host goes down with its containers, and comes back. Needs root.
@Timeout(120)
class HostShutdownTest {
  private static final String LAST_WORDS =
      "trap 'echo last words; exit 0' TERM; echo ready; while true; do sleep 0.01; done";
  private static final String DEAF = "trap '' TERM; echo ready; while true; do sleep 1; done";
  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @ParameterizedTest
  @CsvSource({
    "10, PT60S, PT10S", //
    "0, PT60S, PT0S",
    "60, PT60S, PT60S",
    "61, PT60S, PT60S",
    "2147483647, PT60S, PT60S",
    "-1, PT60S, PT60S",
  })
  void aContainerHasItsOwnTimeButNotForEver(int own, Duration longest, Duration expected) {
    assertThat(HostShutdown.grace(own, longest)).isEqualTo(expected);
  }

  @Test
  void containersEndAtOnceWithTheirLastWordsAndThePoliciesHoldAfterTheBoot() throws Exception {
    String always = run(DEAF, RestartPolicy.Kind.ALWAYS);
    String unless = run(LAST_WORDS, RestartPolicy.Kind.UNLESS_STOPPED);
    String stopped = run(LAST_WORDS, RestartPolicy.Kind.UNLESS_STOPPED);
    String none = run(LAST_WORDS, RestartPolicy.Kind.NO);
    String paused = run(DEAF, RestartPolicy.Kind.NO);
    String removed = harness.run(sh(DEAF).autoRemove(true));
    harness.engine.stop(stopped, java.util.Optional.empty());
    harness.engine.pause(paused);

    long begin = System.nanoTime();
    harness.engine.endWithHost();

    // one after the other they would take 4 s
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    assertThat(live()).isEmpty();
    assertThat(harness.engine.list()).extracting(Container::id).doesNotContain(removed);
    assertThat(harness.log(unless)).isEqualTo("ready\nlast words\n");
    assertThat(harness.engine.get(none).exitCode()).isZero();
    assertThat(harness.engine.get(always).exitCode()).isEqualTo(137);
    assertThat(List.of(always, unless, none, paused))
        .allMatch(
            id -> harness.container(id).endedWithHost() && !harness.container(id).stoppedByUser());
    assertThat(harness.container(stopped).endedWithHost()).isFalse();
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> harness.engine.start(none))
        .withMessageContaining("shutting down");

    harness.engine.close();
    harness.loseExecRoot();
    harness.reopen();

    until("policies", () -> live().size() == 2);
    assertThat(live()).containsExactlyInAnyOrder(always, unless);
    assertThat(harness.container(always).endedWithHost()).isFalse();
    assertThat(harness.container(none).endedWithHost()).isTrue();
  }

  private String run(String script, RestartPolicy.Kind policy) throws Exception {
    String id = harness.run(sh(script).restartPolicy(new RestartPolicy(policy, 0)));
    until("ready", () -> harness.printed(id).contains("ready"));
    return id;
  }

  private static ContainerConfigBuilder sh(String script) {
    return busybox("sh", "-c", script).stopTimeoutSeconds(1);
  }

  private List<String> live() {
    var ids = new ArrayList<String>();
    harness.engine.list().stream()
        .filter(container -> container.state().isLive())
        .forEach(container -> ids.add(container.id()));
    return ids;
  }
}
