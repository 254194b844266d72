package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.health.Health;
import swarm.runtime.health.HealthCheck;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HealthChecksTest {
  private static final long MILLI = 1_000_000;

  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aContainerIsAsItsProbesSay() throws Exception {
    String id = harness.run(sleeping("echo looked; test -e /tmp/ok", 2_000));
    assertThat(health(id)).isEqualTo(new Health(Health.Status.STARTING, 0, List.of()));
    until("unhealthy", () -> health(id).status() == Health.Status.UNHEALTHY);
    assertThat(health(id).failingStreak()).isGreaterThanOrEqualTo(2);
    assertThat(health(id).log().getFirst().exitCode()).isEqualTo(1);
    assertThat(health(id).log().getFirst().output()).isEqualTo("looked\n");

    var _ = harness.engine.exec(id, ExecConfig.of("touch", "/tmp/ok")).exitCode().get();
    until("healthy", () -> health(id).status() == Health.Status.HEALTHY);
    assertThat(health(id).failingStreak()).isZero();
    assertThat(harness.actions(id))
        .contains("health_status", "exec_create", "exec_start", "exec_die");
  }

  @Test
  void aPausedContainerIsNotProbedNorOneThatEnded() throws Exception {
    String id = harness.run(sleeping("true", 2_000));
    until("healthy", () -> health(id).status() == Health.Status.HEALTHY);
    harness.engine.pause(id);
    var paused = health(id);
    Thread.sleep(300);
    assertThat(health(id)).isEqualTo(paused);
    harness.engine.unpause(id);
    until("probed again", () -> !health(id).equals(paused));

    harness.engine.kill(id, "KILL");
    harness.await(id);
    var ended = health(id);
    assertThat(ended.status()).isEqualTo(Health.Status.UNHEALTHY); // as Docker has it
    Thread.sleep(200);
    assertThat(health(id)).isEqualTo(ended);
    harness.engine.start(id);
    assertThat(health(id).status()).isEqualTo(Health.Status.STARTING);
  }

  @Test
  void aProbeThatTakesTooLongHasFailed() throws Exception {
    String id = harness.run(sleeping("echo before; exec sleep 1000", 200));
    until("unhealthy", () -> health(id).status() == Health.Status.UNHEALTHY);

    assertThat(health(id).log().getFirst().exitCode()).isEqualTo(-1);
    assertThat(health(id).log().getFirst().output())
        .isEqualTo("Health check exceeded timeout (200ms): before\n");
  }

  @Test
  void noProbeIsLeftBehind() throws Exception {
    String id = harness.run(sleeping("sleep 1000; true", 100));
    until("unhealthy", () -> health(id).status() == Health.Status.UNHEALTHY);
    until("probed often", () -> health(id).failingStreak() > 4);
    assertThat(execs(id)).hasSizeLessThanOrEqualTo(2);

    harness.engine.pause(id);
    until("the probe under way is gone", () -> execs(id).isEmpty());
    harness.engine.unpause(id);
    until("probed again", () -> !execs(id).isEmpty());
    harness.engine.kill(id, "KILL");
    harness.await(id);
    until("the last probe is gone", () -> execs(id).isEmpty());
  }

  @Test
  void whatCannotBeRunHasFailed() throws Exception {
    String id =
        harness.run(
            busybox("sleep", "1000")
                .health(
                    new HealthCheck(
                        List.of("CMD", "/nowhere"), 50 * MILLI, 0, 0, 0, 2, List.of())));
    until("unhealthy", () -> health(id).status() == Health.Status.UNHEALTHY);

    assertThat(health(id).log().getFirst().exitCode()).isEqualTo(-1);
    assertThat(health(id).log().getFirst().output()).startsWith("OCI runtime exec failed");
  }

  @Test
  void theNextDaemonGoesOn() throws Exception {
    String id = harness.run(sleeping("true", 2_000));
    until("healthy", () -> health(id).status() == Health.Status.HEALTHY);
    harness.reopen();
    assertThat(health(id).status()).isEqualTo(Health.Status.HEALTHY);
    var before = health(id);
    until("probed again", () -> !health(id).equals(before));
    assertThat(health(id).status()).isEqualTo(Health.Status.HEALTHY);
  }

  @Test
  void theNextDaemonKillsAProbeOfTheLastOne() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));
    String exec = harness.engine.exec(id, ExecConfig.of("sleep", "1000")).id();
    String other = harness.engine.exec(id, ExecConfig.of("sleep", "1000")).id();
    Path file = harness.root.resolve("exec/x").resolve(exec).resolve("exec.json");
    Files.writeString(file, Files.readString(file).replace("\"probe\":false", "\"probe\":true"));
    harness.reopen();
    until("it is killed", () -> execs(id).equals(List.of(other)));
  }

  private Health health(String id) {
    try {
      return harness.engine.get(id).health();
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> execs(String id) {
    try {
      return harness.engine.execs().of(id);
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  private static ContainerConfigBuilder sleeping(String test, long timeoutMillis) {
    return busybox("sleep", "1000")
        .health(
            new HealthCheck(
                List.of("CMD-SHELL", test), 50 * MILLI, timeoutMillis * MILLI, 0, 0, 2, List.of()));
  }
}
