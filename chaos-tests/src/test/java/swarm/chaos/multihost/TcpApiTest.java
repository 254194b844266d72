package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The API over TCP, with the unmodified `docker` command and certificates by `openssl`.
@Tag("multihost")
final class TcpApiTest {
  private static final String HOST = "10.77.0.1";
  private static final String ADDRESS = "tcp://" + HOST + ":2376";
  private static final Path FOLDER = certificates();

  @RegisterExtension
  static final ClusterExtension CLUSTER =
      ClusterExtension.apart(
          1,
          "--host=" + ADDRESS,
          "--tlsverify",
          "--tlscacert=" + FOLDER.resolve("ca.pem"),
          "--tlscert=" + FOLDER.resolve("server.pem"),
          "--tlskey=" + FOLDER.resolve("server.key"));

  private static Path certificates() {
    try {
      Path folder = Files.createTempDirectory("swarm-tcp-api");
      folder.toFile().deleteOnExit();
      Path names = Files.writeString(folder.resolve("names"), "subjectAltName=IP:" + HOST);
      for (String authority : List.of("ca", "other")) {
        openssl(
            folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                + " -subj /CN=%1$s -keyout %1$s.key -out %1$s.pem".formatted(authority));
      }
      for (String name : List.of("server ca", "client ca", "stranger other")) {
        String[] who = name.split(" ");
        openssl(
            folder,
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                + " -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr".formatted(who[0]));
        openssl(
            folder,
            "x509 -req -days 2 -CAcreateserial -in %1$s.csr -CA %2$s.pem -CAkey %2$s.key"
                    .formatted(who[0], who[1])
                + " -extfile "
                + names
                + " -out "
                + who[0]
                + ".pem");
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void openssl(Path folder, String words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(words.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + Files.readString(folder.resolve("log")));
    }
  }

  private static Client.Done docker(String who, String input, String... words) throws Exception {
    return asked(Client.DOCKER, who, input, words);
  }

  private static Client.Done asked(Client client, String who, String input, String... words)
      throws Exception {
    var command = new ArrayList<>(List.of(client.program(), "-H", ADDRESS));
    command.addAll(List.of("--tlsverify", "--tlscacert", FOLDER.resolve("ca.pem").toString()));
    command.addAll(List.of("--tlscert", FOLDER.resolve(who + ".pem").toString()));
    command.addAll(List.of("--tlskey", FOLDER.resolve(who + ".key").toString()));
    command.addAll(List.of(words));
    return run(input, command);
  }

  private static Client.Done run(String input, List<String> command) throws Exception {
    Path out = FOLDER.resolve("out");
    Path err = FOLDER.resolve("err");
    ProcessBuilder builder =
        CLUSTER
            .cluster()
            .on(1, command.toArray(String[]::new))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("DOCKER_CONFIG", "/nonexistent");
    // the hosts are reached from here only
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("proxy"));
    Process process = builder.start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    return new Client.Done(
        command.toString(), process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void aClientWithACertificateOfTheAuthorityDoesAllThatItDoesOnTheSocket() throws Exception {
    Client.Done version = docker("client", "", "version");
    assertThat(version.out()).as(version.toString()).contains("Server: swarm");
    Client.Done ran = docker("client", "to its end", "run", "-i", "--rm", IMAGE, "cat");
    assertThat(ran.out()).as(ran.toString()).isEqualTo("to its end");
    Client.Done failed = docker("client", "", "run", "--rm", IMAGE, "sh", "-c", "exit 7");
    assertThat(failed.status()).as(failed.toString()).isEqualTo(7);
  }

  @Test
  void ourOwnCommandDoesTheSame() throws Exception {
    Client.Done version =
        asked(Client.SWARM, "client", "", "version", "-f", "{{.Server.APIVersion}}");
    assertThat(version.out()).as(version.toString()).isEqualTo("1.50\n");
    Client.Done ran =
        asked(Client.SWARM, "client", "to its end", "run", "-i", "--rm", IMAGE, "cat");
    assertThat(ran.out()).as(ran.toString()).isEqualTo("to its end");
    Client.Done stranger = asked(Client.SWARM, "stranger", "", "version", "-f", "{{.Server}}");
    assertThat(stranger.status()).as(stranger.toString()).isEqualTo(1);
    assertThat(stranger.err()).isNotBlank();
  }

  @Test
  void nobodyElseIsAnswered() throws Exception {
    Client.Done stranger = docker("stranger", "", "version");
    assertThat(stranger.status()).isNotZero();
    assertThat(stranger.out()).doesNotContain("Server: swarm");
    List<String> curl = List.of("curl", "-sS", "--max-time", "10");
    for (String url : List.of("http://" + HOST + ":2376/info", "https://" + HOST + ":2376/info")) {
      var command = new ArrayList<>(curl);
      command.addAll(List.of("--cacert", FOLDER.resolve("ca.pem").toString(), url));
      Client.Done done = run("", command);
      assertThat(done.status()).as(done.toString()).isNotZero();
      assertThat(done.out()).isEmpty();
    }
  }
}
