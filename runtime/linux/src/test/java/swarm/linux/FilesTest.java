package swarm.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files as Java cannot reach them. Needs root.
class FilesTest {
  @TempDir Path directory;

  @Test
  void linksCannotLeadOutOfARoot() throws Exception {
    Files.writeString(directory.resolve("secret"), "outside");
    Path root = directory.resolve("root");
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/passwd"), "inside");
    Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
    Files.createSymbolicLink(root.resolve("absolute"), Path.of("/etc/passwd"));

    assertThat(RootedFiles.read(root, "/up", 100)).isEmpty();
    assertThat(new String(RootedFiles.read(root, "absolute", 100).orElseThrow(), UTF_8))
        .isEqualTo("inside");
    assertThat(RootedFiles.read(root, "../../../etc/passwd", 100)).isPresent();
    assertThat(RootedFiles.read(root, "nothing", 100)).isEmpty();
    assertThat(RootedFiles.findDirectory(root, "etc/passwd")).isEmpty();
    try (var etc = RootedFiles.findDirectory(root, "/etc").orElseThrow()) {
      assertThat(etc.hostPath()).isEqualTo(root.resolve("etc"));
      assertThat(etc.path().resolve("passwd")).hasContent("inside");
    }
    assertThatExceptionOfType(java.io.IOException.class)
        .isThrownBy(() -> RootedFiles.read(root, "/etc/passwd", 3))
        .withMessageContaining("longer than 3 bytes");
  }

  @ParameterizedTest
  @CsvSource({"1, 7", "8, 300", "259, 1048575"})
  void deviceNumbersAreKept(int major, int minor) throws Exception {
    Path node = directory.resolve("node");

    Inodes.mknod(node, Inodes.CHARACTER_DEVICE | 0600, major, minor);

    long rdev = (Long) Files.getAttribute(node, "unix:rdev");
    assertThat((rdev >>> 8 & 0xfff) | (rdev >>> 32 & 0xfffff000L)).isEqualTo(major);
    assertThat((rdev & 0xff) | (rdev >>> 12 & 0xffffff00L)).isEqualTo(minor);
  }

  @Test
  void attributesOfAnyNamespaceAreKept() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    Inodes.setAttribute(file, "trusted.overlay.opaque", new byte[] {'y'});
    Inodes.setAttribute(file, "user.empty", new byte[0]);

    assertThat(Inodes.attributes(file)).contains("trusted.overlay.opaque", "user.empty");
    assertThat(Inodes.attribute(file, "trusted.overlay.opaque")).contains(new byte[] {'y'});
    assertThat(Inodes.attribute(file, "user.empty")).contains(new byte[0]);
    assertThat(Inodes.attribute(file, "user.none")).isEmpty();
  }

  @Test
  void mountsAreListedTheDeepestFirstAndTakenAway() throws Exception {
    Path outer = Files.createDirectories(directory.resolve("a b"));
    Mounts.mount("tmpfs", outer, "tmpfs", 0, "size=64k");
    Path inner = Files.createDirectories(outer.resolve("inner"));
    Mounts.mount("tmpfs", inner, "tmpfs", Mounts.READ_ONLY, "size=64k");

    assertThat(Mounts.below(directory)).containsExactly(inner, outer);
    for (Path mount : Mounts.below(directory)) {
      assertThat(Mounts.detach(mount)).isTrue();
    }
    assertThat(Mounts.below(directory)).isEmpty();
    assertThat(Mounts.detach(outer)).isFalse();
    assertThatExceptionOfType(LinuxException.class)
        .isThrownBy(() -> Mounts.mount("x", directory.resolve("none"), "tmpfs", 0, null))
        .withMessageContaining("No such file or directory");
  }

  @Test
  void aNamespaceLivesOnItsFile() throws Exception {
    Path file = directory.resolve("netns");
    Path before = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));

    NamespaceFiles.createNetwork(file);

    try {
      long inode = (Long) Files.getAttribute(file, "unix:ino");
      assertThat(before.toString()).isNotEqualTo("net:[" + inode + "]");
      assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns/net"))).isEqualTo(before);
    } finally {
      NamespaceFiles.remove(file);
    }
    assertThat(file).doesNotExist();
    NamespaceFiles.remove(file);
  }
}
