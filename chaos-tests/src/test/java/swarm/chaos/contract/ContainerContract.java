package swarm.chaos.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.socket;
import static swarm.chaos.contract.Requests.filter;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import swarm.chaos.cluster.Wait;

/// What the reference says about containers, their logs, and attaching to them.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ContainerContract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NONE = new byte[0];

  @Test
  @Order(1)
  void containers() throws IOException, InterruptedException {
    JsonNode made = api.post(201, "/containers/create?name=first", Requests.container());
    String id = made.path("Id").asText();
    api.post(409, "/containers/create?name=first", Requests.container());
    api.post(400, "/containers/create?name=not%20a%20name", Requests.container());
    api.post(404, "/containers/create", Requests.container().put("Image", "nothing:1"));
    api.post(400, "/containers/create", JSON.createObjectNode());
    api.get(200, "/containers/" + id + "/json");
    api.get(200, "/containers/json?all=1");
    api.post(204, "/containers/first/start");
    api.post(304, "/containers/first/start");
    api.get(200, "/containers/first/json");
    assertThat(api.get(200, "/containers/json")).hasSize(1);
    // each look is held against the reference
    var _ =
        Wait.until(
            "unhealthy", LIMIT, () -> health("first").path("Status").asText().equals("unhealthy"));
    assertThat(health("first").path("Log")).isNotEmpty();
    api.get(200, "/containers/json?filters=" + filter("health", "unhealthy"));
    api.get(400, "/containers/json?filters=" + filter("colour", "red"));
    api.get(400, "/containers/json?filters=nonsense");
    api.post(204, "/containers/first/pause");
    api.get(200, "/containers/first/json");
    api.post(204, "/containers/first/unpause");
    api.post(204, "/containers/first/rename?name=second");
    api.post(200, "/containers/second/resize?h=40&w=80");
    api.post(204, "/containers/second/restart?t=0");
    api.delete(409, "/containers/second");
    api.delete(409, "/images/" + IMAGE);
    api.post(204, "/containers/second/kill?signal=KILL");
    JsonNode end = api.post(200, "/containers/second/wait");
    assertThat(end.path("StatusCode").asInt()).isEqualTo(137);
    api.post(304, "/containers/second/stop?t=0");
    api.post(409, "/containers/second/kill");
    api.get(200, "/containers/second/json");
    api.post(400, "/containers/second/wait?condition=never");
    assertThat(api.get(200, "/containers/json")).isEmpty();
    assertThat(api.get(200, "/containers/json?all=1")).hasSize(1);
    api.delete(204, "/containers/second");
  }

  private static JsonNode health(String container) throws IOException {
    return api.get(200, "/containers/" + container + "/json").at("/State/Health");
  }

  @Test
  @Order(2)
  void containers_that_are_not_there() throws IOException {
    api.get(404, "/containers/nothing/json");
    api.get(404, "/containers/nothing/logs?stdout=1");
    for (String verb :
        List.of("start", "stop", "restart", "kill", "pause", "unpause", "wait", "attach")) {
      api.post(404, "/containers/nothing/" + verb);
    }
    api.post(404, "/containers/nothing/rename?name=x");
    api.post(404, "/containers/nothing/resize?h=1&w=1");
    api.delete(404, "/containers/nothing");
  }

  @Test
  @Order(3)
  void logs_of_a_container() throws Exception {
    api.post(201, "/containers/create?name=talker", Requests.said("echo one; echo two >&2"));
    api.post(204, "/containers/talker/start");
    api.post(200, "/containers/talker/wait");
    api.get(400, "/containers/talker/logs");
    var answer = api.raw("GET", "/containers/talker/logs?stdout=1&stderr=1", "text/plain", NONE);
    api.operation("GET", "/containers/talker/logs");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/vnd.docker.multiplexed-stream");
    assertThat(Frames.of(answer.body())).containsExactlyInAnyOrder("1:one\n", "2:two\n");
    var stamped = api.raw("GET", "/containers/talker/logs?stdout=1&timestamps=1", "", NONE);
    assertThat(Frames.of(stamped.body()))
        .singleElement()
        .asString()
        .matches("(?s)1:\\d{4}-\\d\\d-\\d\\dT\\S+Z one\n");
    api.delete(204, "/containers/talker");
  }

  @Test
  @Order(4)
  void attaching() throws IOException {
    api.post(
        201, "/containers/create?name=attached", Requests.said("sleep 1; echo out; echo err >&2"));
    api.post(204, "/containers/attached/start");
    var answer =
        api.raw(
            "POST", "/containers/attached/attach?stream=1&stdout=1&stderr=1", "text/plain", NONE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/vnd.docker.multiplexed-stream");
    assertThat(Frames.of(answer.body())).containsExactlyInAnyOrder("1:out\n", "2:err\n");
    api.delete(204, "/containers/attached?force=1");
  }

  @Test
  @Order(5)
  @Timeout(60)
  void attaching_with_an_upgrade() throws IOException {
    api.post(201, "/containers/create?name=upgraded", Requests.said("sleep 1; echo out"));
    api.post(204, "/containers/upgraded/start");
    String request =
        String.join(
            "\r\n",
            "POST /v1.50/containers/upgraded/attach?stream=1&stdout=1 HTTP/1.1",
            "Host: docker",
            "Connection: Upgrade",
            "Upgrade: tcp",
            "Content-Length: 0",
            "",
            "");
    String answer;
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket(1)))) {
      channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
      answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
    String[] parts = answer.split("\r\n\r\n", 2);
    assertThat(parts[0])
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("\r\nConnection: Upgrade")
        .containsIgnoringCase("\r\nUpgrade: tcp")
        .containsIgnoringCase("\r\nContent-Type: application/vnd.docker.multiplexed-stream");
    assertThat(Frames.of(parts[1].getBytes(UTF_8))).containsExactly("1:out\n");
    api.get(400, "/containers/upgraded/attach/ws"); // without a websocket
    api.delete(204, "/containers/upgraded?force=1");
  }

  @Test
  @Order(6)
  void running_a_command() throws IOException {
    api.post(201, "/containers/create?name=execs", Requests.said("exec sleep 1000"));
    api.post(409, "/containers/execs/exec", Requests.exec("true"));
    api.post(204, "/containers/execs/start");
    api.post(400, "/containers/execs/exec", JSON.createObjectNode());
    String id =
        api.post(201, "/containers/execs/exec", Requests.exec("echo out; echo err >&2; exit 3"))
            .path("Id")
            .asText();
    assertThat(api.get(200, "/exec/" + id + "/json").path("ExitCode").isNull()).isTrue();
    var answer =
        api.raw("POST", "/exec/" + id + "/start", "application/json", "{}".getBytes(UTF_8));
    api.operation("POST", "/exec/" + id + "/start");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/vnd.docker.multiplexed-stream");
    assertThat(Frames.of(answer.body())).containsExactlyInAnyOrder("1:out\n", "2:err\n");
    assertThat(api.get(200, "/exec/" + id + "/json").path("ExitCode").asInt()).isEqualTo(3);
    api.post(409, "/exec/" + id + "/start", JSON.createObjectNode().put("Detach", true));
    String terminal =
        api.post(201, "/containers/execs/exec", Requests.exec("exec sleep 1000").put("Tty", true))
            .path("Id")
            .asText();
    api.post(200, "/exec/" + terminal + "/start", JSON.createObjectNode().put("Detach", true));
    api.post(200, "/exec/" + terminal + "/resize?h=40&w=80");
    api.post(400, "/exec/" + terminal + "/resize?h=x&w=80");
    api.get(200, "/containers/execs/json?size=1");
    api.get(404, "/exec/nothing/json");
    api.post(404, "/exec/nothing/start", JSON.createObjectNode());
    api.post(404, "/exec/nothing/resize?h=1&w=1");
    api.post(404, "/containers/nothing/exec", Requests.exec("true"));
    api.delete(204, "/containers/execs?force=1");
    api.get(404, "/exec/" + id + "/json");
  }

  @Test
  @Order(7)
  void what_a_container_uses() throws IOException {
    api.post(201, "/containers/create?name=user", Requests.container());
    api.get(200, "/containers/user/stats?stream=0");
    api.get(409, "/containers/user/top");
    api.post(204, "/containers/user/start");
    api.get(200, "/containers/user/stats?stream=0&one-shot=1");
    JsonNode stats = api.get(200, "/containers/user/stats?stream=0");
    assertThat(stats.at("/memory_stats/limit").asLong()).isEqualTo(64 << 20);
    assertThat(stats.at("/precpu_stats/system_cpu_usage").asLong()).isPositive();
    assertThat(stats.at("/networks").isObject()).isTrue();
    api.get(400, "/containers/user/stats?stream=1&one-shot=1");
    JsonNode processes = api.get(200, "/containers/user/top").path("Processes");
    assertThat(processes) // its health check may be among them
        .anyMatch(row -> row.get(row.size() - 1).asText().equals("sleep 1000"));
    assertThat(api.get(200, "/containers/user/top?ps_args=-o%20pid,args").path("Titles"))
        .hasSize(2);
    api.post(
        200,
        "/containers/user/update",
        JSON.createObjectNode().put("PidsLimit", 10).put("CpuShares", 512));
    api.post(400, "/containers/user/update", JSON.createObjectNode().put("Memory", 1));
    api.get(200, "/containers/json?size=1");
    for (String path : List.of("stats?stream=0", "top")) {
      api.get(404, "/containers/nothing/" + path);
    }
    api.post(404, "/containers/nothing/update", JSON.createObjectNode());
    api.post(204, "/containers/user/kill");
    api.post(400, "/containers/prune?filters=" + filter("colour", "red"));
    api.post(200, "/containers/prune?filters=" + filter("label", "colour=blue"));
    assertThat(api.post(200, "/containers/prune").path("ContainersDeleted")).hasSize(1);
  }
}
