package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.DiskSpace.Levels;

class DiskCareTest {
  @TempDir Path directory;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger handedOver = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private DiskCare care(DiskSpace space) throws Exception {
    MemberDisk disk = MemberDisk.of(directory, "group");
    return new DiskCare(
        "a",
        new Checksums(directory, disk),
        new CommitMarks(directory, disk, CommitMark.NONE, () -> new CommitMark(7, 1)),
        space,
        handedOver::incrementAndGet,
        _ -> broken.set(true),
        timer);
  }

  @Test
  void itNotesHowFarTheLogReaches() throws Exception {
    DiskCare care = care(new DiskSpace(new Levels(10, 15), () -> 100));
    care.start();
    Await.until("the mark is kept", () -> index() == 7);
    care.close();
    assertThat(broken).isFalse();
  }

  /// The next owner of the directory writes the same files: one that opened it again, or one that
  /// wiped it.
  @Test
  void aLookThatIsUnderWayWritesNothingOnceItIsClosed() throws Exception {
    var looks = new AtomicBoolean();
    var closed = new AtomicBoolean();
    var first = new AtomicBoolean(true);
    var space =
        new DiskSpace(
            new Levels(10, 15),
            () -> {
              if (!first.getAndSet(false)) {
                looks.set(true);
                Await.until("it is closed", closed::get);
              }
              return 3; // full, so that the look's last step shows that it is through
            });
    DiskCare care = care(space);
    care.start();
    Await.until("it looks", looks::get);
    care.close();
    closed.set(true);
    Await.until("the look is through", () -> handedOver.get() > 0);
    assertThat(index()).isEqualTo(CommitMark.NONE.index());
    assertThat(broken).isFalse();
  }

  private long index() {
    try {
      return CommitMark.load(directory).index();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
