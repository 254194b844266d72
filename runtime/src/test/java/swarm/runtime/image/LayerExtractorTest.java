package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.linux.Inodes;

class LayerExtractorTest {
  @TempDir Path temp;
  private Path root = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void folders() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to make device files");
    root = Files.createDirectories(temp.resolve("in/layer"));
    outside = Files.writeString(temp.resolve("in/outside"), "untouched");
    Files.createDirectories(temp.resolve("in/victim"));
    Files.writeString(temp.resolve("in/victim/file"), "untouched");
  }

  private void extract(TarBuilder tar) throws IOException {
    new LayerExtractor(root).extract(tar.stream());
  }

  private static Object stat(Path path, String what) throws IOException {
    return Files.getAttribute(path, "unix:" + what, LinkOption.NOFOLLOW_LINKS);
  }

  private static int mode(Path path) throws IOException {
    return (int) stat(path, "mode") & 07777;
  }

  @Test
  void whatIsTooLongForTheKernelIsToldByItsName() {
    assertThatThrownBy(() -> extract(new TarBuilder().file("n".repeat(300), "x", 0644, 0, 0)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("nnn...' is too long: a name may have 255 bytes");
    String deep = "d/".repeat(2_500) + "file";
    assertThatThrownBy(() -> extract(new TarBuilder().file(deep, "x", 0644, 0, 0)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("/d/...' is too long");
  }

  @Test
  void ordinaryThings() throws IOException {
    extract(
        new TarBuilder()
            .folder("etc", 0750)
            .file("etc/passwd", "root:x:0:0", 0640, 7, 8)
            .file("bin/su", "x", 04755, 0, 0)
            .symlink("etc/link", "/bin/su")
            .hardlink("etc/same", "etc/passwd")
            .device("dev/null", TarConstants.LF_CHR, 1, 3)
            .device("dev/sda", TarConstants.LF_BLK, 8, 0)
            .device("run/fifo", TarConstants.LF_FIFO, 0, 0)
            .folder("tmp", 01777));
    assertThat(mode(root.resolve("etc"))).isEqualTo(0750);
    assertThat(Files.readString(root.resolve("etc/passwd"))).isEqualTo("root:x:0:0");
    assertThat(stat(root.resolve("etc/passwd"), "uid")).isEqualTo(7);
    assertThat(stat(root.resolve("etc/passwd"), "gid")).isEqualTo(8);
    assertThat(mode(root.resolve("bin/su"))).as("set-user-id").isEqualTo(04755);
    assertThat(Files.readSymbolicLink(root.resolve("etc/link"))).hasToString("/bin/su");
    assertThat(stat(root.resolve("etc/same"), "ino"))
        .isEqualTo(stat(root.resolve("etc/passwd"), "ino"));
    assertThat(stat(root.resolve("dev/null"), "rdev")).isEqualTo((1L << 8) | 3);
    assertThat(mode(root.resolve("dev/null"))).isEqualTo(0600);
    assertThat((int) stat(root.resolve("dev/sda"), "mode") & 0170000).isEqualTo(0060000);
    assertThat((int) stat(root.resolve("run/fifo"), "mode") & 0170000).isEqualTo(0010000);
    assertThat(mode(root.resolve("tmp"))).isEqualTo(01777);
    for (String path : new String[] {"etc", "etc/passwd"}) {
      assertThat(Files.getLastModifiedTime(root.resolve(path)).toMillis())
          .as("time of %s", path)
          .isEqualTo(1_700_000_000_000L);
    }
  }

  @Test
  void namesMayBeLongOrInAnyScript() throws IOException {
    String deep = "d/".repeat(60) + "f".repeat(200);
    extract(new TarBuilder().file(deep, "deep").file("Főtanúsítvány/文件", "text"));
    assertThat(Files.readString(root.resolve(deep))).isEqualTo("deep");
    assertThat(Files.readString(root.resolve("Főtanúsítvány/文件"))).isEqualTo("text");
  }

  @Test
  void missingParentsAreMade() throws IOException {
    extract(new TarBuilder().file("a/b/c", "x").folder("a", 0700));
    assertThat(Files.readString(root.resolve("a/b/c"))).isEqualTo("x");
    assertThat(mode(root.resolve("a"))).as("named later").isEqualTo(0700);
    assertThat(mode(root.resolve("a/b"))).isEqualTo(0755);
  }

  @Test
  void laterEntriesReplaceEarlierOnes() throws IOException {
    extract(
        new TarBuilder()
            .folder("a", 0755)
            .file("a/x", "x")
            .file("a", "a file now")
            .file("b", "b")
            .symlink("c", "b")
            .file("c", "no link now")
            .folder("d", 0755));
    assertThat(Files.readString(root.resolve("a"))).isEqualTo("a file now");
    assertThat(Files.readString(root.resolve("b"))).isEqualTo("b");
    assertThat(Files.isSymbolicLink(root.resolve("c"))).isFalse();
  }

  // ---- whiteouts

  private static boolean whiteout(Path path) throws IOException {
    return ((int) stat(path, "mode") & 0170000) == 0020000 && (long) stat(path, "rdev") == 0;
  }

  private static boolean opaque(Path path) throws IOException {
    return Inodes.attribute(path, "trusted.overlay.opaque").isPresent();
  }

  @Test
  void whiteoutsBecomeDevices() throws IOException {
    extract(new TarBuilder().file("a/.wh.gone", "").file(".wh.top", ""));
    assertThat(whiteout(root.resolve("a/gone"))).isTrue();
    assertThat(whiteout(root.resolve("top"))).isTrue();
    assertThat(Files.exists(root.resolve("a/.wh.gone"))).isFalse();
  }

  @Test
  void opaqueFoldersBecomeAnAttribute() throws IOException {
    extract(new TarBuilder().folder("a", 0755).file("a/new", "x").file("a/.wh..wh..opq", ""));
    assertThat(opaque(root.resolve("a"))).isTrue();
    assertThat(Files.readString(root.resolve("a/new"))).as("its own files stay").isEqualTo("x");
    assertThat(Files.exists(root.resolve("a/.wh..wh..opq"))).isFalse();
  }

  @Test
  void aFileOfTheSameLayerIsNotHiddenByAWhiteout() throws IOException {
    extract(
        new TarBuilder()
            .file("a/f", "kept")
            .file("a/.wh.f", "")
            .file("a/.wh.g", "")
            .file("a/g", "kept too"));
    assertThat(Files.readString(root.resolve("a/f"))).isEqualTo("kept");
    assertThat(Files.readString(root.resolve("a/g"))).isEqualTo("kept too");
  }

  @Test
  void aFolderThatReplacesALowerOneHidesItsContent() throws IOException {
    extract(
        new TarBuilder()
            .file(".wh.before", "")
            .folder("before", 0755)
            .file("before/x", "x")
            .folder("after", 0755)
            .file("after/x", "x")
            .file(".wh.after", ""));
    for (String name : new String[] {"before", "after"}) {
      assertThat(Files.readString(root.resolve(name + "/x"))).isEqualTo("x");
      assertThat(opaque(root.resolve(name))).as(name).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh..", ".wh...", "a/.wh.", "a/.wh..", "a/.wh...", "a/b/.wh..."})
  void aWhiteoutOfAFolderItselfOrItsParentIsRefused(String name) throws IOException {
    assertThatThrownBy(() -> extract(new TarBuilder().file("a/b/f", "x").file(name, "")))
        .isInstanceOf(ImageException.class);
    nothingOutsideWasTouched();
    assertThat(root).isDirectory();
  }

  @Test
  void otherReservedNamesAreIgnored() throws IOException {
    extract(new TarBuilder().folder(".wh..wh.plnk", 0700).file(".wh..wh.aufs", "x").file("a", "x"));
    try (var left = Files.list(root)) {
      assertThat(left.map(p -> p.getFileName().toString())).containsExactly("a");
    }
  }

  // ---- attributes

  @Test
  void binaryAttributesSurvive() throws IOException {
    byte[] capability = HexFormat.of().parseHex("010000028030" + "00".repeat(14));
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    extract(
        new TarBuilder()
            .attribute("security.capability", capability)
            .file("ping", "x", 0755, 5, 5)
            .file("plain", "x")
            .attribute("user.all", all)
            .file("all", "x")
            .attribute("user.folder", new byte[] {10, 0, 10})
            .folder("folder", 0755));
    assertThat(Inodes.attribute(root.resolve("ping"), "security.capability"))
        .as("CAP_SETUID has a byte 0x80, which is no UTF-8")
        .hasValueSatisfying(v -> assertThat(v).isEqualTo(capability));
    assertThat(Inodes.attributes(root.resolve("plain"))).doesNotContain("security.capability");
    assertThat(Inodes.attribute(root.resolve("all"), "user.all"))
        .hasValueSatisfying(v -> assertThat(v).isEqualTo(all));
    assertThat(Inodes.attribute(root.resolve("folder"), "user.folder"))
        .hasValueSatisfying(v -> assertThat(v).containsExactly(10, 0, 10));
  }

  @Test
  void aLayerCannotSteerTheOverlay() throws IOException {
    extract(
        new TarBuilder()
            .attribute("trusted.overlay.redirect", "/secret".getBytes(StandardCharsets.UTF_8))
            .folder("a", 0755)
            .attribute("trusted.overlay.metacopy", new byte[0])
            .file("b", "x"));
    assertThat(Inodes.attributes(root.resolve("a")))
        .noneMatch(n -> n.startsWith("trusted.overlay"));
    assertThat(Inodes.attributes(root.resolve("b")))
        .noneMatch(n -> n.startsWith("trusted.overlay"));
  }

  @ParameterizedTest
  @CsvSource({"security.capability,2", "user.large,100000"})
  void anAttributeThatTheKernelDoesNotTakeIsTheLayersFault(String name, int size) {
    assertThatThrownBy(
            () -> extract(new TarBuilder().attribute(name, new byte[size]).file("f", "x")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("'f' has an extended attribute that cannot be kept here, " + name);
  }

  @Test
  void anAttributeThatTheFileSystemCannotHaveIsLeftOut() throws IOException {
    extract(
        new TarBuilder()
            .attribute("user.on-a-link", new byte[] {1})
            .symlink("link", "x")
            .attribute("nonsense.space", new byte[] {1})
            .file("file", "x"));
    assertThat(Files.isSymbolicLink(root.resolve("link"))).isTrue();
    assertThat(Files.readString(root.resolve("file"))).isEqualTo("x");
  }

  // ---- hostile

  private void nothingOutsideWasTouched() throws IOException {
    assertThat(Files.readString(outside)).isEqualTo("untouched");
    assertThat(Files.readString(temp.resolve("in/victim/file"))).isEqualTo("untouched");
    try (var all = Files.list(temp.resolve("in"))) {
      assertThat(all.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("layer", "outside", "victim");
    }
    try (var all = Files.list(temp)) {
      assertThat(all).hasSize(1);
    }
  }

  @Test
  void upwardAndAbsoluteNamesStayInside() throws IOException {
    extract(
        new TarBuilder()
            .file("../outside", "mine")
            .file("/../../abs", "mine")
            .file("a/../../../deep", "mine")
            .folder("../../up", 0755));
    assertThat(Files.readString(root.resolve("outside"))).isEqualTo("mine");
    assertThat(Files.readString(root.resolve("abs"))).isEqualTo("mine");
    assertThat(Files.readString(root.resolve("deep"))).isEqualTo("mine");
    nothingOutsideWasTouched();
  }

  @Test
  void writingThroughALinkStaysInside() throws IOException {
    extract(
        new TarBuilder()
            .folder("real", 0755)
            .symlink("up", "../../..")
            .symlink("abs", "/real")
            .file("abs/f", "inside")
            .file("up/g", "inside"));
    assertThat(Files.readString(root.resolve("real/f"))).isEqualTo("inside");
    assertThat(Files.readString(root.resolve("g"))).isEqualTo("inside");
    nothingOutsideWasTouched();
  }

  @Test
  void writingThroughALinkToTheHostIsRefused() throws IOException {
    String target = temp.resolve("in/victim").toString();
    assertThatThrownBy(() -> extract(new TarBuilder().symlink("l", target).file("l/file", "mine")))
        .isInstanceOf(ImageException.class);
    nothingOutsideWasTouched();
  }

  @Test
  void aLinkAsLastNameIsReplacedNotFollowed() throws IOException {
    extract(
        new TarBuilder()
            .symlink("f", outside.toString())
            .file("f", "mine")
            .symlink("d", temp.resolve("in/victim").toString())
            .folder("d", 0777)
            .symlink("dev", outside.toString())
            .device("dev", TarConstants.LF_CHR, 1, 3)
            .symlink("w", outside.toString())
            .file(".wh.w", ""));
    assertThat(mode(temp.resolve("in/victim"))).isEqualTo(0755);
    nothingOutsideWasTouched();
  }

  @Test
  void hardLinksLeadNowhereElse() throws IOException {
    assertThatThrownBy(() -> extract(new TarBuilder().hardlink("h", outside.toString())))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> extract(new TarBuilder().hardlink("h2", "../outside")))
        .isInstanceOf(IOException.class);
    extract(
        new TarBuilder()
            .symlink("s", outside.toString())
            .hardlink("h3", "s")
            .attribute("user.x", new byte[] {1})
            .file("h3", "mine"));
    nothingOutsideWasTouched();
    assertThat(Inodes.attributes(outside)).doesNotContain("user.x");
  }

  @Test
  void magicLinksLeadNowhere() throws IOException {
    assertThatThrownBy(
            () -> extract(new TarBuilder().symlink("p", "/proc/self/root/tmp").file("p/x", "mine")))
        .isInstanceOf(ImageException.class);
    nothingOutsideWasTouched();
  }

  @Test
  void aFileAsFolderIsRefused() {
    assertThatThrownBy(() -> extract(new TarBuilder().file("f", "x").file("f/g", "x")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("f/g");
  }

  @Test
  void impossibleOwnersAreRefusedWithASentence() throws IOException {
    extract(new TarBuilder().file("big", "x", 0644, 4_294_967_294L, 3_000_000_000L));
    assertThat(stat(root.resolve("big"), "uid")).isEqualTo((int) 4_294_967_294L);
    assertThatThrownBy(() -> extract(new TarBuilder().file("f", "x", 0644, 1L << 40, 0)))
        .isInstanceOf(ImageException.class);
  }

  @Test
  void brokenTarsAreErrorsNotCrashes() throws IOException {
    byte[] whole =
        new TarBuilder()
            .attribute("user.a", new byte[] {1, 2, 3})
            .file("a/b", "content".repeat(200))
            .symlink("l", "a")
            .bytes();
    var random = new Random(1);
    for (int i = 0; i < 400; i++) {
      byte[] broken = whole.clone();
      for (int n = 0; n < 1 + random.nextInt(8); n++) {
        broken[random.nextInt(3_000)] = (byte) random.nextInt(256);
      }
      Path folder = Files.createDirectories(root.resolve("try" + i));
      try {
        new LayerExtractor(folder).extract(new ByteArrayInputStream(broken));
      } catch (IOException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
    nothingOutsideWasTouched();
  }
}
