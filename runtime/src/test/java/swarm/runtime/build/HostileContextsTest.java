package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.dockerfile.DockerfileException;

/// Contexts and images that were made to have the builder read or write what is not theirs. Each
/// ends as a refusal, or as an image without a byte of it; nothing outside is changed.
class HostileContextsTest {
  private static final String SECRET = "what no build may see";
  private static final List<String> SOURCES =
      List.of(".", "x", "x/", "*", "x/*", "d", "d/x", "x/secret", "../secret", "d/../../secret");

  @TempDir Path folder;
  private Path secret = Path.of("/");
  private int number;

  /// One entry of a tar.
  private record Entry(String name, byte type, String link, String content) {
    static Entry file(String name) {
      return new Entry(name, TarConstants.LF_NORMAL, "", "harmless");
    }

    static Entry folder(String name) {
      return new Entry(name + "/", TarConstants.LF_DIR, "", "");
    }

    static Entry link(String name, String to) {
      return new Entry(name, TarConstants.LF_SYMLINK, to, "");
    }

    static Entry hardLink(String name, String to) {
      return new Entry(name, TarConstants.LF_LINK, to, "");
    }

    static Entry of(String name, byte type) {
      return new Entry(name, type, "", "");
    }
  }

  @BeforeEach
  void hide() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), SECRET);
    Files.createDirectory(folder.resolve("outside"));
    Files.writeString(folder.resolve("outside/secret"), SECRET);
  }

  private Map<String, List<Entry>> contexts() {
    String outside = folder.resolve("outside").toString();
    var all = new TreeMap<String, List<Entry>>();
    all.put("a name with dots", List.of(Entry.file("../x")));
    all.put("a name with dots within", List.of(Entry.file("d/../../x")));
    all.put("an absolute name", List.of(Entry.file(folder.resolve("made").toString())));
    for (String to :
        List.of(
            secret.toString(),
            "../secret",
            "../../secret",
            "../../../../../../../.." + secret,
            "/proc/self/root" + secret,
            "/proc/self/cwd",
            "/proc/1/root" + secret,
            "/dev/fd/0",
            "/proc/self/fd/0",
            "d/../../secret",
            outside,
            outside + "/secret",
            "../outside",
            "x",
            "/")) {
      all.put("a link to " + to, List.of(Entry.folder("d"), Entry.link("x", to)));
      all.put(
          "a link in a folder to " + to,
          List.of(Entry.folder("d"), Entry.link("d/x", to), Entry.link("x", "d/x")));
    }
    all.put("a file through a link", List.of(Entry.link("x", outside), Entry.file("x/made")));
    all.put(
        "a file through a relative link",
        List.of(Entry.link("x", "../outside"), Entry.file("x/made")));
    all.put("a file over a link", List.of(Entry.link("x", secret.toString()), Entry.file("x")));
    all.put(
        "a folder that becomes a link",
        List.of(Entry.folder("x"), Entry.link("x", outside), Entry.file("x/made")));
    all.put("links in a circle", List.of(Entry.link("x", "d"), Entry.link("d", "x")));
    for (String to : List.of("../secret", secret.toString(), "x/secret", "d/../../secret")) {
      all.put("a hard link to " + to, List.of(Entry.link("x", outside), Entry.hardLink("d", to)));
    }
    all.put("a disk", List.of(Entry.of("x", TarConstants.LF_BLK)));
    all.put("a terminal", List.of(Entry.of("x", TarConstants.LF_CHR)));
    all.put("a pipe", List.of(Entry.of("x", TarConstants.LF_FIFO)));
    all.put("a Dockerfile that is a link", List.of(Entry.link("Dockerfile", secret.toString())));
    all.put("a Dockerfile that is a pipe", List.of(Entry.of("Dockerfile", TarConstants.LF_FIFO)));
    all.put("a Dockerfile that is a folder", List.of(Entry.folder("Dockerfile")));
    all.put(
        "a list of what is left out that is a link",
        List.of(Entry.file("Dockerfile"), Entry.link(".dockerignore", secret.toString())));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> nothingOutsideIsReadOrChanged() {
    Map<String, List<Entry>> all = contexts();
    assertThat(all.size()).isGreaterThanOrEqualTo(45);
    return all.entrySet().stream()
        .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> check(one.getValue())));
  }

  private void check(List<Entry> entries) throws IOException {
    Path own = Files.createDirectory(folder.resolve("context" + number++));
    List<String> before = outside(own);
    try (BuildContext context = BuildContext.unpack(new ByteArrayInputStream(tar(entries)), own)) {
      dockerfile(context);
      for (String source : SOURCES) {
        copy(context, source);
      }
    } catch (ArchiveException _) {
      // refused as a whole
    }
    assertThat(outside(own)).isEqualTo(before);
  }

  private static void dockerfile(BuildContext context) throws IOException {
    try {
      assertThat(context.dockerfile("Dockerfile")).doesNotContain(SECRET);
    } catch (BuildException _) {
      // there is none, or none that can be read
    }
  }

  /// Into a tree whose own links lead out, too.
  private void copy(BuildContext context, String source) throws IOException {
    Path target = Files.createDirectory(folder.resolve("target" + number++));
    Files.createSymbolicLink(target.resolve("out"), folder.resolve("outside"));
    Files.createSymbolicLink(target.resolve("up"), Path.of("../outside"));
    for (String to : List.of("/", "/out/", "/up/made", "/new/x")) {
      for (String name : List.of("COPY", "ADD")) {
        var words = new CopyWords(name, List.of(source), to, Map.of(), "", "");
        try {
          List<CopyItem> items = CopyItem.of(context.tree(), source, true);
          CopyStep.copy(target, new CopyStep.Target("", false), words, items);
        } catch (DockerfileException | ArchiveException | java.nio.file.FileSystemException _) {
          // refused
        }
      }
    }
    assertThat(read(target)).noneMatch(text -> text.contains(SECRET));
  }

  /// The content of all regular files below.
  private static List<String> read(Path root) throws IOException {
    var all = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          all.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
      }
    }
    return all;
  }

  /// What there is beside the contexts and targets, with its content.
  private List<String> outside(Path context) throws IOException {
    var all = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().toList()) {
        boolean own = file.startsWith(context) || file.toString().contains("/target");
        if (!own && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          all.add(file + " " + Files.readString(file));
        }
      }
    }
    return all;
  }

  private static byte[] tar(List<Entry> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Entry one : entries) {
        var entry = new TarArchiveEntry(one.name(), one.type(), true);
        entry.setLinkName(one.link());
        byte[] content = one.content().getBytes(StandardCharsets.UTF_8);
        if (one.type() == TarConstants.LF_NORMAL) {
          entry.setSize(content.length);
        }
        if (one.type() == TarConstants.LF_BLK || one.type() == TarConstants.LF_CHR) {
          entry.setDevMajor(1);
          entry.setDevMinor(5);
        }
        tar.putArchiveEntry(entry);
        if (one.type() == TarConstants.LF_NORMAL) {
          tar.write(content);
        }
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
