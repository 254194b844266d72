package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.cli.spec.CopyEnd;
import swarm.cli.spec.CopyEnd.There;

/// This machine's ends of copies: links, and what paths end with.
class LocalEndsTest {
  @TempDir Path temporary;
  private String here = "";

  @BeforeEach
  void files() throws Exception {
    Path folder = temporary.toRealPath();
    here = folder.toString();
    Files.createDirectory(folder.resolve("dir"));
    Files.writeString(folder.resolve("file"), "content");
    Files.createSymbolicLink(folder.resolve("to-file"), Path.of("dir/../file"));
    Files.createSymbolicLink(folder.resolve("to-dir"), Path.of("dir"));
    Files.createSymbolicLink(folder.resolve("twice"), folder.resolve("to-file"));
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("dir/new"));
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("no/where"));
  }

  @Test
  void destinationsFollowLinks() throws Exception {
    var file = new CopyEnd(here + "/file", There.FILE);
    assertThat(LocalEnds.destination(here + "/file")).isEqualTo(file);
    assertThat(LocalEnds.destination(here + "/to-file")).isEqualTo(file);
    assertThat(LocalEnds.destination(here + "/twice")).isEqualTo(file);
    assertThat(LocalEnds.destination(here + "/to-dir"))
        .isEqualTo(new CopyEnd(here + "/dir", There.DIRECTORY));
    assertThat(LocalEnds.destination(here + "/to-dir/").isDirectory()).isTrue();
    assertThat(LocalEnds.destination(here + "/dangling"))
        .isEqualTo(new CopyEnd(here + "/dir/new", There.NOTHING));
    assertThat(LocalEnds.destination(here + "/none"))
        .isEqualTo(new CopyEnd(here + "/none", There.NOTHING));
    assertThatThrownBy(() -> LocalEnds.destination(here + "/nowhere"))
        .hasMessage("stat " + here + "/no: no such file or directory");
  }

  @Test
  void destinationsThatCannotBeWrittenTo() throws Exception {
    LocalEnds.checkOutput(here + "/to-file");
    LocalEnds.checkOutput(here + "/dangling");
    assertThatThrownBy(() -> LocalEnds.checkOutput(here + "/loop"))
        .hasMessage("stat " + here + "/loop: too many levels of symbolic links");
    assertThatThrownBy(() -> LocalEnds.checkOutput(here + "/file/"))
        .hasMessage("stat " + here + "/file/: not a directory");
    assertThatThrownBy(() -> LocalEnds.checkOutput(here + "/none/x"))
        .hasMessage("invalid output path: directory \"" + here + "/none\" does not exist");
    assertThatThrownBy(() -> LocalEnds.checkOutput("/dev/null"))
        .hasMessage(
            "invalid output path: \"/dev/null\" must be a directory or a regular file: got a device");
  }

  @Test
  void sources() throws Exception {
    assertThat(LocalEnds.source(here + "/to-file", false))
        .isEqualTo(new CopyEnd(here + "/to-file", There.FILE));
    assertThat(LocalEnds.source(here + "/to-file", true))
        .isEqualTo(new CopyEnd(here + "/file", There.FILE, "to-file"));
    assertThat(LocalEnds.source(here + "/to-dir/", false))
        .isEqualTo(new CopyEnd(here + "/dir/", There.DIRECTORY, "to-dir"));
    assertThat(LocalEnds.source(here + "/to-dir/.", false))
        .isEqualTo(new CopyEnd(here + "/dir/.", There.DIRECTORY));
    assertThat(LocalEnds.source("/", false).isDirectory()).isTrue();
    assertThat(LocalEnds.source("/", false).name()).isEqualTo("/");
    assertThatThrownBy(() -> LocalEnds.source(here + "/file/", false))
        .hasMessage("not a directory");
    assertThatThrownBy(() -> LocalEnds.source(here + "/file/.", true))
        .hasMessage("not a directory");
    assertThatThrownBy(() -> LocalEnds.source(here + "/none", false))
        .hasMessage("lstat " + here + "/none: no such file or directory");
    assertThatThrownBy(() -> LocalEnds.source(here + "/none/x", false))
        .hasMessage("lstat " + here + "/none: no such file or directory");
  }

  @Test
  void withoutAWorkingDirectory() {
    assertThatThrownBy(() -> LocalFiles.checkDirectory(Map.of("SWARM_NO_DIRECTORY", "1")))
        .hasMessage("getwd: no such file or directory");
  }
}
