package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.raft.log.DamagedFileException;

class CommitMarkTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    // mark, end of the log, missing
    "-1, -1, false",
    "-1, 7, false",
    "0, -1, true",
    "7, 6, true",
    "7, 7, false",
    "7, 8, false",
  })
  void theLogMustReachAsFarAsTheMark(long mark, long end, boolean missing) {
    assertThat(new CommitMark(mark, 3).missing(new CommitMark.LogEnd(end, directory)).isPresent())
        .isEqualTo(missing);
  }

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    assertThat(CommitMark.load(directory)).isEqualTo(CommitMark.NONE);
    for (CommitMark mark : new CommitMark[] {CommitMark.NONE, new CommitMark(57, 3)}) {
      mark.save(directory);
      assertThat(CommitMark.load(directory)).isEqualTo(mark);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "index=1\n", "index=1\nterm=x\n", "index=1\nterm=1\nindex=2\n"})
  void whatNamesNoEntryIsDamage(String text) throws IOException {
    Path file = CommitMark.file(directory);
    ChecksummedText.replace(file, text);
    assertThatThrownBy(() -> CommitMark.load(directory)).isInstanceOf(DamagedFileException.class);
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> CommitMark.load(directory)).isInstanceOf(DamagedFileException.class);
  }

  @Test
  void itIsWrittenWhenItMovesAndAtMostOnceASecond() throws IOException {
    var applied = new AtomicReference<>(CommitMark.NONE);
    var marks =
        new CommitMarks(
            directory, MemberDisk.of(directory, "group"), CommitMark.NONE, applied::get);
    marks.look();
    assertThat(CommitMark.file(directory)).doesNotExist();
    applied.set(new CommitMark(3, 1));
    marks.look();
    assertThat(CommitMark.load(directory)).isEqualTo(new CommitMark(3, 1));
    applied.set(new CommitMark(4, 1));
    marks.look(); // at once
    assertThat(CommitMark.load(directory)).isEqualTo(new CommitMark(3, 1));
    marks.keep();
    assertThat(CommitMark.load(directory)).isEqualTo(new CommitMark(4, 1));
    applied.set(new CommitMark(2, 1)); // a restarted member applies what it has again
    marks.keep();
    assertThat(CommitMark.load(directory)).isEqualTo(new CommitMark(4, 1));
  }
}
