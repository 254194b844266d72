package swarm.chaos.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.multihost.ClusterExtension;

/// Every answer of the API against the reference of the Docker Engine API v1.50: with real objects,
/// and with errors. What the reference has and we have not says so with 501.
@Tag("multihost")
@EnabledIf(
    value = "swarm.chaos.contract.ReferenceFile#isThere",
    disabledReason = "no reference to hold the API against: see ReferenceFile")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IMAGE = ClusterExtension.IMAGE;
  private static final String TAR = "application/x-tar";
  private static final byte[] NONE = new byte[0];

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(2);

  private static Contract api;
  private static Contract worker;
  private static Instant began;

  @BeforeAll
  static void reference() {
    Path file = ReferenceFile.find().orElseThrow();
    api = new Contract(file, socket(1));
    worker = new Contract(file, socket(2));
    began = Instant.now();
  }

  private static Path socket(int host) {
    return CLUSTER.cluster().folder(host).resolve("docker.sock");
  }

  @AfterEach
  void as_the_reference_says() {
    assertThat(api.deviations()).as("deviations from the reference").isEmpty();
    assertThat(worker.deviations()).as("deviations from the reference, at a worker").isEmpty();
  }

  @Test
  @Order(1)
  void outside_of_a_swarm() throws IOException {
    api.get(200, "/info");
    for (String path : List.of("/swarm", "/nodes", "/nodes/x", "/services", "/services/x")) {
      api.get(503, path);
    }
    api.get(503, "/tasks");
    api.get(503, "/tasks/x");
    api.get(503, "/services/x/logs?stdout=1");
    api.get(503, "/tasks/x/logs?stdout=1");
    api.post(503, "/services/create", Requests.service());
    api.post(503, "/services/x/update?version=1", Requests.service());
    api.delete(503, "/services/x");
    api.delete(503, "/nodes/x");
    api.post(503, "/nodes/x/update?version=1", JSON.createObjectNode());
    api.post(503, "/swarm/update?version=1", JSON.createObjectNode());
    api.post(503, "/swarm/leave");
  }

  @Test
  @Order(2)
  void making_a_swarm() throws Exception {
    api.post(400, "/swarm/init", Requests.address(1).put("DataPathPort", 1));
    api.post(400, "/swarm/join", Requests.address(1).put("JoinToken", "nonsense"));
    JsonNode id = api.post(200, "/swarm/init", Requests.address(1));
    assertThat(id.isTextual()).isTrue();
    api.post(503, "/swarm/init", Requests.address(1));
    CLUSTER.awaitReady(1, 1);
    JsonNode swarm = api.get(200, "/swarm");
    ObjectNode join =
        Requests.address(2).put("JoinToken", swarm.path("JoinTokens").path("Worker").asText());
    join.putArray("RemoteAddrs").add(TestCluster.address(1) + ":2377");
    worker.post(200, "/swarm/join", join);
    worker.post(503, "/swarm/join", join);
    CLUSTER.awaitReady(1, 2);
    worker.get(503, "/nodes");
    worker.get(503, "/swarm");
    worker.get(200, "/info");
    api.post(
        200, "/swarm/update?rotateWorkerToken=true&version=" + version(swarm), swarm.path("Spec"));
    api.post(500, "/swarm/update?version=" + version(swarm), swarm.path("Spec"));
    ObjectNode wrong = swarm.path("Spec").deepCopy();
    wrong.withObject("/Orchestration").put("TaskHistoryRetentionLimit", -1);
    api.post(400, "/swarm/update?version=" + version(swarm), wrong);
  }

  @Test
  @Order(3)
  void the_system() throws IOException {
    assertThat(api.raw("GET", "/_ping", "text/plain", NONE).text()).isEqualTo("OK");
    api.get(200, "/_ping");
    api.call(200, "HEAD", "/_ping", "text/plain", NONE);
    api.get(200, "/version");
    api.get(200, "/info");
  }

  @Test
  @Order(4)
  void nodes() throws IOException {
    JsonNode all = api.get(200, "/nodes");
    assertThat(all).hasSize(2);
    api.get(200, "/nodes?filters=" + filter("role", "manager"));
    api.get(400, "/nodes?filters=" + filter("colour", "red"));
    api.get(404, "/nodes/nothing");
    for (JsonNode node : all) {
      api.get(200, "/nodes/" + node.path("ID").asText());
    }
    String id = CLUSTER.nodeId(1, 2);
    JsonNode node = api.get(200, "/nodes/" + id);
    ObjectNode spec = node.path("Spec").deepCopy();
    spec.withObject("/Labels").put("disk", "ssd");
    api.post(200, "/nodes/" + id + "/update?version=" + version(node), spec);
    api.post(500, "/nodes/" + id + "/update?version=" + version(node), spec);
    api.post(
        400,
        "/nodes/" + id + "/update?version=" + version(node),
        spec.deepCopy().put("Availability", "perhaps"));
    api.post(404, "/nodes/nothing/update?version=1", spec);
    api.get(200, "/nodes/" + id);
    api.delete(404, "/nodes/nothing");
  }

  @Test
  @Order(5)
  void images() throws IOException {
    byte[] tar = BusyboxImage.tar();
    String change = encoded("CMD " + BusyboxImage.SERVE);
    String labels = encoded("LABEL one=1") + "&changes=" + encoded("EXPOSE 80");
    for (Contract one : List.of(api, worker)) {
      List<JsonNode> lines =
          one.stream(
              200,
              "POST",
              "/images/create?fromSrc=-&repo=made&tag=1&changes=" + change + "&changes=" + labels,
              TAR,
              tar);
      assertThat(lines).isNotEmpty();
    }
    api.post(400, "/images/create");
    api.call(400, "POST", "/images/create?fromSrc=-&changes=COOK", TAR, tar);
    api.call(400, "POST", "/images/create?fromSrc=-", TAR, "this is no tar".getBytes(UTF_8));
    api.post(400, "/images/create?fromImage=Not%20A%20Name");
    api.post(500, "/images/create?fromImage=10.77.0.77:5000/nowhere&tag=1");
    assertThat(api.get(200, "/images/json")).hasSize(2);
    assertThat(api.get(200, "/images/json?filters=" + filter("reference", "web"))).hasSize(1);
    assertThat(api.get(200, "/images/json?filters=" + filter("reference", "x"))).isEmpty();
    api.get(200, "/images/" + IMAGE + "/json");
    api.get(200, "/images/" + IMAGE + "/history");
    api.get(404, "/images/nothing/json");
    api.get(404, "/images/nothing/history");
    api.post(201, "/images/" + IMAGE + "/tag?repo=other&tag=2");
    api.post(404, "/images/nothing/tag?repo=other&tag=2");
    api.post(400, "/images/" + IMAGE + "/tag?repo=Not%20A%20Name");
    assertThat(api.delete(200, "/images/other:2")).hasSize(1);
    api.delete(404, "/images/nothing");
    api.call(400, "POST", "/images/load", TAR, "this is no tar".getBytes(UTF_8));
    List<JsonNode> loaded =
        api.stream(200, "POST", "/images/load", TAR, Archives.docker("loaded:1", tar));
    assertThat(loaded.getLast().path("stream").asText()).contains("loaded:1");
    api.get(200, "/images/loaded:1/json");
    assertThat(api.delete(200, "/images/loaded:1")).hasSizeGreaterThan(1);
  }

  @Test
  @Order(6)
  void containers() throws IOException {
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

  @Test
  @Order(7)
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
  @Order(8)
  void networks() throws IOException {
    JsonNode all = api.get(200, "/networks");
    assertThat(all.findValuesAsText("Name")).contains("bridge", "host", "none", "ingress");
    for (JsonNode network : all) {
      api.get(200, "/networks/" + network.path("Id").asText());
    }
    api.get(404, "/networks/nothing");
  }

  /// `docker inspect` asks for each kind of thing in turn, and goes on where there is none.
  @Test
  @Order(8)
  void what_nobody_can_make_yet_is_not_there() throws IOException {
    for (String path :
        List.of(
            "/volumes/nothing", "/plugins/nothing/json", "/secrets/nothing", "/configs/nothing")) {
      api.get(404, path);
    }
    worker.get(503, "/secrets/nothing");
  }

  @Test
  @Order(9)
  void services_and_tasks() throws Exception {
    String id = api.post(201, "/services/create", Requests.service()).path("ID").asText();
    api.post(409, "/services/create", Requests.service());
    api.post(400, "/services/create", Requests.service().put("Name", "not a name"));
    CLUSTER.awaitRunning(1, "web", 2, 0);
    assertThat(api.get(200, "/services")).hasSize(1);
    assertThat(api.get(200, "/services?status=true&filters=" + filter("name", "web"))).hasSize(1);
    api.get(400, "/services?filters=" + filter("colour", "red"));
    JsonNode service = api.get(200, "/services/" + id + "?insertDefaults=true");
    assertThat(service.path("Spec").path("TaskTemplate").path("ContainerSpec").path("Env"))
        .isEqualTo(Requests.service().at("/TaskTemplate/ContainerSpec/Env"));
    api.get(404, "/services/nothing");
    tasks();
    ObjectNode spec = service.path("Spec").deepCopy();
    spec.withObject("/TaskTemplate").put("ForceUpdate", 1);
    String update = "/services/" + id + "/update?version=" + version(service);
    api.post(200, update, spec);
    api.post(500, update, spec);
    api.post(400, update, spec.deepCopy().put("Name", "not a name"));
    api.post(404, "/services/nothing/update?version=1", spec);
    Wait.until(
        "the update is complete",
        ClusterExtension.LIMIT,
        () -> api.get(200, "/services/web").at("/UpdateStatus/State").asText().equals("completed"));
    tasks();
    JsonNode updated = api.get(200, "/services/web");
    assertThat(updated.has("PreviousSpec")).isTrue();
    api.post(
        200,
        "/services/web/update?rollback=previous&version=" + version(updated),
        updated.path("Spec"));
    api.get(200, "/services/web");
    ObjectNode bare = JSON.createObjectNode().put("Name", "bare");
    bare.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", IMAGE);
    bare.putObject("Mode").putObject("Replicated");
    api.post(201, "/services/create", bare);
    assertThat(api.get(200, "/services/bare").at("/Spec/Mode/Replicated/Replicas").asInt())
        .isEqualTo(1);
    api.delete(200, "/services/bare");
    api.post(201, "/services/create", Requests.everywhere());
    CLUSTER.awaitRunning(1, "everywhere", 2, 0);
    assertThat(api.get(200, "/services?status=true")).hasSize(2);
    assertThat(api.get(200, "/services?filters=" + filter("mode", "global"))).hasSize(1);
    tasks();
    api.get(200, "/containers/json");
    api.get(200, "/info");
    api.get(200, "/networks");
  }

  private static void tasks() throws IOException {
    for (JsonNode task : api.get(200, "/tasks")) {
      api.get(200, "/tasks/" + task.path("ID").asText());
    }
    api.get(200, "/tasks?filters=" + filter("desired-state", "running"));
    api.get(400, "/tasks?filters=" + filter("colour", "red"));
    api.get(404, "/tasks/nothing");
  }

  @Test
  @Order(10)
  void logs() throws Exception {
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
    swarmLogs("/services/everywhere/logs");
    String task =
        api.get(200, "/tasks?filters=" + filter("service", "everywhere"))
            .path(0)
            .path("ID")
            .asText();
    swarmLogs("/tasks/" + task + "/logs");
    api.get(404, "/services/nothing/logs?stdout=1");
    api.get(404, "/tasks/nothing/logs?stdout=1");
    api.get(400, "/services/everywhere/logs");
    api.get(400, "/tasks/" + task + "/logs");
  }

  private static void swarmLogs(String path) throws IOException {
    api.operation("GET", path);
    var answer = api.raw("GET", path + "?stdout=1&stderr=1&details=1", "text/plain", NONE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/vnd.docker.multiplexed-stream");
    assertThat(Frames.of(answer.body()))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("1:com.docker.swarm.node.id=") && line.endsWith(" up\n"));
  }

  @Test
  @Order(11)
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
  @Order(11)
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
    api.delete(204, "/containers/upgraded?force=1");
  }

  @Test
  @Order(12)
  void events() throws IOException {
    String times = "?since=" + began.getEpochSecond() + "&until=" + Instant.now().getEpochSecond();
    List<JsonNode> all = api.stream(200, "GET", "/events" + times, "text/plain", NONE);
    assertThat(all)
        .extracting(e -> e.path("Type").asText() + " " + e.path("Action").asText())
        .contains("container create", "container start", "container die", "image load")
        .contains("service create", "service update");
    assertThat(
            api.stream(
                200,
                "GET",
                "/events" + times + "&filters=" + filter("event", "die"),
                "text/plain",
                NONE))
        .isNotEmpty()
        .allMatch(e -> e.path("Action").asText().equals("die"));
    long until = began.getEpochSecond() + 4;
    assertThat(
            api.stream(
                200,
                "GET",
                "/events?since=" + began.getEpochSecond() + "&until=" + until,
                "text/plain",
                NONE))
        .hasSizeLessThan(all.size())
        .allMatch(e -> e.path("timeNano").asLong() <= until * 1_000_000_000L);
    api.get(400, "/events?since=yesterday");
    api.get(400, "/events?filters=nonsense");
  }

  @Test
  @Order(13)
  void taking_it_down() throws Exception {
    api.delete(200, "/services/web");
    api.delete(200, "/services/everywhere");
    api.delete(404, "/services/web");
    String id = CLUSTER.nodeId(1, 2);
    worker.post(200, "/swarm/leave");
    Wait.until(
        "the worker is down",
        ClusterExtension.LIMIT,
        () -> api.get(200, "/nodes/" + id).at("/Status/State").asText().equals("down"));
    api.delete(200, "/nodes/" + id);
    assertThat(api.get(200, "/nodes")).hasSize(1);
    api.post(503, "/swarm/leave");
  }

  /// What no test above called must be what we have not.
  @Test
  @Order(14)
  void what_is_missing_says_so() throws IOException {
    for (Contract.Operation operation : List.copyOf(api.operations())) {
      if (api.called(operation)) {
        continue;
      }
      String message =
          api.call(501, operation.method(), operation.filled(), "application/json", NONE)
              .path("message")
              .asText();
      if (!operation.method().equals("HEAD")) {
        assertThat(message)
            .as(operation.toString())
            .matches("\\S.* (is|are) not implemented yet")
            .hasSizeGreaterThan(" is not implemented yet".length());
      }
    }
  }

  @Test
  @Order(15)
  void no_exception_outlives_its_reason() {
    var names = Deviations.ALL.stream().map(Deviations.Excuse::name).toList();
    var needed = new TreeSet<>(api.excused());
    needed.addAll(worker.excused());
    assertThat(needed).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  @Order(16)
  void leaving() throws IOException {
    api.post(200, "/swarm/leave?force=true");
    assertThat(api.get(200, "/info").at("/Swarm/LocalNodeState").asText()).isEqualTo("inactive");
  }

  // ---- what is sent

  private static long version(JsonNode thing) {
    return thing.path("Version").path("Index").asLong();
  }

  private static String filter(String key, String value) {
    return encoded("{\"" + key + "\":[\"" + value + "\"]}");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
