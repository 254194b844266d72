package swarm.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes, pipes and notifications.
@Timeout(60)
class ProcessesTest {
  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

  @TempDir Path directory;
  private Readiness readiness;

  @BeforeEach
  void open() throws Exception {
    readiness = Readiness.open();
  }

  @AfterEach
  void close() {
    readiness.close();
  }

  @Test
  void aChildGetsItsDescriptorsAndNothingElse() throws Exception {
    Path output = directory.resolve("out");
    try (Pipe pipe = Pipe.open();
        Pipe input = Pipe.open()) {
      input.writer().write("line one\nline two\n".getBytes(UTF_8));
      Pidfd child =
          ChildProcess.start(
              List.of(
                  "/bin/sh", "-c", "echo out; ls /proc/self/fd; read a <&4; echo $a >&3; exit 7"),
              PATH,
              output,
              pipe.writer(),
              input.reader());
      pipe.writer().close();

      assertThat(pipe.reader().readLine(readiness, 30_000)).isEqualTo("line one");
      assertThat(pipe.reader().readLine(readiness, 30_000)).isEmpty();
      child.ended(readiness).get(30, TimeUnit.SECONDS);
      assertThat(child.reap()).hasValue(7);
      assertThat(child.reap()).isEmpty();
      assertThat(child.signal(9)).isFalse();
      child.close(readiness);
    }
    // 0 to 4, and the one with which ls reads the directory.
    assertThat(output).hasContent("out\n0\n1\n2\n3\n4\n5\n");
  }

  /// The next file with that number would else have a waiter already.
  @Test
  void aWaitThatIsInterruptedLeavesNothingBehind() throws Exception {
    try (Pipe pipe = Pipe.open()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> pipe.reader().readLine(readiness, 30_000))
          .isInstanceOf(InterruptedException.class);

      pipe.writer().write("late\n".getBytes(UTF_8));

      assertThat(pipe.reader().readLine(readiness, 30_000)).isEqualTo("late");
    }
  }

  @Test
  void aWaitForNothingEndsAndLeavesNothingBehind() throws Exception {
    try (Pipe pipe = Pipe.open()) {
      assertThatThrownBy(() -> pipe.reader().readLine(readiness, 1))
          .hasMessage("nothing came through a pipe within 1 ms");

      pipe.writer().write("late\n".getBytes(UTF_8));

      assertThat(pipe.reader().readLine(readiness, 30_000)).isEqualTo("late");
    }
  }

  @Test
  void aSignalledChildEndsAsAShellSays() throws Exception {
    Pidfd child = ChildProcess.start(List.of("/bin/sleep", "1000"), PATH, directory.resolve("out"));
    assertThat(child.reap()).isEmpty();

    assertThat(child.signal(15)).isTrue();

    child.ended(readiness).get(30, TimeUnit.SECONDS);
    assertThat(child.reap()).hasValue(143);
    child.close(readiness);
    assertThat(Pidfd.open(child.pid())).isEmpty();
  }

  @Test
  void changesOfAFileAreNoticed() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Inotify inotify = Inotify.open(readiness);
    Inotify.Watch first = inotify.watch(file, () -> seen.add("first"));
    Inotify.Watch second = inotify.watch(file, () -> seen.add("second"));

    Files.writeString(file, "x");
    assertThat(List.of(take(seen), take(seen))).containsExactlyInAnyOrder("first", "second");
    first.close();
    seen.clear();
    Files.writeString(file, "y");
    assertThat(take(seen)).isEqualTo("second");
    second.close();
    inotify.close();
  }

  @Test
  void closingEndsEveryWait() throws Exception {
    try (Pipe pipe = Pipe.open()) {
      var waiting = readiness.readable(pipe.reader().fd());
      readiness.close();
      assertThat(waiting).isCancelled();
      assertThat(readiness.readable(pipe.reader().fd())).isCancelled();
    }
  }

  private static String take(BlockingQueue<String> queue) throws InterruptedException {
    return String.valueOf(queue.poll(30, TimeUnit.SECONDS));
  }
}
