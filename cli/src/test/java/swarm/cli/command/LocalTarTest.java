package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.FileNames;
import swarm.runtime.archive.PaxAttributes;

/// Names that are not UTF-8, on their way into tars and out of them.
class LocalTarTest {
  private static final String ODD = FileNames.text(new byte[] {'a', (byte) 0xff, 'b'});
  private static final String OTHER = FileNames.text(new byte[] {'a', (byte) 0xfe, 'b'});

  @TempDir Path here;

  private static List<String> names(byte[] tar) throws Exception {
    var all = new ArrayList<String>();
    var names = new PaxAttributes(new ByteArrayInputStream(tar));
    var in = new TarArchiveInputStream(names, "UTF-8");
    for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      names.name(entry);
      all.add(
          (char) entry.getLinkFlag()
              + " "
              + entry.getName()
              + (entry.getLinkName().isEmpty() ? "" : " " + entry.getLinkName()));
    }
    return all;
  }

  private Path odd() throws Exception {
    Path folder = Files.createDirectory(FileNames.in(here, ODD));
    Files.writeString(FileNames.in(folder, ODD), "first");
    Files.writeString(FileNames.in(folder, OTHER), "second");
    Files.createSymbolicLink(folder.resolve("link"), FileNames.path(OTHER));
    Files.createLink(folder.resolve("other"), FileNames.in(folder, OTHER));
    return folder;
  }

  @Test
  void theyGoThereAndBack() throws Exception {
    var tar = new ByteArrayOutputStream();
    LocalTar.write(odd(), ODD, tar);
    Path back = Files.createDirectory(here.resolve("back"));
    LocalTar.read(new ByteArrayInputStream(tar.toByteArray()), back, UnaryOperator.identity());
    Path folder = FileNames.in(back, ODD);
    assertThat(FileNames.in(folder, ODD)).hasContent("first");
    assertThat(FileNames.in(folder, OTHER)).hasContent("second");
    assertThat(folder.resolve("other")).hasContent("second");
    assertThat(FileNames.target(folder.resolve("link"))).isEqualTo(OTHER);
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).hasSize(4);
    }
  }

  @Test
  void oneFileUnderAnotherName() throws Exception {
    Path file = Files.writeString(FileNames.in(here, ODD), "content");
    var tar = new ByteArrayOutputStream();
    LocalTar.write(file, OTHER, tar);
    assertThat(names(tar.toByteArray())).containsExactly("0 " + OTHER);
    LocalTar.read(
        new ByteArrayInputStream(tar.toByteArray()), here, name -> name.equals(OTHER) ? "x" : "?");
    assertThat(here.resolve("x")).hasContent("content");
  }

  @Test
  void fifosGoWithThem() throws Exception {
    Path folder = Files.createDirectory(here.resolve("f"));
    assertThat(new ProcessBuilder("mkfifo", folder + "/pipe").start().waitFor()).isZero();
    var tar = new ByteArrayOutputStream();
    LocalTar.write(folder, "f", tar);
    assertThat(names(tar.toByteArray())).containsExactly("5 f/", "6 f/pipe");
  }

  @Test
  void ofAContext() throws Exception {
    Path folder = odd();
    Files.write(folder.resolve(".dockerignore"), new byte[] {'a', (byte) 0xfe, 'b', '\n'});
    assertThat(new ProcessBuilder("mkfifo", "pipe").directory(here.toFile()).start().waitFor())
        .isZero();
    Files.move(here.resolve("pipe"), folder.resolve("pipe"));
    var tar = new ByteArrayOutputStream();
    ContextTar.of(folder, ODD, java.util.Optional.empty()).write(tar);
    assertThat(names(tar.toByteArray()))
        .containsExactly("0 .dockerignore", "0 " + ODD, "2 link " + OTHER, "0 other", "6 pipe");
  }
}
