package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.client.Swarm;

/// A cluster is backed up, lost as a whole, and begun again elsewhere. Host 3 is a worker, 4 in no
/// swarm.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BackupTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(4);
  @TempDir static Path folder;

  private static JsonNode swarmBefore =
      com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  private static JsonNode servicesBefore =
      com.fasterxml.jackson.databind.node.MissingNode.getInstance();

  private static Path backup() {
    return folder.resolve("cluster.backup");
  }

  private static Path secret() {
    return folder.resolve("secret");
  }

  private static Client.Done run(int host, String... words) throws Exception {
    return Client.SWARM.run(CLUSTER.cluster(), host, new byte[0], List.of(words));
  }

  @Test
  @Order(1)
  void any_manager_writes_a_backup_that_was_read_again() throws Exception {
    CLUSTER.cluster().init(1);
    JsonNode tokens = CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens");
    CLUSTER.cluster().join(2, tokens.path("Manager").asText());
    CLUSTER.cluster().join(3, tokens.path("Worker").asText());
    CLUSTER.awaitReady(1, 3);
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 3));
    CLUSTER.awaitRunning(1, "web", 3, 0);
    swarmBefore = CLUSTER.cluster().api(2).get("/swarm");
    servicesBefore = CLUSTER.cluster().api(2).get("/services");
    Files.writeString(secret(), "correct horse battery\n");

    Client.Done done =
        run(2, "backup", "--passphrase-file", secret().toString(), backup().toString());
    assertThat(done.status()).as("%s", done).isZero();
    assertThat(done.out()).contains("read it again and opened it").contains("with 1 services");
    assertThat(Files.getPosixFilePermissions(backup())).hasSize(2);
    assertThat(Files.readString(backup(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .startsWith("SWARMBACKUP1")
        .doesNotContain("PRIVATE KEY")
        .doesNotContain("web:1");

    Client.Done own = run(2, "backup", folder.resolve("own.backup").toString());
    assertThat(own.out()).contains("give this passphrase");
    assertThat(run(3, "backup", folder.resolve("none").toString()).err())
        .contains("This node is not participating as a Swarm manager");
    assertThat(folder.resolve("none")).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:**.unfinished");
  }

  @Test
  @Order(2)
  void only_a_file_is_replaced_by_a_backup() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    assertThat(run(1, "backup", link.toString()).status()).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(Files.size(target)).isGreaterThan(1_000);

    for (Path none : List.of(Path.of("/dev/null"), folder)) {
      assertThat(run(1, "backup", none.toString()).err()).contains("is no regular file");
    }
    Path lost = Files.createSymbolicLink(folder.resolve("lost"), folder.resolve("nowhere"));
    assertThat(run(1, "backup", lost.toString()).err()).contains("a link to what does not exist");
  }

  @Test
  @Order(3)
  void a_wrong_passphrase_and_a_flipped_bit_are_refused() throws Exception {
    Path wrong = folder.resolve("wrong");
    Files.writeString(wrong, "incorrect horse");
    assertThat(run(4, "restore", "--passphrase-file", wrong.toString(), backup().toString()).err())
        .contains("the passphrase is another one, or the file is damaged");
    byte[] bytes = Files.readAllBytes(backup());
    for (int at : new int[] {3, 14, 20, 60, bytes.length / 2, bytes.length - 1}) {
      byte[] broken = bytes.clone();
      broken[at] ^= 4;
      Path file = folder.resolve("broken");
      Files.write(file, broken);
      Client.Done done =
          run(4, "restore", "--passphrase-file", secret().toString(), file.toString());
      assertThat(done.status()).as("byte %s: %s", at, done).isEqualTo(1);
    }
    assertThat(run(4, "info").out()).contains("Swarm: inactive");
    assertThat(
            run(1, "restore", "--passphrase-file", secret().toString(), backup().toString()).err())
        .contains("This node is already part of a swarm");
  }

  @Test
  @Order(4)
  void everything_is_there_after_a_restore_on_an_empty_node() throws Exception {
    CLUSTER.cluster().killHost(1);
    CLUSTER.cluster().killHost(2);
    Client.Done verified =
        run(
            4,
            "restore",
            "--verify",
            "--passphrase-file",
            secret().toString(),
            backup().toString());
    assertThat(verified.out()).contains("\"Services\": 1");
    Client.Done done =
        run(4, "restore", "--passphrase-file", secret().toString(), backup().toString());
    assertThat(done.status()).as("%s", done).isZero();
    assertThat(done.out()).contains("is now its only manager");
    JsonNode swarm = CLUSTER.cluster().api(4).get("/swarm");
    for (String part : List.of("ID", "JoinTokens", "TLSInfo", "Spec")) {
      assertThat(swarm.path(part)).as(part).isEqualTo(swarmBefore.path(part));
    }
    JsonNode services = CLUSTER.cluster().api(4).get("/services");
    assertThat(services).hasSize(1);
    assertThat(services.get(0).path("ID")).isEqualTo(servicesBefore.get(0).path("ID"));
    assertThat(services.get(0).path("Spec")).isEqualTo(servicesBefore.get(0).path("Spec"));
    CLUSTER.swarm(4).scale("web", 2);
  }

  @Test
  @Order(5)
  void others_join_again_with_the_old_tokens() throws Exception {
    assertThat(run(3, "leave", "--force").status()).isZero();
    CLUSTER.cluster().join(3, 4, swarmBefore.path("JoinTokens").path("Worker").asText());
    CLUSTER.cluster().mend(1);
    CLUSTER.cluster().start(1);
    assertThat(run(1, "leave", "--force").status()).isZero();
    CLUSTER.cluster().join(1, 4, swarmBefore.path("JoinTokens").path("Manager").asText());
    CLUSTER.awaitReady(4, 3);
    CLUSTER.awaitRunning(4, "web", 2, 0);
    CLUSTER.cluster().kill(4);
    CLUSTER.cluster().start(4);
    CLUSTER.awaitReady(4, 3);
  }
}
