package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.Shell.table;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.Registry;
import swarm.chaos.cluster.RegistryUpload;
import swarm.chaos.contract.Archives;

/// The unmodified `docker` command and our own `swarm`, about images: what users rely on in their
/// output, their exit status, and where their errors go.
@Tag("multihost")
final class ImageCommandsTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void images() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          List<List<String>> rows = table(shell.ok("images"));
          assertThat(rows.getFirst())
              .containsExactly("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
          assertThat(rows.get(1)).startsWith("web", "1");
          assertThat(shell.ok("images", "--format", "{{.Repository}}:{{.Tag}}"))
              .isEqualTo(IMAGE + "\n");
          String id = shell.ok("images", "-q", "--no-trunc", IMAGE).strip();
          assertThat(id).matches("sha256:[0-9a-f]{64}");
          assertThat(shell.ok("images", "-q", "nothing")).isEmpty();
          assertThat(shell.ok("inspect", "--format", "{{.Id}}", IMAGE)).isEqualTo(id + "\n");
          shell.ok("tag", IMAGE, "other:2");
          assertThat(shell.ok("rmi", "other:2")).isEqualTo("Untagged: other:2\n");
          shell.fails("rmi", "nothing").contains("nothing");
        });
  }

  @Test
  void pulling() throws Exception {
    Assumptions.assumeTrue(Registry.installed(), "no docker-registry here to pull from");
    Shell.both(
        CLUSTER,
        shell -> {
          String name = "127.0.0.1:" + Registry.PORT + "/team/app";
          try (var _ = Registry.open(CLUSTER.cluster(), shell.host())) {
            Archives.push(
                new RegistryUpload(CLUSTER.cluster(), shell.host(), "team/app"),
                "latest",
                BusyboxImage.tar());
            assertThat(shell.ok("pull", name))
                .contains(
                    "Using default tag: latest", "latest: Pulling from team/app", "Digest: sha256:")
                .contains("Status: Downloaded newer image for " + name + ":latest")
                .endsWith("\n" + name + ":latest\n");
            assertThat(shell.ok("pull", name))
                .contains("Status: Image is up to date for " + name + ":latest");
            assertThat(shell.ok("images", "--format", "{{.Repository}}:{{.Tag}}", name))
                .isEqualTo(name + ":latest\n");
            String digest =
                shell.ok("inspect", "--format", "{{index .RepoDigests 0}}", name).strip();
            assertThat(digest).startsWith(name + "@sha256:");
            assertThat(shell.ok("pull", "-q", digest)).isEqualTo(digest + "\n");
            shell.fails("pull", name + ":nothing").contains("not found");
          }
          shell.fails("pull", name).contains("127.0.0.1:" + Registry.PORT);
          shell.fails("pull", "Not A Name").contains("invalid reference format");
        });
  }

  @Test
  void loading() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          byte[] archive = Archives.docker("loaded:1", BusyboxImage.tar());
          Client.Done done = shell.run(archive, List.of("load"));
          assertThat(done.status()).as(done.toString()).isZero();
          assertThat(done.out()).isEqualTo("Loaded image: loaded:1\n");
          Path file = CLUSTER.cluster().folder(shell.host()).resolve("archive.tar");
          Files.write(file, archive);
          assertThat(shell.ok("load", "-i", file.toString())).isEqualTo("Loaded image: loaded:1\n");
          assertThat(shell.ok("images", "-q", "loaded:1")).isNotEmpty();
          Client.Done bad = shell.run("this is no tar".getBytes(UTF_8), List.of("load"));
          assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
          assertThat(bad.err()).isNotBlank();
          shell.fails("load", "-i", file + ".nothing").contains("no such file");
        });
  }

  @Test
  void importing() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          byte[] tar = BusyboxImage.tar();
          Client.Done done = shell.run(tar, List.of("import", "-c", "CMD [\"sh\"]", "-", "made:1"));
          assertThat(done.status()).as(done.toString()).isZero();
          assertThat(done.out()).matches("sha256:[0-9a-f]{64}\n");
          assertThat(shell.ok("inspect", "--format", "{{.Id}} {{json .Config.Cmd}}", "made:1"))
              .isEqualTo(done.out().strip() + " [\"sh\"]\n");
          Client.Done bad = shell.run(tar, List.of("import", "-c", "COOK dinner", "-", "bad:1"));
          assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
          assertThat(bad.err()).contains("COOK dinner");
          bad = shell.run("this is no tar".getBytes(UTF_8), List.of("import", "-", "bad:1"));
          assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
          assertThat(shell.ok("images", "-q", "bad:1")).isEmpty();
        });
  }
}
