package swarm.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.linux.Inodes;

/// Tars of real trees, and hostile ones into them.
final class TreeTest {
  private static final TreeUnpacker.Options PLAIN =
      new TreeUnpacker.Options(false, Optional.empty());
  private static final TreeUnpacker.Options KEEPING =
      new TreeUnpacker.Options(true, Optional.empty());

  @TempDir Path folder;

  private Path root;
  private Path outside;

  @BeforeEach
  void trees() throws IOException {
    root = Files.createDirectories(folder.resolve("root"));
    outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "untouched");
  }

  private static byte[] tar(Path root, String path, String name) throws IOException {
    var out = new ByteArrayOutputStream();
    var tar = new TreeTar(out);
    tar.add(root, path, name);
    tar.end();
    return out.toByteArray();
  }

  private void unpack(byte[] tar, String destination, TreeUnpacker.Options options)
      throws IOException {
    new TreeUnpacker(root, destination, options).unpack(new ByteArrayInputStream(tar));
  }

  /// `name|type|link or content`, one entry a line.
  private static byte[] entries(String... lines) throws IOException {
    var out = new ByteArrayOutputStream();
    var tar = new TarWriter(out);
    for (String line : lines) {
      String[] parts = line.split("\\|", -1);
      char type = parts[1].charAt(0);
      byte[] content =
          type == TarWriter.FILE ? parts[2].getBytes(StandardCharsets.UTF_8) : new byte[0];
      tar.entry(
          new TarWriter.Entry(
              parts[0],
              type,
              0755,
              0,
              0,
              content.length,
              Instant.EPOCH,
              type == TarWriter.FILE ? "" : parts[2],
              1,
              3,
              Map.of()));
      tar.content(new ByteArrayInputStream(content), content.length);
    }
    tar.end();
    return out.toByteArray();
  }

  @Test
  void everythingOfATreeComesThrough() throws IOException {
    Path from = Files.createDirectories(folder.resolve("from/tree"));
    String longName = "l".repeat(180) + "/" + "ä".repeat(100);
    Files.createDirectories(from.resolve(longName).getParent());
    Files.writeString(from.resolve(longName), "long");
    Path file = Files.writeString(from.resolve("file"), "content");
    Files.setAttribute(file, "unix:uid", 3_000_000);
    Files.setAttribute(file, "unix:gid", 8);
    Files.setAttribute(file, "unix:mode", 06751);
    Inodes.setAttribute(file, "user.note", new byte[] {0, (byte) 0xff, '\n', '='});
    Instant at = Instant.parse("2001-02-03T04:05:06.123456789Z");
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.from(at));
    Files.createLink(from.resolve("linked"), file);
    Files.createSymbolicLink(from.resolve("soft"), Path.of("../../" + "x".repeat(150)));
    Inodes.mknod(from.resolve("fifo"), Inodes.FIFO | 0600, 0, 0);
    Inodes.mknod(from.resolve("null"), Inodes.CHARACTER_DEVICE | 0600, 259, 70_000);
    try (var sparse =
        Files.newByteChannel(
            from.resolve("sparse"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      sparse.position(8 << 20);
      sparse.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }

    unpack(tar(folder.resolve("from"), "/tree", "copy"), "/", PLAIN);

    Path to = root.resolve("copy");
    assertThat(to.resolve(longName)).hasContent("long");
    Map<String, Object> seen = Files.readAttributes(to.resolve("file"), "unix:*");
    assertThat(seen).containsEntry("uid", 3_000_000).containsEntry("gid", 8);
    assertThat(seen).containsEntry("mode", TreeNode.REGULAR | 06751);
    assertThat(Files.getLastModifiedTime(to.resolve("file")).toInstant()).isEqualTo(at);
    assertThat(Inodes.attribute(to.resolve("file"), "user.note"))
        .hasValueSatisfying(value -> assertThat(value).containsExactly(0, (byte) 0xff, '\n', '='));
    assertThat(Files.isSameFile(to.resolve("linked"), to.resolve("file"))).isTrue();
    assertThat(Files.readSymbolicLink(to.resolve("soft")).toString()).endsWith("xxx");
    assertThat(Files.readAttributes(to.resolve("null"), "unix:rdev"))
        .isEqualTo(Files.readAttributes(from.resolve("null"), "unix:rdev"));
    assertThat((int) Files.getAttribute(to.resolve("fifo"), "unix:mode") & 0170000)
        .isEqualTo(Inodes.FIFO);
    assertThat(Files.size(to.resolve("sparse"))).isEqualTo((8 << 20) + 1);
    assertThat(Files.mismatch(to.resolve("sparse"), from.resolve("sparse"))).isEqualTo(-1);
  }

  private static InputStream withWrongSum(byte[] tar) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(tar);
    }
    byte[] bytes = packed.toByteArray();
    bytes[bytes.length - 8] ^= 1;
    return Compression.open(new ByteArrayInputStream(bytes));
  }

  @Test
  void aSumBehindTheTarIsReadAndNothingIsKeptOfADamagedOne() throws IOException {
    byte[] tar = entries("a|0|content");
    assertThatThrownBy(() -> new TreeUnpacker(root, "/", PLAIN).unpack(withWrongSum(tar)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("invalid checksum");
    assertThat(root).isEmptyDirectory();
  }

  /// Docker does not look there.
  @Test
  void ofAContextWhatIsBehindTheTarIsLeft() throws IOException {
    byte[] tar = entries("a|0|content");
    new TreeUnpacker(root, "/", PLAIN).unpack(withWrongSum(tar), TarSums.NONE);
    assertThat(root.resolve("a")).hasContent("content");
  }

  @Test
  void anOwnerIsGivenToAll() throws IOException {
    unpack(
        entries("a/b|0|x"),
        "/",
        new TreeUnpacker.Options(false, Optional.of(new TreeUnpacker.Owner(5, 6))));

    assertThat(Files.getAttribute(root.resolve("a"), "unix:uid")).isEqualTo(5);
    assertThat(Files.getAttribute(root.resolve("a/b"), "unix:gid")).isEqualTo(6);
  }

  /// What an archive asks for, and what must not come of it: files outside of the tree, or a word.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "../x|0|a                        ; \"../x\" is outside of \"/dst\"",
        "a/../../x|0|a                   ; is outside of \"/dst\"",
        "hard|1|../secret                ; invalid hardlink \"/secret\" -> \"../secret\"",
        "hard|1|nothing                  ; link nothing hard: no such file or directory",
        "file/x|0|a                      ; mkdir /dst/file: not a directory",
        "folder|0|a                      ; cannot overwrite directory \"/dst/folder\" with non-directory",
        "file|5|                         ; cannot overwrite non-directory \"/dst/file\" with directory",
      })
  void whatAnArchiveMayNotHaveIsRefused(String entry, String message) throws IOException {
    Files.createDirectories(root.resolve("dst/folder"));
    Files.writeString(root.resolve("dst/file"), "there");
    Files.writeString(root.resolve("secret"), "there");
    byte[] tar = entries("new/deep/one|0|first", entry.strip());

    assertThatThrownBy(() -> unpack(tar, "/dst", KEEPING))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(message);

    assertThat(root.resolve("dst/new")).doesNotExist(); // it took with it what was new
    assertThat(root.resolve("dst/file")).hasContent("there");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void linksStayWithinTheTree() throws IOException {
    Files.createDirectories(root.resolve("dst"));
    Files.createDirectories(root.resolve("outside"));

    unpack(
        entries(
            "up|2|../../outside",
            "up/one|0|a",
            "abs|2|" + outside,
            "slash|2|/",
            "slash/two|0|b",
            "/leading|0|c",
            "evil|2|" + outside.resolve("precious"),
            "evil|0|over"),
        "/dst",
        PLAIN);

    assertThat(root.resolve("outside/one")).hasContent("a");
    assertThat(root.resolve("two")).hasContent("b");
    assertThat(root.resolve("dst/leading")).hasContent("c");
    assertThat(root.resolve("dst/evil")).hasContent("over");
    assertThat(outside.toFile().list()).containsExactly("precious");
    assertThat(outside.resolve("precious")).hasContent("untouched");
  }

  @Test
  void aLinkThatIsSwappedInLeadsNobodyAway() throws Exception {
    Path swapped = Files.createDirectories(root.resolve("dst/d"));
    Path link = Files.createSymbolicLink(root.resolve("link"), outside);
    var stop = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  Path aside = root.resolve("aside");
                  while (!stop.get()) {
                    try {
                      Files.move(swapped, aside);
                      Files.move(link, swapped);
                      Files.move(swapped, link);
                      Files.move(aside, swapped);
                    } catch (IOException e) {
                      // the unpacking made something there: put it away
                      swapped.toFile().renameTo(root.resolve("old" + System.nanoTime()).toFile());
                      if (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
                        aside.toFile().renameTo(swapped.toFile());
                      }
                    }
                  }
                });
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add("d/file" + i + "|0|content");
      lines.add("d/sub/precious|0|" + i);
      lines.add("d/sub|0|a file in its place");
    }
    byte[] tar = entries(lines.toArray(new String[0]));
    for (int i = 0; i < 15; i++) {
      try {
        unpack(tar, "/dst", PLAIN);
        tar(root, "/dst", "dst");
      } catch (IOException e) {
        assertThat(e).isNotNull(); // what was swapped away was missed
      }
    }
    stop.set(true);
    swapper.join();

    assertThat(outside.toFile().list()).containsExactly("precious");
    assertThat(outside.resolve("precious")).hasContent("untouched");
  }

  @Test
  void whatIsCutOffIsNoArchive() throws IOException {
    byte[] tar = entries("a|0|" + "x".repeat(5000));
    byte[] cut = java.util.Arrays.copyOf(tar, 2000);

    assertThatThrownBy(() -> unpack(cut, "/", PLAIN)).isInstanceOf(IOException.class);

    assertThat(root.resolve("a")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/hosts,  hosts,  false, ''",
    "/link,       link,   false, /etc/hosts",
    "/broken,     broken, false, /no/where",
    "/loop/hosts, hosts,  false, ''",
    "/etc/,       etc,    true,  ''",
    "etc/.,       .,      true,  ''",
    "/../../etc,  etc,    true,  ''",
  })
  void pathsAreToldAbout(String path, String name, boolean isFolder, String target)
      throws IOException {
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/hosts"), "127.0.0.1");
    Files.createSymbolicLink(root.resolve("link"), Path.of("/loop/./hosts"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("../../../etc"));
    Files.createSymbolicLink(root.resolve("broken"), Path.of("/no/where"));

    PathStat stat = PathStat.of(root, path).orElseThrow();

    assertThat(stat.name()).isEqualTo(name);
    assertThat(stat.isDirectory()).isEqualTo(isFolder);
    assertThat(stat.target()).isEqualTo(target);
    assertThat(PathStat.of(root, "/etc/hosts/x")).isEmpty();
    assertThat(PathStat.of(root, "/nothing")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1,500000000,1.5", "-1,500000000,-0.5", "-2,0,-2", "0,1,0.000000001", "7,0,7"})
  void timesAreWrittenAsDecimals(long seconds, int nanos, String text) {
    assertThat(TarWriter.decimal(seconds, nanos)).isEqualTo(text);
  }
}
