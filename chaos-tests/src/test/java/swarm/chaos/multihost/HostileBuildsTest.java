package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.HttpCall;

/// Contexts that want the daemon to read what is not in them, sent to its API as they are: no
/// client would make most of them. Not a byte of the host's gets into an image.
@Tag("multihost")
final class HostileBuildsTest {
  private static final String SECRET = "only-on-the-host-5f1c07";
  private static final int LEAST = 50;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern BUILT = Pattern.compile("\"ID\":\"(sha256:[0-9a-f]{64})\"");
  private static final List<String> STEPS =
      List.of("COPY . /c/", "COPY x /c/", "ADD x /c/", "COPY x/secret /c/", "COPY d/* /c/");

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  /// One entry of a context.
  private record Entry(String name, byte type, String link) {}

  private static Entry link(String name, String to) {
    return new Entry(name, TarConstants.LF_SYMLINK, to);
  }

  private static Entry hardLink(String name, String to) {
    return new Entry(name, TarConstants.LF_LINK, to);
  }

  private static Entry folder(String name) {
    return new Entry(name + "/", TarConstants.LF_DIR, "");
  }

  /// By what they are; each has a Dockerfile besides.
  private static Map<String, List<Entry>> contexts(Path outside) {
    var all = new LinkedHashMap<String, List<Entry>>();
    List<String> targets =
        List.of(
            outside.toString(),
            outside + "/secret",
            "../".repeat(20) + outside.toString().substring(1),
            "../../secret",
            "../../../secret",
            "/proc/self/root" + outside,
            "/proc/1/root" + outside + "/secret",
            "/proc/self/cwd",
            "/");
    for (String to : targets) {
      all.put("a link to " + to, List.of(link("x", to)));
      all.put("a link in a folder to " + to, List.of(folder("d"), link("d/x", to), link("x", "d")));
      all.put("a hard link to " + to, List.of(hardLink("x", to)));
      all.put("a hard link through a link to " + to, List.of(link("l", to), hardLink("x", "l")));
      all.put(
          "a hard link below a link to " + to, List.of(link("l", to), hardLink("x", "l/secret")));
    }
    all.put("a Dockerfile that is a link", List.of(link("Dockerfile", outside + "/secret")));
    all.put("an ignore file that is a link", List.of(link(".dockerignore", outside + "/secret")));
    all.put("a disk", List.of(new Entry("x", TarConstants.LF_BLK, "")));
    all.put("a terminal", List.of(new Entry("x", TarConstants.LF_CHR, "")));
    all.put("a pipe", List.of(new Entry("x", TarConstants.LF_FIFO, "")));
    all.put("links in a circle", List.of(link("x", "d"), link("d", "x")));
    return all;
  }

  @Test
  void not_a_byte_from_outside_of_the_context() throws Exception {
    Path outside = Files.createDirectories(CLUSTER.cluster().folder(1).resolve("outside"));
    Path secret = Files.writeString(outside.resolve("secret"), SECRET);
    Files.writeString(CLUSTER.cluster().folder(1).resolve("secret"), SECRET);
    Files.writeString(CLUSTER.cluster().folder(1).resolve("data/secret"), SECRET);
    Map<String, List<Entry>> all = contexts(outside);
    assertThat(all).hasSizeGreaterThanOrEqualTo(LEAST);
    int built = 0;
    for (Map.Entry<String, List<Entry>> one : all.entrySet()) {
      for (String step : STEPS) {
        HttpCall.Answer answer =
            call("POST", "/v1.43/build?nocache=1", tar("FROM scratch\n" + step, one.getValue()));
        assertThat(answer.text()).as(one.getKey()).doesNotContain(SECRET);
        assertThat(answer.status()).as(one + " " + answer.text()).isIn(200, 400, 500);
        Matcher id = BUILT.matcher(answer.text());
        if (id.find()) {
          built++;
          byte[] image = call("GET", "/v1.43/images/" + id.group(1) + "/get", new byte[0]).body();
          assertThat(new String(image, ISO_8859_1))
              .as(one.getKey() + ", " + step)
              .doesNotContain(SECRET);
        }
      }
    }
    assertThat(built).as("some of them are harmless").isPositive();
    assertThat(Files.readString(secret)).isEqualTo(SECRET);
    assertThat(CLUSTER.cluster().folder(1).resolve("data/builds")).isEmptyDirectory();
  }

  private static HttpCall.Answer call(String method, String path, byte[] body) throws IOException {
    Path socket = CLUSTER.cluster().folder(1).resolve("docker.sock");
    return HttpCall.send(
        UnixDomainSocketAddress.of(socket), method, path, "application/x-tar", body, LIMIT);
  }

  private static byte[] tar(String dockerfile, List<Entry> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      var file = new TarArchiveEntry("Dockerfile");
      file.setSize(dockerfile.length());
      tar.putArchiveEntry(file);
      tar.write(dockerfile.getBytes(UTF_8));
      tar.closeArchiveEntry();
      for (Entry one : entries) {
        var entry = new TarArchiveEntry(one.name(), one.type(), true);
        entry.setLinkName(one.link());
        if (one.type() == TarConstants.LF_BLK || one.type() == TarConstants.LF_CHR) {
          entry.setDevMajor(1);
          entry.setDevMinor(5);
        }
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
