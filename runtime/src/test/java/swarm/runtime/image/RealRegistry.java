package swarm.runtime.image;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.runtime.snapshot.OverlayMounts;

/// Debian's `docker-registry` with a folder and a port of its own. Its process id is written down,
/// so that the next run ends what a broken one left.
final class RealRegistry implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
  private static final int TRIES = 600;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path pid;
  private final Process process;
  private final int port;

  static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /// @param folder the same in every run
  RealRegistry(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    pid = folder.resolve("pid");
    endWhatIsLeft();
    OverlayMounts.deleteTree(folder.resolve("data"));
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: 127.0.0.1:0
        """
            .formatted(folder.resolve("data").toAbsolutePath()));
    Path log = folder.resolve("log");
    process =
        new ProcessBuilder(PROGRAM.toString(), "serve", config.toAbsolutePath().toString())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Files.writeString(pid, Long.toString(process.pid()));
    port = awaitPort(log);
  }

  private void endWhatIsLeft() throws IOException {
    if (!Files.exists(pid)) {
      return;
    }
    long left = Long.parseLong(Files.readString(pid).strip());
    Path commandLine = Path.of("/proc/" + left + "/cmdline");
    // the number may be another's by now
    if (Files.exists(commandLine) && Files.readString(commandLine).contains("docker-registry")) {
      ProcessHandle.of(left)
          .ifPresent(
              handle -> {
                handle.destroyForcibly();
                var _ = handle.onExit().join();
              });
    }
    Files.delete(pid);
  }

  /// It takes a free port itself: one that we had looked for could be another's by then.
  private int awaitPort(Path log) throws IOException, InterruptedException {
    for (int i = 0; i < TRIES && process.isAlive(); i++) {
      Matcher listening = LISTENING.matcher(Files.readString(log));
      if (listening.find()) {
        return Integer.parseInt(listening.group(1));
      }
      var _ = process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    close();
    throw new IOException("docker-registry does not listen: " + Files.readString(log));
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  /// Uploads an image as `docker push` does.
  void push(String repository, String tag, TestImage image)
      throws IOException, InterruptedException {
    for (byte[] blob : image.content().values()) {
      upload(repository, blob);
    }
    manifest(repository, ContentStore.digestOf(image.manifest()), image.manifest());
    manifest(repository, tag, image.manifest());
  }

  /// Uploads a manifest or an index.
  void manifest(String repository, String target, byte[] content)
      throws IOException, InterruptedException {
    String type = ImageStore.JSON.readTree(content).path("mediaType").asText();
    expect(
        201,
        request(repository + "/manifests/" + target)
            .header("Content-Type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
  }

  private void upload(String repository, byte[] blob) throws IOException, InterruptedException {
    HttpResponse<String> begun =
        expect(
            202, request(repository + "/blobs/uploads/").POST(HttpRequest.BodyPublishers.noBody()));
    String location = begun.headers().firstValue("Location").orElseThrow();
    String separator = location.contains("?") ? "&" : "?";
    URI uri = begun.uri().resolve(location + separator + "digest=" + ContentStore.digestOf(blob));
    expect(201, HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.ofByteArray(blob)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + host() + "/v2/" + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> expect(int status, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(request);
    if (response.statusCode() != status) {
      throw new IOException(
          response.uri() + " answered " + response.statusCode() + ": " + response.body());
    }
    return response;
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
    var _ = process.destroyForcibly().onExit().join();
    Files.deleteIfExists(pid);
  }
}
