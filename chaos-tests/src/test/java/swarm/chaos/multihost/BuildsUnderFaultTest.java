package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// What is cut short in the middle of a build leaves no container, no layer and no file.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BuildsUnderFaultTest {
  private static final int MANY_BYTES = 100 * 1024 * 1024;
  private static final String NOTHING = "[]";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  private static Path context(String name, String dockerfile) throws IOException {
    Path folder = Files.createDirectories(CLUSTER.cluster().folder(1).resolve(name));
    Files.writeString(folder.resolve("Dockerfile"), dockerfile);
    return folder;
  }

  private static Client.Done build(Path context) throws Exception {
    return Client.SWARM.run(
        CLUSTER.cluster(), 1, new byte[0], List.of("build", "--no-cache", context.toString()));
  }

  private static String shell(String script) throws IOException, InterruptedException {
    Process process =
        CLUSTER.cluster().on(1, "sh", "-ec", script).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", script, said).isZero();
    return said;
  }

  private static Path data() {
    return CLUSTER.cluster().folder(1).resolve("data");
  }

  /// What there is of containers, contexts and layers in the making.
  private static String left() throws IOException, InterruptedException {
    return shell("cd '%s'; ls builds; ls containers".formatted(data()))
        + CLUSTER.cluster().api(1).get("/containers/json?all=1");
  }

  /// Some kilobytes that become more than there is room for.
  private static Path bomb() throws IOException {
    Path folder = context("bomb", "FROM " + IMAGE + "\nADD bomb.tgz /\n");
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("bomb.tgz")));
        var tar = new TarArchiveOutputStream(gzip)) {
      byte[] content = new byte[MANY_BYTES];
      Arrays.fill(content, (byte) 'a');
      var entry = new TarArchiveEntry("many");
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return folder;
  }

  @Test
  @Order(1)
  void a_daemon_that_is_killed_clears_away_when_it_is_back() throws Exception {
    Path context = context("killed", "FROM " + IMAGE + "\nRUN sleep 1000\n");
    Process client = Client.SWARM.start(CLUSTER.cluster(), 1, "build", context.toString());
    Wait.until(
        "the step runs", LIMIT, () -> !CLUSTER.cluster().api(1).get("/containers/json").isEmpty());
    CLUSTER.cluster().kill(1);
    assertThat(client.waitFor()).isNotZero();

    CLUSTER.cluster().start(1);

    assertThat(left()).isEqualTo(NOTHING);
  }

  /// Stages that are built at once, the last of which needs all others.
  private static String stages(int count, String last) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("FROM " + IMAGE + " AS s" + i + "\n");
      text.append("RUN " + (i < count - 1 ? "sleep 1000" : last) + "\n");
    }
    text.append("FROM " + IMAGE + "\n");
    for (int i = 0; i < count; i++) {
      text.append("COPY --from=s" + i + " /etc/passwd /p" + i + "\n");
    }
    return text.toString();
  }

  @Test
  @Order(2)
  void stages_that_are_built_at_once_leave_nothing_when_one_fails() throws Exception {
    Path context = context("failing", stages(8, "exit 3"));
    for (int i = 0; i < 3; i++) {
      Client.Done done = build(context);
      assertThat(done.status()).as(done.toString()).isEqualTo(3);
      assertThat(left()).isEqualTo(NOTHING);
    }
  }

  @Test
  @Order(3)
  void stages_that_are_built_at_once_leave_nothing_when_the_client_goes() throws Exception {
    Path context = context("gone", stages(8, "sleep 1000"));
    Process client = Client.SWARM.start(CLUSTER.cluster(), 1, "build", context.toString());
    Wait.until(
        "all stages run",
        LIMIT,
        () -> CLUSTER.cluster().api(1).get("/containers/json").size() == 8);
    client.destroy();
    Wait.until("nothing is left", LIMIT, () -> left().equals(NOTHING));
  }

  @Test
  @Order(4)
  void a_full_disk_ends_a_build_and_only_that() throws Exception {
    Path many = context("many", "FROM " + IMAGE + "\nCOPY many /\n");
    try (var file = new RandomAccessFile(many.resolve("many").toFile(), "rw")) {
      file.setLength(MANY_BYTES); // a client sends the holes, too
    }
    Path writing =
        context("writing", "FROM " + IMAGE + "\nRUN busybox dd if=/dev/zero of=/big bs=1M\n");
    Path small = context("small", "FROM " + IMAGE + "\nRUN echo a >/a\nCOPY Dockerfile /\n");
    CLUSTER.cluster().stop(1);
    shell(
        "cd '%s'; cp -a data copy; mount -t tmpfs -o size=64m tmpfs data; cp -a copy/. data/; rm -rf copy"
            .formatted(CLUSTER.cluster().folder(1)));
    CLUSTER.cluster().start(1);

    Client.Done done = build(many);
    assertThat(done.status()).as(done.toString()).isNotZero();
    assertThat(done.err()).containsIgnoringCase("no space left");
    assertThat(left()).isEqualTo(NOTHING);

    done = build(writing);
    assertThat(done.status()).as(done.toString()).isEqualTo(1);
    assertThat(done.out() + done.err()).containsIgnoringCase("no space left");
    assertThat(left()).isEqualTo(NOTHING);

    done = build(bomb());
    assertThat(done.status()).as(done.toString()).isEqualTo(1);
    assertThat(done.err())
        .containsIgnoringCase("no space left")
        .contains("(line 2: ADD bomb.tgz /)");
    assertThat(left()).isEqualTo(NOTHING);

    done = build(small);
    assertThat(done.status()).as(done.toString()).isZero();
    assertThat(left()).isEqualTo(NOTHING);
  }
}
