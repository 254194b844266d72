package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import swarm.chaos.cluster.TestCluster;

/// A command that speaks the API: the unmodified `docker`, or our own `swarm`.
enum Client {
  DOCKER,
  SWARM;

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/local/bin/docker"), Path.of("/usr/bin/docker"));
  private static final long LIMIT_SECONDS = 60;
  private static final String NO_SETTINGS = "/nonexistent";

  /// What a command did.
  record Done(String command, int status, String out, String err) {
    @Override
    public String toString() {
      return command + "\nexit " + status + "\n--- stdout\n" + out + "--- stderr\n" + err;
    }
  }

  boolean installed() {
    return this == SWARM || PLACES.stream().anyMatch(Files::isExecutable);
  }

  /// What commands on the cluster begin with: `docker swarm init` is `swarm init`.
  List<String> cluster(String... words) {
    var all = new ArrayList<String>();
    if (this == DOCKER) {
      all.add("swarm");
    }
    all.addAll(List.of(words));
    return all;
  }

  /// Runs a command on a host, against the daemon of that host.
  Done run(TestCluster cluster, int host, byte[] input, List<String> words)
      throws IOException, InterruptedException {
    return run(cluster, host, input, words, NO_SETTINGS);
  }

  /// @param settings the folder of the user's settings, credentials among them
  Done run(TestCluster cluster, int host, byte[] input, List<String> words, String settings)
      throws IOException, InterruptedException {
    Process process = command(cluster, host, words, settings).start();
    var out = read(process.getInputStream());
    var err = read(process.getErrorStream());
    try (var stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) {
        throw e; // one that has read enough closes early
      }
    }
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(this + " " + words + " does not end: " + out.join() + err.join());
    }
    String shown = this + " " + String.join(" ", words);
    return new Done(shown, process.exitValue(), out.join(), err.join());
  }

  /// Begins a command that nobody listens to: one that is meant to be cut short.
  Process start(TestCluster cluster, int host, String... words) throws IOException {
    return command(cluster, host, List.of(words), NO_SETTINGS)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private ProcessBuilder command(TestCluster cluster, int host, List<String> words, String settings)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(program());
    command.add("-H");
    command.add("unix://" + cluster.folder(host).resolve("docker.sock"));
    command.addAll(words);
    ProcessBuilder builder = cluster.on(host, command.toArray(String[]::new));
    // no settings of the user's, no colours, English
    builder.environment().put("DOCKER_CONFIG", settings);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("TZ", "UTC");
    builder.environment().remove("DOCKER_HOST");
    return builder;
  }

  private static CompletableFuture<String> read(java.io.InputStream in) {
    var text = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (in) {
                text.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            });
    return text;
  }

  /// Its file.
  String program() throws IOException {
    if (this == SWARM) {
      String dist = Objects.requireNonNull(System.getProperty("swarm.dist"), "-Dswarm.dist");
      return Path.of(dist, "bin", "swarm").toString();
    }
    return PLACES.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IOException("there is no docker command here"))
        .toString();
  }
}
