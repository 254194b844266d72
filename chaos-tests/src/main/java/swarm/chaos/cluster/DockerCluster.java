package swarm.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import swarm.chaos.client.DockerApi;

/// The peer that we are measured against: a real Docker Engine on each of some test hosts.
public final class DockerCluster {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofMinutes(1);

  // What Debian's engine needs beside its options: folders of its own in place of the machine's,
  // and images that are
  // only here to be used as they are.
  private static final String LAUNCH =
      """
      mkdir -p /etc/docker /run/docker "$1/etc"
      mount --bind "$1/etc" /etc/docker
      export DOCKER_SERVICE_PREFER_OFFLINE_IMAGE=1
      exec dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
        --host "unix://$1/docker.sock" --cgroup-parent "/docker-$2"
      """;

  private final Path dir;
  private final TestHosts hosts;
  private final List<Process> engines = new ArrayList<>();

  private DockerCluster(Path dir, TestHosts hosts) {
    this.dir = dir;
    this.hosts = hosts;
  }

  /// Makes the hosts and starts an engine on each.
  public static DockerCluster up(Path dir, String prefix, int count)
      throws IOException, InterruptedException {
    var cluster = new DockerCluster(dir.toAbsolutePath().normalize(), new TestHosts(prefix));
    cluster.hosts.checkFree(count);
    try {
      cluster.launch(prefix, count);
    } catch (IOException | InterruptedException e) {
      cluster.down();
      throw e;
    }
    return cluster;
  }

  private void launch(String prefix, int count) throws IOException, InterruptedException {
    hosts.up(count);
    for (int host = 1; host <= count; host++) {
      Path folder = Files.createDirectories(folder(host));
      var command = new ArrayList<>(hosts.enter(host));
      command.addAll(List.of("bash", "-c", LAUNCH, "_", folder.toString(), prefix + host));
      engines.add(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start());
    }
    for (int host = 1; host <= count; host++) {
      DockerApi api = new DockerApi(socket(host), Duration.ofSeconds(5)).oldest();
      Wait.until(
          "the engine of host " + host + " answers", START, () -> api.get("/version") != null);
    }
  }

  private Path folder(int host) {
    return dir.resolve(Integer.toString(host));
  }

  /// The API socket of a host.
  public Path socket(int host) {
    return folder(host).resolve("docker.sock");
  }

  /// The engine's process number.
  public long pid(int host) throws IOException {
    return Long.parseLong(Files.readString(folder(host).resolve("pid")).strip());
  }

  /// A command that will run on a host. Not started: redirect it, then start it.
  public ProcessBuilder on(int host, List<String> command) {
    var all = new ArrayList<>(hosts.enter(host));
    all.addAll(command);
    return new ProcessBuilder(all);
  }

  /// Pulls a host's cable.
  public void cut(int host) throws IOException, InterruptedException {
    hosts.cut(host);
  }

  /// Plugs a host's cable in again.
  public void mend(int host) throws IOException, InterruptedException {
    hosts.mend(host);
  }

  /// Stops the engines, which end their containers first, and removes the hosts.
  public void down() throws IOException, InterruptedException {
    engines.forEach(Process::destroy);
    for (Process engine : engines) {
      if (!engine.waitFor(STOP.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
        engine.destroyForcibly().waitFor();
      }
    }
    hosts.down();
  }
}
