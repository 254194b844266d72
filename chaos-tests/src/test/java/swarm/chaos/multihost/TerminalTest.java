package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Wait;

/// Clients that are attached to containers, byte by byte: as `docker` does, and as it does not.
@Tag("multihost")
@Timeout(120)
final class TerminalTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HOST = 1;

  @AfterEach
  void clear() throws Exception {
    Shell.of(CLUSTER, Client.DOCKER).clear();
  }

  private static DockerApi api() {
    return CLUSTER.cluster().api(HOST);
  }

  private static void start(String name, boolean tty, String script) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("Image", IMAGE).put("Tty", tty);
    body.put("OpenStdin", true).put("StdinOnce", true);
    body.putArray("Cmd").add("sh").add("-c").add(script);
    var _ = api().post("/containers/create?name=" + name, body);
    var _ = api().post("/containers/" + name + "/start");
  }

  /// A connection that was taken over.
  private static final class Attached implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream in;

    private Attached(String request) throws IOException {
      channel =
          SocketChannel.open(
              UnixDomainSocketAddress.of(CLUSTER.cluster().folder(HOST).resolve("docker.sock")));
      in = Channels.newInputStream(channel);
      send(request);
      assertThat(until("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
    }

    /// As Docker's clients do.
    static Attached to(String path, String body) throws IOException {
      return new Attached(
          "POST /v1.50"
              + path
              + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
    }

    static Attached to(String path) throws IOException {
      return to(path, "");
    }

    /// As a page in a browser does.
    static Attached socket(String path) throws IOException {
      return new Attached(
          "GET /v1.50"
              + path
              + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

    void send(String text) throws IOException {
      send(text.getBytes(UTF_8));
    }

    void send(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    String until(String end) throws IOException {
      var text = new ByteArrayOutputStream();
      while (!text.toString(UTF_8).endsWith(end)) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("the stream ended: " + text.toString(UTF_8));
        }
        text.write(next);
      }
      return text.toString(UTF_8);
    }

    byte[] rest() throws IOException {
      return in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static boolean runs(String name) throws IOException {
    return api().get("/containers/" + name + "/json").at("/State/Running").asBoolean();
  }

  private static void awaitEvent(String name, String action) throws Exception {
    long until = System.currentTimeMillis() / 1000 + 1;
    Wait.until(
        "event " + action,
        LIMIT,
        () ->
            api()
                .text(
                    "/events?since=1&until="
                        + until
                        + "&filters=%7B%22container%22:%5B%22"
                        + name
                        + "%22%5D%7D")
                .contains("\"Action\":\"" + action + "\""));
  }

  @Test
  void theDetachKeysLeaveTheContainerRunning() throws Exception {
    start("shell", true, "echo ready; exec cat");
    String attach = "/containers/shell/attach?stream=1&stdin=1&stdout=1&stderr=1&logs=1";
    try (var client = Attached.to(attach)) {
      assertThat(client.until("ready\r\n")).isEqualTo("ready\r\n");
      client.send("\u0010a\n"); // Ctrl-P alone is typed
      assertThat(client.until("a\r\n")).contains("a");
      client.send("\u0010\u0011");
      var _ = client.rest();
    }
    assertThat(runs("shell")).isTrue();
    awaitEvent("shell", "detach");
    try (var client = Attached.to(attach + "&detachKeys=ctrl-x,q")) {
      client.send("\u0018q");
      var _ = client.rest();
    }
    assertThat(runs("shell")).isTrue();
  }

  @Test
  void halfClosingEndsTheInputAndNotTheOutput() throws Exception {
    start("cat", false, "cat; echo end of input");
    try (var client = Attached.to("/containers/cat/attach?stream=1&stdin=1&stdout=1")) {
      client.send("one");
      client.channel.shutdownOutput();
      assertThat(new String(client.rest(), UTF_8)).contains("one").contains("end of input\n");
    }
    assertThat(runs("cat")).isFalse();
  }

  @Test
  void aClientThatIsGoneHoldsNothingUp() throws Exception {
    start("talker", true, "read x; echo got $x; exec sleep 1000");
    try (var client = Attached.to("/containers/talker/attach?stream=1&stdin=1&stdout=1")) {
      client.send("last\n");
    }
    Wait.until(
        "what it sent last has arrived",
        LIMIT,
        () -> api().text("/containers/talker/logs?stdout=1").contains("got last"));
    start("flood", false, "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
    try (var client = Attached.to("/containers/flood/attach?stream=1&stdout=1")) {
      var _ = client.until("x\n");
    }
    long size = written("flood");
    Wait.until("it goes on writing", LIMIT, () -> written("flood") > size);
  }

  private static long written(String name) throws IOException {
    JsonNode container = api().get("/containers/" + name + "/json");
    return java.nio.file.Files.size(java.nio.file.Path.of(container.path("LogPath").asText()));
  }

  @Test
  void aWebsocketIsAnotherWayToAttach() throws Exception {
    start("web", true, "read x; echo got $x; exec sleep 1000");
    try (var client = Attached.socket("/containers/web/attach/ws?stream=1&stdin=1&stdout=1")) {
      client.send(new byte[] {(byte) 0x82, (byte) 0x83, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2, '\n' ^ 3});
      assertThat(client.until("got hi\r\n")).contains("got hi");
      client.send(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
    }
    assertThat(runs("web")).isTrue();
  }

  @Test
  void anExecIsLeftByItsKeysAndEndsWithItsContainer() throws Exception {
    start("box", false, "exec sleep 1000");
    ObjectNode body = JSON.createObjectNode().put("AttachStdout", true).put("Tty", true);
    body.putArray("Cmd").add("sh").add("-c").add("busybox stty size; read x; exit 7");
    body.put("AttachStdin", true).put("DetachKeys", "ctrl-a");
    String id = api().post("/containers/box/exec", body).path("Id").asText();
    assertThat(api().get("/exec/" + id + "/json").path("Running").asBoolean()).isFalse();
    try (var client =
        Attached.to("/exec/" + id + "/start", "{\"Tty\":true,\"ConsoleSize\":[40,80]}")) {
      assertThat(client.until("\r\n")).isEqualTo("40 80\r\n");
      client.send("\u0001");
      var _ = client.rest();
    }
    JsonNode exec = api().get("/exec/" + id + "/json");
    assertThat(exec.path("Running").asBoolean()).isTrue();
    assertThat(exec.path("ExitCode").isNull()).isTrue();
    assertThat(exec.path("Pid").asInt()).isPositive();
    assertThat(exec.path("DetachKeys").asText()).isEqualTo("AQ==");
    awaitEvent("box", "exec_detach");
    assertThat(api().get("/containers/box/json").path("ExecIDs").path(0).asText()).isEqualTo(id);
    var _ = api().post("/containers/box/kill");
    Wait.until(
        "it ends with its container",
        LIMIT,
        () -> !api().get("/exec/" + id + "/json").path("Running").asBoolean());
  }
}
