package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// `docker build` by the classic builder and our own `swarm build`: the same image, and nothing
/// left of a build that failed. What images come of which Dockerfile is the compatibility table's.
@Tag("multihost")
final class BuildCommandsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  private static Path context(Shell shell, String name, String dockerfile) throws IOException {
    Path folder =
        Files.createDirectories(CLUSTER.cluster().folder(shell.host()).resolve(name + "-context"));
    Files.writeString(folder.resolve("Dockerfile"), dockerfile);
    return folder;
  }

  @Test
  void aFolderWithAFixedTimeIsAlwaysTheSameImage() throws Exception {
    Set<String> layers = ConcurrentHashMap.newKeySet(); // of two clients and two daemons
    Shell.both(
        CLUSTER,
        shell -> {
          Path context =
              context(
                  shell,
                  "fixed",
                  """
                  FROM %s
                  WORKDIR /app
                  COPY . .
                  RUN echo made >made
                  CMD ["cat", "made"]
                  """
                      .formatted(IMAGE));
          Files.writeString(context.resolve("a"), "a");
          Files.writeString(context.resolve("left-out"), "x");
          Files.writeString(context.resolve(".dockerignore"), "left-*\n");
          var ids =
              Stream.of("--no-cache", "--no-cache", "--rm")
                  .map(option -> built(shell, context, option))
                  .toList();
          assertThat(ids).hasSize(3).containsOnly(ids.getFirst());
          layers.add(
              shell.ok("image", "inspect", "--format", "{{json .RootFS.Layers}}", "fixed:1"));
          assertThat(shell.ok("run", "--rm", "fixed:1")).isEqualTo("made\n");
          shell.fails("run", "--rm", "fixed:1", "cat", "left-out").contains("left-out");
          nothingLeft(shell);
        });
    assertThat(layers).hasSize(1);
  }

  private static String built(Shell shell, Path context, String option) {
    try {
      shell.ok(
          "build",
          option,
          "-t",
          "fixed:1",
          "--build-arg",
          "SOURCE_DATE_EPOCH=1000000000",
          context.toString());
      return shell.ok("image", "inspect", "--format", "{{.Id}} {{.Created}}", "fixed:1");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatFailsSaysWhereAndLeavesNothing() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path context =
              context(shell, "failing", "FROM " + IMAGE + "\nRUN echo before\nRUN exit 7\n");
          Client.Done done = shell.run(new byte[0], List.of("build", context.toString()));
          assertThat(done.status()).as(done.toString()).isEqualTo(7);
          assertThat(done.out()).contains("Step 3/3 : RUN exit 7");
          assertThat(done.err())
              .contains(
                  "The command '/bin/sh -c exit 7' returned a non-zero code: 7"
                      + " (line 3: RUN exit 7)");
          nothingLeft(shell);
          Files.writeString(context.resolve("Dockerfile"), "FROM 127.0.0.1:1/none\n");
          done = shell.run(new byte[0], List.of("build", context.toString()));
          assertThat(done.status()).as(done.toString()).isEqualTo(1);
          assertThat(done.err()).contains("127.0.0.1:1").contains("(line 1: FROM");
          nothingLeft(shell);
        });
  }

  /// What the parser takes and the kernel or the network would not.
  @Test
  void whatNobodyCanDoNamesItsLine() throws Exception {
    var refused =
        List.of(
            "COPY a /x\0y",
            "COPY [\"a\", \"/x\\u0000y\"]",
            "COPY a\0 /x",
            "WORKDIR /x\0y",
            "COPY a /" + "x".repeat(300),
            "ADD http://127.0.0.1:99999/x /x",
            "ADD http://127.0.0.1:1/x /x",
            "COPY <<.. /x/\ntext\n..");
    Shell.both(
        CLUSTER,
        shell -> {
          for (String step : refused) {
            Path context = context(shell, "refused", "FROM scratch\n" + step + "\n");
            Files.writeString(context.resolve("a"), "a");
            Client.Done done = shell.run(new byte[0], List.of("build", context.toString()));
            assertThat(done.status()).as(done.toString()).isEqualTo(1);
            assertThat(done.err()).contains("(line 2: ").doesNotContain("internal error");
          }
          nothingLeft(shell);
        });
  }

  @Test
  void timesEndWithTheYear9999() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path context = context(shell, "times", "FROM scratch\nLABEL a=b\n");
          String option = "SOURCE_DATE_EPOCH=253402300800";
          shell
              .fails("build", "--build-arg", option, context.toString())
              .contains("from 0 to 253402300799");
        });
  }

  @Test
  void aClientThatLeavesEndsItsBuild() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path context = context(shell, "left", "FROM " + IMAGE + "\nRUN sleep 1000\n");
          Process client =
              shell.client().start(CLUSTER.cluster(), shell.host(), "build", context.toString());
          Wait.until("the step runs", LIMIT, () -> !containers(shell).isEmpty());
          client.destroyForcibly().waitFor();
          Wait.until("the step's container is gone", LIMIT, () -> containers(shell).isEmpty());
          Wait.until("the context is gone", LIMIT, () -> files(shell).isEmpty());
        });
  }

  @Test
  void documentsOwnersAndModesOfTheirOwn() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path context =
              context(
                  shell,
                  "documents",
                  """
                  FROM %s AS unused
                  RUN exit 1
                  FROM %s
                  ARG A=1
                  COPY --chmod=750 --chown=3:4 <<one <<'two' /d/
                  $A
                  one
                  $A
                  two
                  RUN <<EOF
                  cat /d/one >/both
                  cat /d/two >>/both
                  EOF
                  RUN <<EOF
                  #!/bin/busybox cat
                  a script
                  EOF
                  """
                      .formatted(IMAGE, IMAGE));
          assertThat(shell.ok("build", "-t", "documents", context.toString()))
              .contains("a script", "Successfully tagged documents:latest");
          assertThat(
                  shell.ok(
                      "run",
                      "--rm",
                      "documents",
                      "sh",
                      "-c",
                      "cat /both; busybox stat -c '%a %u:%g' /d/one"))
              .isEqualTo("1\n$A\n750 3:4\n");
          nothingLeft(shell);
        });
  }

  @Test
  void aDockerfileByStandardInputAndOneFromElsewhere() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          byte[] text = ("FROM " + IMAGE + "\nLABEL a=b\n").getBytes(UTF_8);
          Client.Done done = shell.run(text, List.of("build", "-q", "-"));
          assertThat(done.status()).as(done.toString()).isZero();
          assertThat(done.out()).matches("sha256:[0-9a-f]{64}\n");
          Path context = context(shell, "elsewhere", "FROM nothing\n");
          Files.writeString(context.resolve("a"), "a");
          done =
              shell.run(
                  "FROM scratch\nCOPY . /\n".getBytes(UTF_8),
                  List.of("build", "-t", "elsewhere", "-f", "-", context.toString()));
          assertThat(done.status()).as(done.toString()).isZero();
          assertThat(shell.ok("history", "--format", "{{.CreatedBy}}", "--no-trunc", "elsewhere"))
              .contains("COPY");
        });
  }

  private static JsonNode containers(Shell shell) throws IOException {
    return shell.api().get("/containers/json?all=1");
  }

  /// What is left of contexts and layers.
  private static List<Path> files(Shell shell) throws IOException {
    Path builds = CLUSTER.cluster().folder(shell.host()).resolve("data/builds");
    try (Stream<Path> all = Files.list(builds)) {
      return all.toList();
    }
  }

  private static void nothingLeft(Shell shell) throws Exception {
    assertThat(containers(shell)).isEmpty();
    assertThat(files(shell)).isEmpty();
  }
}
