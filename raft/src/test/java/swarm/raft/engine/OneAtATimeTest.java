package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OneAtATimeTest {
  private static final int THREADS = 8;
  private static final int TIMES = 20_000;

  private int plain; // guarded by what is tested
  private final AtomicInteger news = new AtomicInteger();
  private final AtomicInteger seen = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger together = new AtomicInteger();

  private final OneAtATime looks =
      new OneAtATime(
          () -> {
            together.accumulateAndGet(inside.incrementAndGet(), Math::max);
            plain++;
            seen.addAndGet(news.getAndSet(0));
            inside.decrementAndGet();
          });

  @Test
  void nothingThatWasAskedForIsMissedAndNothingRunsTwiceAtOnce() throws Exception {
    var start = new CountDownLatch(1);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    for (int j = 0; j < TIMES; j++) {
                      news.incrementAndGet();
                      looks.ask();
                    }
                  }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(seen.get()).isEqualTo(THREADS * TIMES);
    assertThat(together.get()).isOne();
    assertThat(plain).isBetween(1, THREADS * TIMES);
  }

  @Test
  void whoAsksFromWithinHasItRunOnceMoreAfterwards() {
    var order = new ArrayList<String>();
    var box = new OneAtATime[1];
    box[0] =
        new OneAtATime(
            () -> {
              boolean first = order.isEmpty();
              order.add("begin");
              if (first) {
                box[0].ask();
                box[0].ask();
              }
              order.add("end");
            });
    box[0].ask();
    assertThat(order).containsExactly("begin", "end", "begin", "end");
  }
}
