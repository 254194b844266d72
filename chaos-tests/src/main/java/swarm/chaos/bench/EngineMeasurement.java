package swarm.chaos.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import swarm.chaos.cluster.Registry;

/// What one container engine takes, by the `docker` command.
final class EngineMeasurement {
  static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int MANY = 100;
  private static final int AT_ONCE = 8;
  private static final String WEB = "web:1";

  private final Path socket;
  private final Function<String[], ProcessBuilder> host;
  private final String monitor;
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  /// @param host makes a command that will run on the engine's host
  /// @param monitor how the program is called that stays with each container
  EngineMeasurement(Path socket, Function<String[], ProcessBuilder> host, String monitor) {
    this.socket = socket;
    this.host = host;
    this.monitor = monitor;
  }

  Path socket() {
    return socket;
  }

  /// All that was measured, by name, in the order in which it was.
  Map<String, List<Double>> figures() {
    return figures;
  }

  /// Starts a registry on this host.
  ///
  /// @param data where its images are; another host's registry may have the same
  Registry registry(Path data, Path folder) throws IOException {
    return Registry.start(host, data, folder);
  }

  void runOne() throws IOException, InterruptedException {
    add("docker run --rm echo, s", seconds(() -> docker("run", "--rm", WEB, "echo", "hello")));
  }

  /// Starts many, and weighs what stays with each.
  void startMany() throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    add(
        MANY + " containers started, " + AT_ONCE + " at a time, s",
        seconds(() -> ids.addAll(start())));
    add("memory of a container's monitor, KiB", monitors());
    var remove = new ArrayList<>(List.of("rm", "-f"));
    remove.addAll(ids);
    docker(remove.toArray(String[]::new));
  }

  private List<String> start() throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
      var running = new ArrayList<Future<String>>();
      for (int i = 0; i < MANY; i++) {
        running.add(pool.submit(() -> docker("run", "-d", WEB).strip()));
      }
      for (Future<String> each : running) {
        ids.add(each.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a container did not start: " + e.getCause(), e);
    }
    return ids;
  }

  /// Pulls an image. It stays: a file system takes its time with new files where others were just
  /// deleted, and the next pull would be measured by that.
  void pull(String image) throws IOException, InterruptedException {
    add("pull of 300 MB in 10 layers, s", seconds(() -> docker("pull", "-q", image)));
  }

  private void add(String name, double value) {
    figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    System.err.printf("  %-15s %-45s %10.3f%n", monitor, name, value);
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static double seconds(Step step) throws IOException, InterruptedException {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /// Runs a `docker` command; what it prints.
  String docker(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket));
    command.addAll(List.of(arguments));
    Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (run.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  /// The mean of what the monitors have for themselves and their part of what they share (`Pss` in
  /// proc(5)), in KiB.
  private double monitors() throws IOException {
    long sum = 0;
    int count = 0;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        long weight = weight(process);
        sum += weight;
        count += weight > 0 ? 1 : 0;
      }
    }
    return count == 0 ? Double.NaN : (double) sum / count;
  }

  /// 0 of what is none of ours, or has ended.
  private long weight(Path process) {
    try {
      String name = Files.readString(process.resolve("cmdline")).split("\0", 2)[0];
      if (!Path.of(name).getFileName().toString().startsWith(monitor)) {
        return 0;
      }
      for (String line : Files.readAllLines(process.resolve("smaps_rollup"))) {
        if (line.startsWith("Pss:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return 0;
    } catch (IOException | RuntimeException _) {
      return 0; // it has ended meanwhile
    }
  }
}
