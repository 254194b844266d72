package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.image.Progress;

@Timeout(60)
class OrderedOutputTest {
  private static final int PIECE = 8 * 1024;
  private static final int PIECES = 2_000;

  /// That are made at once.
  private static final int STEPS = 16;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final OrderedOutput ordered =
      new OrderedOutput(
          new BuildOutput() {
            @Override
            public void text(String text) {
              told.add(text);
            }

            @Override
            public void error(String text) {
              told.add("error " + text);
            }

            @Override
            public void image(String id) {
              told.add("image " + id);
            }

            @Override
            public Progress progress() {
              return (_, status, _, _) -> told.add("progress " + status);
            }
          },
          new TreeSet<>(IntStream.rangeClosed(0, STEPS + 1).boxed().toList()));

  @Test
  void oneStageAfterTheOther() {
    ordered.of(2).text("2");
    ordered.of(1).error("1");
    ordered.of(1).progress().report("", "not told");
    ordered.of(0).text("0");
    ordered.of(0).progress().report("", "told");
    ordered.end(1);
    assertThat(told).containsExactly("0", "progress told");
    ordered.end(0);
    assertThat(told).containsExactly("0", "progress told", "error 1", "2");
    ordered.of(2).image("a");
    assertThat(told).endsWith("2", "image a");
  }

  /// What two stages say at once that wait for a first one.
  @Test
  void whatIsRememberedHasABound() throws InterruptedException {
    var said = new AtomicInteger();
    List<Thread> threads = List.of(talker(1, said), talker(2, said));
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    assertThat(said.get()).isBetween(1, OrderedOutput.MOST / PIECE);
    assertThat(told).isEmpty();

    ordered.end(0);

    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(told).hasSize(2 * PIECES);
    assertThat(told.subList(0, PIECES)).allMatch(text -> text.startsWith("1"));
    assertThat(told.subList(PIECES, 2 * PIECES)).allMatch(text -> text.startsWith("2"));
  }

  @Test
  void whoWaitsIsLetGoWhereTheBuildFailed() throws InterruptedException {
    Thread thread = talker(1, new AtomicInteger());
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    ordered.close();
    thread.join();
    assertThat(told).isEmpty();
  }

  /// All places are taken by stages that wait until the first one has spoken.
  @Test
  void theStageWhoseTurnItIsWaitsForNoPlace() throws Exception {
    var threads = new ArrayList<Thread>();
    for (int stage = 1; stage <= STEPS; stage++) {
      threads.add(talker(stage, new AtomicInteger()));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    var made = new CompletableFuture<String>();
    Thread next = Thread.ofVirtual().start(() -> made.complete(made(STEPS + 1)));
    while (next.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(made).isNotDone();
    assertThat(made(0)).isEqualTo("made");
    ordered.end(0);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(made.get()).isEqualTo("made");
    assertThat(told).hasSize(STEPS * PIECES);
  }

  private String made(int stage) {
    try {
      return ordered.of(stage).make(() -> "made");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Thread talker(int stage, AtomicInteger said) {
    String piece = stage + "x".repeat(PIECE - 1);
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                ordered
                    .of(stage)
                    .make(
                        () -> {
                          for (int i = 0; i < PIECES; i++) {
                            ordered.of(stage).text(piece);
                            said.incrementAndGet();
                          }
                          return "";
                        });
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              ordered.end(stage);
            });
  }
}
