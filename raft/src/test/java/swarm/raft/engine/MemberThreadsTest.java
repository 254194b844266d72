package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MemberThreadsTest {
  private final MemberThreads threads = new MemberThreads("a");
  private final CountDownLatch never = new CountDownLatch(1);

  private Thread sleeper(ThreadGroup group, String name) {
    return Thread.ofPlatform()
        .daemon()
        .group(group)
        .name(name)
        .start(
            () -> {
              try {
                never.await();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Test
  void whoeverDoesNotEndIsInterrupted() {
    Thread timer = sleeper(threads.group(), "a@group-FollowerState");
    Thread pool = sleeper(threads.group(), "grpc-default-executor");
    Thread another = sleeper(new MemberThreads("b").group(), "b@group-FollowerState");
    threads.end(Thread.currentThread());
    assertThat(timer.isAlive()).isFalse();
    assertThat(pool.isAlive()).isTrue();
    assertThat(another.isAlive()).isTrue();
    never.countDown();
  }

  @Test
  void theCallerIsNotWaitedFor() throws Exception {
    Thread caller = sleeper(threads.group(), "a-closing");
    threads.end(caller);
    assertThat(caller.isAlive()).isTrue();
    assertThat(caller.isInterrupted()).isFalse();
    never.countDown();
    caller.join();
  }
}
