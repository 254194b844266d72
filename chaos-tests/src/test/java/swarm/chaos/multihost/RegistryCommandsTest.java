package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.Registry;
import swarm.chaos.contract.Archives;

/// The unmodified `docker` command and our own `swarm` with a real registry that wants a password,
/// with archives, and about what takes up the disk.
@Tag("multihost")
final class RegistryCommandsTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  private static final byte[] NOTHING = new byte[0];
  private static final String HOST = "127.0.0.1:" + Registry.PORT;

  /// A user with settings of his own, in which credentials are kept.
  private record User(Shell shell, Path settings) {
    Client.Done run(byte[] input, String... words) throws Exception {
      return shell
          .client()
          .run(CLUSTER.cluster(), shell.host(), input, Arrays.asList(words), settings.toString());
    }

    String ok(String... words) throws Exception {
      Client.Done done = run(NOTHING, words);
      assertThat(done.status()).as(done.toString()).isZero();
      return done.out();
    }
  }

  @Test
  void a_registry_with_a_password() throws Exception {
    Assumptions.assumeTrue(Registry.installed(), "no docker-registry here to push to");
    Shell.both(
        CLUSTER,
        shell -> {
          Path settings = CLUSTER.cluster().folder(shell.host()).resolve("settings");
          var user = new User(shell, settings);
          String name = HOST + "/team/app:1";
          shell.ok("tag", IMAGE, name);
          try (var _ = Registry.closed(CLUSTER.cluster(), shell.host())) {
            shell.fails("push", name).contains("no basic auth credentials");
            Client.Done wrong =
                user.run("wrong".getBytes(UTF_8), "login", "-u", "me", "--password-stdin", HOST);
            assertThat(wrong.status()).as(wrong.toString()).isEqualTo(1);
            assertThat(wrong.err()).contains("401 Unauthorized");
            Client.Done in =
                user.run(
                    Registry.PASSWORD.getBytes(UTF_8),
                    "login",
                    "-u",
                    Registry.USER,
                    "--password-stdin",
                    HOST);
            assertThat(in.status()).as(in.toString()).isZero();
            assertThat(in.out()).endsWith("Login Succeeded\n");
            assertThat(Files.readString(settings.resolve("config.json"))).contains(HOST);
            assertThat(user.ok("push", name))
                .contains("The push refers to repository [" + HOST + "/team/app]")
                .contains(": Pushed")
                .containsPattern("1: digest: sha256:[0-9a-f]{64} size: \\d+");
            assertThat(user.ok("push", name)).contains(": Layer already exists");
            shell.ok("tag", IMAGE, HOST + "/team/app:2");
            assertThat(user.ok("push", "-a", HOST + "/team/app"))
                .contains("1: digest: sha256:", "2: digest: sha256:");
            shell.ok("tag", IMAGE, HOST + "/other:1");
            assertThat(user.ok("push", HOST + "/other:1")).contains(": Mounted from team/app");
            String id = shell.ok("images", "-q", "--no-trunc", name).strip();
            String digest =
                shell.ok("inspect", "--format", "{{index .RepoDigests 0}}", name).strip();
            for (String tag : List.of("/team/app:1", "/team/app:2", "/other:1")) {
              shell.ok("rmi", HOST + tag);
            }
            shell.fails("pull", name).contains("pull access denied for " + HOST + "/team/app");
            assertThat(user.ok("pull", "-a", HOST + "/team/app")).contains("Digest: sha256:");
            assertThat(shell.ok("images", "-q", "--no-trunc", name)).isEqualTo(id + "\n");
            assertThat(shell.ok("inspect", "--format", "{{.RepoDigests}}", name))
                .contains(digest.substring(digest.indexOf('@')));
            for (String tag : List.of("/team/app:1", "/team/app:2")) {
              shell.ok("rmi", HOST + tag);
            }
            user.ok("service", "create", "-d", "--name", "app", "--with-registry-auth", name);
            shell.awaitRunning("app", 1); // its node had to pull it
            assertThat(shell.ok("service", "inspect", "app") + shell.ok("inspect", "app"))
                .contains(digest.substring(digest.indexOf('@')))
                .doesNotContain(Registry.PASSWORD);
            shell.ok("service", "rm", "app");
            assertThat(user.ok("logout", HOST)).contains("Removing login credentials for " + HOST);
            shell.fails("push", name).contains("no basic auth credentials");
            shell.fails("search", HOST + "/app").contains("Unexpected status code");
          }
          shell.fails("push", "nothing:1").contains("An image does not exist locally with the tag");
        });
  }

  @Test
  void archives() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path file = CLUSTER.cluster().folder(shell.host()).resolve("saved.tar");
          byte[] archive = Archives.docker("saved:1", BusyboxImage.tar());
          Client.Done loaded = shell.run(archive, List.of("load"));
          assertThat(loaded.status()).as(loaded.toString()).isZero();
          String id = shell.ok("images", "-q", "--no-trunc", "saved:1").strip();
          shell.ok("tag", "saved:1", "saved:2");
          assertThat(shell.ok("save", "-o", file.toString(), "saved", IMAGE)).isEmpty();
          shell.ok("rmi", "saved:1", "saved:2");
          assertThat(shell.ok("load", "-i", file.toString()))
              .contains("Loaded image: saved:1\n", "Loaded image: saved:2\n")
              .contains("Loaded image: " + IMAGE + "\n");
          assertThat(shell.ok("images", "-q", "--no-trunc", "saved:2")).isEqualTo(id + "\n");
          shell.fails("save", "-o", file.toString(), "nothing").contains("No such image: nothing");
          assertThat(shell.ok("history", "--format", "{{.ID}}", "--no-trunc", "saved:1")).isEmpty();
        });
  }

  @Test
  void what_takes_up_the_disk() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          byte[] archive = Archives.docker("old:1", BusyboxImage.tar());
          assertThat(shell.run(archive, List.of("load")).status()).isZero();
          String container = shell.container("box", "echo written >/tmp/x; exec sleep 1000");
          List<List<String>> rows = Shell.table(shell.ok("system", "df"));
          assertThat(rows.getFirst())
              .containsExactly("TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE");
          assertThat(rows.stream().map(List::getFirst))
              .containsExactly("TYPE", "Images", "Containers", "Local Volumes", "Build Cache");
          assertThat(rows.get(1)).startsWith("Images", "2", "1");
          assertThat(shell.ok("system", "df", "-v")).contains("Images space usage:", "SHARED SIZE");
          shell
              .fails("rmi", IMAGE)
              .contains("container " + container.substring(0, 12) + " is using its referenced");
          String id = shell.ok("images", "-q", IMAGE).strip();
          shell
              .fails("rmi", "-f", id)
              .contains("image is being used by running container " + container.substring(0, 12));
          shell.ok("tag", IMAGE, "old:1"); // its image has no name any more
          assertThat(shell.ok("images", "-q", "--filter", "dangling=true")).isNotEmpty();
          assertThat(shell.ok("image", "prune", "-f"))
              .contains("Deleted Images:", "deleted: sha256:", "Total reclaimed space: ");
          assertThat(shell.ok("images", "-q", "--filter", "dangling=true")).isEmpty();
          shell.ok("kill", "box");
          assertThat(shell.ok("system", "prune", "-f"))
              .contains("Deleted Containers:", container, "Total reclaimed space: ");
          assertThat(shell.ok("images", "-q", IMAGE)).isNotEmpty();
          Client.Done no = shell.run("n\n".getBytes(UTF_8), List.of("image", "prune"));
          assertThat(no.out()).contains("WARNING! This will remove all dangling images.");
        });
  }
}
