package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.Shell.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The unmodified `docker` command and our own `swarm`, about volumes and the files of containers.
@Tag("multihost")
final class FileCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path folder;

  @Test
  void volumes() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          assertThat(shell.ok("volume", "create", "--label", "a=b", "data")).isEqualTo("data\n");
          String unnamed = shell.ok("volume", "create").strip();
          assertThat(unnamed).matches("[0-9a-f]{64}");
          assertThat(table(shell.ok("volume", "ls", "--filter", "label=a")))
              .containsExactly(List.of("DRIVER", "VOLUME NAME"), List.of("local", "data"));
          JsonNode shown = JSON.readTree(shell.ok("volume", "inspect", "data")).path(0);
          assertThat(shown.at("/Labels/a").asText()).isEqualTo("b");
          assertThat(shown.path("Options").isNull()).isTrue();
          shell.ok(
              "run", "--rm", "-v", "data:/d", "-v", "/anon", IMAGE, "sh", "-c", "echo kept > /d/x");
          assertThat(shell.ok("run", "--rm", "-v", "data:/d:ro", IMAGE, "cat", "/d/x"))
              .isEqualTo("kept\n");
          shell.ok("run", "-d", "--name", "user", "-v", "data:/d", IMAGE, "sleep", "1000");
          assertThat(
                  shell.ok(
                      "run",
                      "--rm",
                      "--volumes-from",
                      "user:ro",
                      IMAGE,
                      "sh",
                      "-c",
                      "cat /d/x; touch /d/y || true"))
              .isEqualTo("kept\n");
          shell.fails("volume", "rm", "data").contains("remove data: volume is in use - [");
          shell
              .fails("volume", "create", "a/b")
              .contains("includes invalid characters for a local");
          shell.fails("volume", "inspect", "none").contains("no such volume");
          shell.ok("rm", "-f", "user");
          assertThat(shell.ok("volume", "prune", "-f"))
              .isEqualTo("Deleted Volumes:\n" + unnamed + "\n\nTotal reclaimed space: 0B\n");
          assertThat(shell.ok("volume", "rm", "data")).isEqualTo("data\n");
          assertThat(shell.ok("volume", "ls", "-q")).isEmpty();
        });
  }

  @Test
  void mounts() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.ok(
              "run",
              "--name",
              "box",
              "--mount",
              "type=volume,source=memory,target=/m,volume-opt=type=tmpfs,volume-opt=device=tmpfs,"
                  + "volume-label=a=b,volume-label=c=d",
              "--tmpfs",
              "/t:size=1m",
              "--mount",
              "type=bind,source=/tmp,target=/b,readonly",
              IMAGE,
              "sh",
              "-c",
              "grep -q ' /m tmpfs' /proc/mounts && grep -q ' /t tmpfs' /proc/mounts");
          JsonNode mounts = JSON.readTree(shell.ok("inspect", "box")).at("/0/Mounts");
          assertThat(mounts)
              .extracting(
                  m ->
                      m.path("Type").asText()
                          + " "
                          + m.path("Destination").asText()
                          + " "
                          + m.path("RW").asText())
              .containsExactlyInAnyOrder("volume /m true", "bind /b false");
          assertThat(shell.ok("volume", "inspect", "--format", "{{.Labels}}", "memory"))
              .contains("a", "b", "c", "d");
          shell.ok("rm", "box");
          shell.ok("volume", "rm", "memory");
          var twice = shell.run("run", "--rm", "-v", "a1:/x", "-v", "b1:/x", IMAGE, "true");
          assertThat(twice.err()).contains("Duplicate mount point: /x");
          var missing =
              shell.run("run", "--rm", "--mount", "type=bind,src=/no/where,dst=/x", IMAGE, "true");
          assertThat(missing.err())
              .contains(
                  "invalid mount config for type \"bind\": bind source path does not exist:"
                      + " /no/where");
        });
  }

  @Test
  void copies() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path here = Files.createDirectories(folder.resolve(shell.client().name()));
          Path tree = Files.createDirectories(here.resolve("tree/sub"));
          Files.writeString(tree.resolve("file"), "content");
          Files.createSymbolicLink(here.resolve("tree/link"), Path.of("sub/file"));
          shell.ok(
              "run",
              "-d",
              "--name",
              "box",
              "-v",
              "data:/data",
              "-v",
              "locked:/locked:ro",
              IMAGE,
              "sleep",
              "1000");
          shell.ok("cp", here.resolve("tree").toString(), "box:/copied");
          shell.ok("cp", here.resolve("tree") + "/.", "box:/data");
          shell.ok("cp", "box:/data/link", here.resolve("soft").toString());
          assertThat(here.resolve("soft")).isSymbolicLink();
          shell.ok("cp", "-L", "box:/copied/link", here.resolve("hard").toString());
          assertThat(here.resolve("hard")).hasContent("content");
          shell.ok("cp", "box:/copied", here.resolve("back").toString());
          assertThat(here.resolve("back/sub/file")).hasContent("content");
          byte[] tar =
              shell
                  .run("cp", "box:/copied/sub", "-")
                  .out()
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8);
          shell.ok("stop", "-t", "0", "box");
          assertThat(shell.run(tar, List.of("cp", "-", "box:/data")).status()).isZero();
          assertThat(shell.ok("run", "--rm", "-v", "data:/d", IMAGE, "cat", "/d/sub/file"))
              .isEqualTo("content");
          String file = here.resolve("hard").toString();
          shell.fails("cp", file, "box:/locked/").contains("mounted volume is marked read-only");
          shell
              .fails("cp", file, "box:/no/where")
              .contains("Could not find the file /no in container");
          shell.fails("cp", "box:/nothing", ".").contains("Could not find the file /nothing in");
          shell.fails("cp", "box:/copied", file).contains("cannot copy directory");
          shell.ok("rm", "box");
          shell.ok("volume", "rm", "data", "locked");
        });
  }

  @Test
  void differencesAndCommits() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.ok(
              "run",
              "--name",
              "box",
              IMAGE,
              "sh",
              "-c",
              "mkdir /new; echo 1 > /new/file; rm -r /bin/cat");
          assertThat(shell.ok("diff", "box"))
              .contains("C /bin\n", "D /bin/cat\n", "A /new\n", "A /new/file\n")
              .doesNotContain("/etc", "/dev", "/proc");
          String id =
              shell.ok(
                  "commit",
                  "-m",
                  "why",
                  "-a",
                  "me",
                  "-c",
                  "CMD [\"sh\", \"-c\", \"echo /new/*\"]",
                  "box",
                  "made:1");
          assertThat(id).matches("sha256:[0-9a-f]{64}\n");
          assertThat(shell.ok("run", "--rm", "made:1")).isEqualTo("/new/file\n");
          assertThat(shell.run("run", "--rm", "made:1", "cat", "/new/file").status())
              .isEqualTo(127);
          Path tar = folder.resolve(shell.client().name() + ".tar");
          shell.ok("export", "-o", tar.toString(), "box");
          assertThat(Files.readString(tar, java.nio.charset.StandardCharsets.ISO_8859_1))
              .contains("new/file")
              .doesNotContain("bin/cat");
          shell.ok("rm", "box");
        });
  }
}
