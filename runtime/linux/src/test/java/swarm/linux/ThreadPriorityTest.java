package swarm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadPriorityTest {
  /// Field 19 of `proc_pid_stat(5)`; the second one, the name, may hold spaces.
  private static int niceness() throws Exception {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
  }

  private static <T> T apart(Callable<T> what) throws Exception {
    var task = new FutureTask<>(what);
    Thread.ofPlatform().start(task);
    return task.get();
  }

  @Test
  void itIsTheCallingThreadsAndNotItsChildrens() throws Exception {
    int usual = niceness();

    apart(
        () -> {
          ThreadPriority.set(-5);
          assertThat(niceness()).isEqualTo(-5);
          assertThat(apart(ThreadPriorityTest::niceness)).isEqualTo(usual);
          return null;
        });
    assertThat(niceness()).isEqualTo(usual);
  }

  @Test
  void processesThatItStartsHaveTheUsualOne() throws Exception {
    String nice =
        apart(
            () -> {
              ThreadPriority.set(-5);
              Process process = new ProcessBuilder("nice").start();
              return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                  .strip();
            });

    assertThat(nice).isEqualTo("0");
  }
}
