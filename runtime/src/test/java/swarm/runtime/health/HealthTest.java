package swarm.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.runtime.health.Health.Status;

class HealthTest {
  private static final long SECOND = 1_000_000_000L;

  // A probe every second: o succeeds, x fails.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "probes | retries | start period | status    | streak",
        "-      | 3       | 0            | STARTING  | 0",
        "x      | 3       | 0            | STARTING  | 1",
        "xx     | 3       | 0            | STARTING  | 2",
        "xxx    | 3       | 0            | UNHEALTHY | 3",
        "xxx    | 0       | 0            | UNHEALTHY | 3",
        "xxxx   | 3       | 0            | UNHEALTHY | 4",
        "x      | 1       | 0            | UNHEALTHY | 1",
        "o      | 3       | 0            | HEALTHY   | 0",
        "oxx    | 3       | 0            | HEALTHY   | 2",
        "oxxx   | 3       | 0            | UNHEALTHY | 3",
        "xxxo   | 3       | 0            | HEALTHY   | 0",
        "xxoxx  | 3       | 0            | HEALTHY   | 2",
        "xxxx   | 3       | 5            | STARTING  | 0",
        "xxxxxx | 3       | 5            | STARTING  | 1",
        "oxxx   | 3       | 5            | UNHEALTHY | 3",
      },
      useHeadersInDisplayName = true)
  void followsFromItsProbes(
      @org.jspecify.annotations.Nullable String probes,
      int retries,
      int startPeriod,
      Status status,
      int streak) {
    var check =
        new HealthCheck(List.of("CMD", "x"), 0, 0, startPeriod * SECOND, 0, retries, List.of());
    Health health = Health.NONE.begun();
    for (int i = 0; probes != null && i < probes.length(); i++) {
      health = health.after(result(probes.charAt(i) == 'o' ? 0 : 1), check, Duration.ofSeconds(i));
    }

    assertThat(health.status()).isEqualTo(status);
    assertThat(health.failingStreak()).isEqualTo(streak);
    assertThat(health.log()).hasSize(probes == null ? 0 : Math.min(5, probes.length()));
  }

  @Test
  void aStartForgetsAllButTheResults() {
    Health health = Health.NONE.begun().after(result(1), check(1, 0, 0), Duration.ZERO);

    assertThat(health.begun()).isEqualTo(new Health(Status.STARTING, 0, health.log()));
  }

  @Test
  void whatHasEndedIsUnhealthyIfItWasChecked() {
    Health health = Health.NONE.begun().after(result(0), check(1, 0, 0), Duration.ZERO);

    assertThat(health.stopped()).isEqualTo(new Health(Status.UNHEALTHY, 0, health.log()));
    assertThat(Health.NONE.stopped()).isEqualTo(Health.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "STARTING,  0,  30",
    "STARTING,  61, 30",
    "HEALTHY,   0,  30",
  })
  void pausesForTheInterval(Status status, int sinceStart, int seconds) {
    assertThat(check(3, 60, 0).pause(status, Duration.ofSeconds(sinceStart)))
        .isEqualTo(Duration.ofSeconds(status == Status.STARTING && sinceStart < 60 ? 5 : seconds));
    assertThat(check(3, 60, 2).pause(Status.STARTING, Duration.ZERO))
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void takesFromTheImageWhatItDoesNotSay() {
    var image = new HealthCheck(List.of("CMD", "a"), 1, 2, 3, 4, 5, List.of("/bin/ash", "-c"));
    var own = new HealthCheck(List.of("CMD-SHELL", "b c"), 9, 0, 0, 0, 0, List.of());

    assertThat(HealthCheck.NONE.over(image)).isEqualTo(image);
    assertThat(own.over(HealthCheck.NONE)).isEqualTo(own);
    assertThat(own.over(image))
        .isEqualTo(
            new HealthCheck(List.of("CMD-SHELL", "b c"), 9, 2, 3, 4, 5, List.of("/bin/ash", "-c")));
    assertThat(own.over(image).command()).containsExactly("/bin/ash", "-c", "b c");
    assertThat(own.command()).containsExactly("/bin/sh", "-c", "b c");
    assertThat(image.command()).containsExactly("a");
    var more = new HealthCheck(List.of("CMD-SHELL", "a", "b"), 0, 0, 0, 0, 0, List.of());
    assertThat(more.command()).containsExactly("/bin/sh", "-c", "a", "b");
  }

  @Test
  void keepsTheBeginningOfTheOutput() {
    var output = new OutputBuffer();
    output.add(new byte[4_000]);
    output.add(new byte[96]);
    assertThat(output.toString()).hasSize(4_096);
    output.add(new byte[1]);
    assertThat(output.toString()).hasSize(4_099).endsWith("...");
  }

  private static HealthCheck check(int retries, int startPeriod, int startInterval) {
    return new HealthCheck(
        List.of("CMD", "x"),
        0,
        0,
        startPeriod * SECOND,
        startInterval * SECOND,
        retries,
        List.of());
  }

  private static ProbeResult result(int code) {
    return new ProbeResult(Instant.EPOCH, Instant.EPOCH, code, "");
  }
}
