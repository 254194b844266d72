package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TarTree;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.snapshot.OverlayMounts;

/// What a tar's headers tell of a context is what is on the disk once it is unpacked.
class PlainContextTest {
  private static final List<String> SOURCES =
      List.of(
          ".", "*", "?", "a", "a/", "b", "d", "d/", "d/*", "d/a", "d/e", "d/e/a", "l", "l/", "l/a",
          "l/*", "d/l", "d/l/a", "*/a", "../a", "d/../a", "none", "/d/a", "./d");

  /// @param link where it leads; empty for what is none
  record Entry(String name, String link, String content) {}

  @Provide
  Arbitrary<List<Entry>> tars() {
    return Combinators.combine(
            Arbitraries.of(
                "a",
                "b",
                "./a",
                "d/",
                "d",
                "d/a",
                "d/b",
                "d-x",
                "d/e/",
                "d/e/a",
                "d//b",
                "l",
                "d/l",
                "l/a",
                "d/\u00e9",
                "./",
                "d/./c",
                "../x"),
            Arbitraries.of(
                "", "", "", "", "a", "d", "/d", "../a", "none", "l", "d/l", ".", "/", "d/../a", "e",
                "../.."),
            Arbitraries.of("1", "2", ""))
        .as(Entry::new)
        .list()
        .ofMaxSize(8);
  }

  private static byte[] tar(List<Entry> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      tar.setAddPaxHeadersForNonAsciiNames(true);
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Entry one : entries) {
        boolean link = !one.link().isEmpty() && !one.name().endsWith("/");
        byte[] content =
            link || one.name().endsWith("/")
                ? new byte[0]
                : one.content().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry =
            link
                ? new TarArchiveEntry(one.name(), TarConstants.LF_SYMLINK)
                : new TarArchiveEntry(one.name());
        entry.setLinkName(link ? one.link() : "");
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /// What a source stands for, or why for nothing.
  private static List<String> items(SourceTree tree, String source) throws IOException {
    try {
      return CopyItem.of(tree, source, true).stream()
          .map(i -> i.path() + " " + i.name() + " " + i.sum() + " " + i.beside())
          .toList();
    } catch (DockerfileException | ArchiveException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  @Property(tries = 500)
  void isWhatIsOnTheDisk(@ForAll("tars") List<Entry> entries) throws IOException {
    Path folder = Files.createTempDirectory("plain");
    try (BuildContext context =
        BuildContext.unpack(new ByteArrayInputStream(tar(entries)), folder)) {
      Statistics.collect(context.tree() instanceof SourceTree.Plain);
      if (context.tree() instanceof SourceTree.Plain plain) {
        var disk = new SourceTree.Context(context.root(), plain.sums());
        for (String source : SOURCES) {
          assertThat(items(plain, source)).as(source).isEqualTo(items(disk, source));
        }
      }
    } catch (ArchiveException _) {
      Statistics.collect("refused");
    } finally {
      if (Files.exists(folder)) {
        OverlayMounts.deleteTree(folder);
      }
    }
  }

  /// Some kilobytes, compressed, that ask for millions of folders.
  @Example
  void manyFoldersAreNotRemembered() throws IOException {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < 2_000; i++) {
      entries.add(new Entry(i + "/f".repeat(198), "", ""));
    }
    assertThat(
            TarTree.read(
                new ByteArrayInputStream(tar(entries)),
                OutputStream.nullOutputStream(),
                new TarSums()))
        .isEmpty();
  }

  @Example
  void aDockerfileThatIsIgnoredGoesByEachOfItsNames() throws IOException {
    byte[] tar =
        tar(
            List.of(
                new Entry("d/", "", ""),
                new Entry("d/D", "", "FROM scratch"),
                new Entry("d/a", "", "1"),
                new Entry("l", "d", ""),
                new Entry(".dockerignore", "", "l/D")));
    Path folder = Files.createTempDirectory("plain");
    try (BuildContext context = BuildContext.unpack(new ByteArrayInputStream(tar), folder)) {
      assertThat(context.dockerfile("l/D")).isEqualTo("FROM scratch");
      var plain = (SourceTree.Plain) context.tree();
      var disk = new SourceTree.Context(context.root(), plain.sums());
      assertThat(items(plain, "d")).isEqualTo(items(disk, "d"));
    }
  }

  @Property(tries = 100)
  void whatIsCutShortIsTold(@ForAll @IntRange(min = 1, max = 2_559) int length) throws IOException {
    byte[] tar =
        tar(List.of(new Entry("a", "", "1".repeat(900)), new Entry("b", "", "2".repeat(500))));
    byte[] cut = Arrays.copyOf(tar, length);
    Path folder = Files.createTempDirectory("plain");
    try (BuildContext context = BuildContext.unpack(new ByteArrayInputStream(cut), folder)) {
      assertThat(context.tree()).isNotNull(); // cut where nothing is missing but what fills it
    } catch (ArchiveException e) {
      assertThat(e).hasMessageMatching("(?s).*(no tar|ends within).*");
    } finally {
      if (Files.exists(folder)) {
        OverlayMounts.deleteTree(folder);
      }
    }
  }
}
