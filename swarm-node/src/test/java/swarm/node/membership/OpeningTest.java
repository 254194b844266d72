package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpeningTest {
  private static final Duration SHORT = Duration.ofMillis(10);

  @Test
  void goesOnBesideWhoeverNeedsItLater() throws Exception {
    var go = new CountDownLatch(1);
    var open = new AtomicBoolean();
    Opening opening =
        Opening.begin(
            () -> {
              await(go);
              open.set(true);
              return open;
            });
    opening.await(SHORT);
    assertThat(open).isFalse();
    go.countDown();
    opening.await();
    assertThat(open).isTrue();
    opening.await(SHORT);
    opening.end();
  }

  @Test
  void tellsWhyItCouldNot() throws Exception {
    Opening damaged =
        Opening.begin(
            () -> {
              throw new IOException("damaged");
            });
    damaged.end();
    assertThatThrownBy(() -> damaged.await(SHORT)).isInstanceOf(IOException.class);
    assertThatThrownBy(damaged::await).isInstanceOf(IOException.class).hasMessage("damaged");
    Opening bug =
        Opening.begin(
            () -> {
              throw new IllegalStateException("a bug");
            });
    assertThatThrownBy(bug::await).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsOpen() throws Exception {
    Opening.NOTHING.await(SHORT);
    Opening.NOTHING.await();
    Opening.NOTHING.end();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }
}
