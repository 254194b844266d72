package swarm.chaos.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.DockerCluster;
import swarm.chaos.cluster.TestCluster;

/// `./dev bench build`: a Dockerfile of twenty steps with us and with a real Docker Engine, in
/// turns, by the same `docker build` (classic builder): cold, and with every step cached.
public final class BuildBench {
  private static final int FILES = 200;
  private static final int FILE_BYTES = 20_000;
  private static final String DOCKERFILE =
      """
      FROM web:1
      ARG VERSION=1
      ENV APP=/app LANG=C.UTF-8
      LABEL org.example.version=$VERSION
      WORKDIR /app
      RUN busybox mkdir -p /var/lib/app /etc/app
      RUN echo app:x:1000:1000::/app: >>/etc/passwd
      COPY etc/ /etc/app/
      COPY lib /app/lib/
      RUN busybox find /app/lib -type f | busybox wc -l >/app/count
      COPY bin /app/bin/
      RUN busybox chmod -R a+rx /app/bin
      RUN busybox tar -cf /var/lib/app/seed.tar -C /app lib
      ENV PATH=/app/bin:$PATH
      EXPOSE 8080
      VOLUME /data
      USER 1000:1000
      HEALTHCHECK CMD ["true"]
      ENTRYPOINT ["/app/bin/f0"]
      CMD ["serve"]
      """;

  private final Path context;
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();
  private final Path socket;

  private BuildBench(Path context, Path socket) {
    this.context = context;
    this.socket = socket;
  }

  /// @param args a folder for both, which is emptied, the `swarm` program, and how many rounds
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    int rounds = Integer.parseInt(args[2]);
    TestCluster.clear(dir.resolve("swarm"), "bbo");
    Files.createDirectories(dir.resolve("docker"));
    TestCluster ours = TestCluster.up(dir.resolve("swarm"), "bbo", 1, Path.of(args[1]), List.of());
    try {
      DockerCluster theirs = DockerCluster.up(dir.resolve("docker"), "bbd", 1);
      try {
        Path context = context(dir.resolve("context"));
        var swarm = new BuildBench(context, ours.folder(1).resolve("docker.sock"));
        var docker = new BuildBench(context, theirs.socket(1));
        for (BuildBench each : List.of(swarm, docker)) {
          new DockerApi(each.socket, EngineMeasurement.LIMIT)
              .oldest()
              .importImage(BusyboxImage.tar(), "web", "1", "[\"sleep\",\"1000\"]");
        }
        for (int i = 0; i < rounds; i++) {
          swarm.measure();
          docker.measure();
        }
        System.out.print(EngineBench.table(swarm.figures, docker.figures));
      } finally {
        theirs.down();
      }
    } finally {
      ours.down();
    }
  }

  /// Some 8 MB in 400 files, as sources and libraries are.
  private static Path context(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("Dockerfile"), DOCKERFILE);
    for (String part : List.of("etc", "lib", "bin")) {
      Files.createDirectories(folder.resolve(part));
      int count = part.equals("etc") ? 5 : FILES;
      for (int i = 0; i < count; i++) {
        byte[] content = (part + i + "\n").repeat(FILE_BYTES / 8).getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(part).resolve("f" + i), content);
      }
    }
    return folder;
  }

  private void measure() throws IOException, InterruptedException {
    add("build of 20 steps, cold, s", seconds("--no-cache"));
    add("build of 20 steps, all cached, s", seconds());
  }

  private void add(String name, double value) {
    figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    System.err.printf("  %-45s %10.3f  %s%n", name, value, socket);
  }

  private double seconds(String... options) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of("docker", "-H", "unix://" + socket, "build", "-t", "built"));
    command.addAll(List.of(options));
    command.add(context.toString());
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DOCKER_BUILDKIT", "0");
    long start = System.nanoTime();
    Process run = builder.start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (run.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
