package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogPositionTest {
  private final LogPosition position = new LogPosition();

  private boolean line(int second) {
    return position.passes(Instant.ofEpochSecond(second));
  }

  @Test
  void theFirstStreamBeginsWhereItWasAsked() {
    assertThat(position.begun()).isFalse();
    assertThat(position.resume("")).isEmpty();
    assertThat(position.resume("2026-01-01T00:00:00Z")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(line(5)).isTrue();
    assertThat(position.begun()).isTrue();
  }

  @Test
  void linesOfOneInstantAreToldApartByTheirNumber() {
    assertThat(List.of(line(1), line(2), line(2))).containsOnly(true);
    assertThat(position.resume("")).isEqualTo("1970-01-01T00:00:02Z");
    assertThat(List.of(line(2), line(2))).containsOnly(false);
    assertThat(List.of(line(2), line(3))).containsOnly(true);
  }

  @Test
  void aClockThatWentBackLosesNoLine() {
    assertThat(List.of(line(9), line(1), line(1))).containsOnly(true);
  }

  @Test
  void whatComesOnceMoreMayBreakOffAgain() {
    line(2);
    line(2);
    position.resume("");
    assertThat(line(2)).isFalse();
    position.resume("");
    assertThat(List.of(line(2), line(2))).containsOnly(false);
    assertThat(line(2)).isTrue();
  }

  /// Wherever streams break off, each line is passed once.
  @Test
  void eachLineOnce() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      List<Instant> log =
          random.ints(random.nextInt(30), 0, 5).sorted().mapToObj(Instant::ofEpochSecond).toList();
      var read = new LogPosition();
      int passed = 0;
      for (int stop :
          IntStream.concat(random.ints(random.nextInt(8), 0, 30), IntStream.of(30)).toArray()) {
        String since = read.resume("");
        passed +=
            (int)
                log.stream()
                    .filter(at -> since.isEmpty() || !at.isBefore(Instant.parse(since)))
                    .limit(stop)
                    .filter(read::passes)
                    .count();
      }
      assertThat(passed).as("seed %d", seed).isEqualTo(log.size());
    }
  }
}
