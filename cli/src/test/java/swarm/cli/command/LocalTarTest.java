package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.FileNames;
import swarm.runtime.archive.HostFiles;
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
      names.mend(entry);
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

  /// Of a program that may open raw sockets, in revision 2.
  private static final byte[] CAPABILITY =
      HexFormat.of().parseHex("0100000200200000000000000000000000000000");

  @Test
  void fifosComeBack() throws Exception {
    Path folder = Files.createDirectory(here.resolve("f"));
    assertThat(new ProcessBuilder("mkfifo", "-m", "640", folder + "/pipe").start().waitFor())
        .isZero();
    Files.createSymbolicLink(folder.resolve("link"), Path.of("pipe"));
    assertThat(
            new ProcessBuilder("touch", "-h", "-d", "@1000", folder + "/pipe", folder + "/link")
                .start()
                .waitFor())
        .isZero();
    var tar = new ByteArrayOutputStream();
    LocalTar.write(folder, "f", tar);
    Path back = Files.createDirectory(here.resolve("back"));
    LocalTar.read(new ByteArrayInputStream(tar.toByteArray()), back, UnaryOperator.identity());
    assertThat((int) Files.getAttribute(back.resolve("f/pipe"), "unix:mode")).isEqualTo(010640);
    assertThat(Files.getLastModifiedTime(back.resolve("f/pipe")).toMillis()).isEqualTo(1_000_000);
    assertThat(
            Files.getLastModifiedTime(back.resolve("f/link"), LinkOption.NOFOLLOW_LINKS).toMillis())
        .isEqualTo(1_000_000);
  }

  @Test
  void devicesComeBackForRoot() throws Exception {
    Path device = here.resolve("null");
    assumeThat(
            new ProcessBuilder("mknod", "-m", "644", device.toString(), "c", "1", "3")
                .start()
                .waitFor())
        .isZero();
    var tar = new ByteArrayOutputStream();
    LocalTar.write(device, "null", tar);
    Path back = Files.createDirectory(here.resolve("back"));
    LocalTar.read(new ByteArrayInputStream(tar.toByteArray()), back, UnaryOperator.identity());
    assertThat((int) Files.getAttribute(back.resolve("null"), "unix:mode")).isEqualTo(020644);
    assertThat(Files.getAttribute(back.resolve("null"), "unix:rdev"))
        .isEqualTo(Files.getAttribute(device, "unix:rdev"));
  }

  @Test
  void capabilitiesGoBothWaysAndToBuilds() throws Exception {
    Path folder = Files.createDirectory(here.resolve("f"));
    Path program = Files.writeString(folder.resolve("program"), "x");
    HostFiles.setAttributes(program, Map.of("security.capability", CAPABILITY));
    assumeThat(HostFiles.capability(program)).isPresent();
    var tar = new ByteArrayOutputStream();
    LocalTar.write(folder, "f", tar);
    Path back = Files.createDirectory(here.resolve("back"));
    LocalTar.read(new ByteArrayInputStream(tar.toByteArray()), back, UnaryOperator.identity());
    assertThat(HostFiles.capability(back.resolve("f/program"))).contains(CAPABILITY);
    var context = new ByteArrayOutputStream();
    ContextTar.of(folder, "Dockerfile", java.util.Optional.empty()).write(context);
    LocalTar.read(new ByteArrayInputStream(context.toByteArray()), back, UnaryOperator.identity());
    assertThat(HostFiles.capability(back.resolve("program"))).contains(CAPABILITY);
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
