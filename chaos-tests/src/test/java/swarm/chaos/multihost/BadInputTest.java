package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Bad input gets a clear error and changes nothing.
@Tag("multihost")
final class BadInputTest {
  private static final int HUNDRED_MB = 100_000_000;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @AfterEach
  void nothing_changed() throws Exception {
    CLUSTER.removeServices(1);
    assertThat(CLUSTER.swarm(1).nodes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-web", "web-", "we b", "web/1", "\u00fcber", "web.1"})
  void a_bad_service_name(String name) throws Exception {
    refused(400, "name", () -> CLUSTER.swarm(1).create(Swarm.service(name, IMAGE, 1)));
    noServices();
  }

  @Test
  void a_service_name_that_is_too_long() throws Exception {
    refused(400, "name", () -> CLUSTER.swarm(1).create(Swarm.service("n".repeat(64), IMAGE, 1)));
    noServices();
  }

  @Test
  void a_taken_name() throws Exception {
    CLUSTER.swarm(1).create(Swarm.service("taken", IMAGE, 0));
    refused(409, "taken", () -> CLUSTER.swarm(1).create(Swarm.service("taken", IMAGE, 0)));
    assertThat(api().get("/services")).hasSize(1);
  }

  @Test
  void a_taken_port() throws Exception {
    CLUSTER.swarm(1).create(Swarm.published(Swarm.service("first", IMAGE, 0), 9090, 80));
    refused(
        400,
        599,
        "9090",
        () ->
            CLUSTER.swarm(1).create(Swarm.published(Swarm.service("second", IMAGE, 0), 9090, 81)));
    assertThat(api().get("/services")).hasSize(1);
  }

  @Test
  void a_port_that_the_swarm_itself_needs() throws Exception {
    refused(
        400,
        599,
        "2377",
        () -> CLUSTER.swarm(1).create(Swarm.published(Swarm.service("own", IMAGE, 1), 2377, 80)));
    noServices();
  }

  @Test
  void a_bad_image_name() throws Exception {
    refused(
        400, "Image", () -> CLUSTER.swarm(1).create(Swarm.service("bad", "Image With Spaces", 1)));
    noServices();
  }

  @Test
  void the_task_says_that_an_image_cannot_be_pulled() throws Exception {
    CLUSTER.swarm(1).create(Swarm.service("nowhere", "10.77.0.77:5000/nowhere:1", 1));
    awaitError("nowhere", "10.77.0.77:5000");
  }

  @Test
  void the_task_says_that_a_command_does_not_exist_in_the_image() throws Exception {
    ObjectNode spec = Swarm.service("nothere", IMAGE, 1);
    spec.withObject("/TaskTemplate/ContainerSpec").putArray("Command").add("/no/such/program");
    CLUSTER.swarm(1).create(spec);
    awaitError("nothere", "/no/such/program");
  }

  private static void awaitError(String service, String text) throws Exception {
    Wait.until(
        "a task of " + service + " tells of " + text,
        LIMIT,
        () -> CLUSTER.swarm(1).tasks(service).stream().anyMatch(t -> t.error().contains(text)));
    assertThat(CLUSTER.swarm(1).running(service)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "null", "{\"Name\":", "{\"Name\": 1e999999999}", "\u0000"})
  void malformed_json(String body) throws Exception {
    refused(400, "", () -> send("/services/create", body.getBytes(StandardCharsets.UTF_8)));
    noServices();
  }

  @Test
  void json_nested_deeply() throws Exception {
    String body = "[".repeat(100_000);
    refused(400, "", () -> send("/services/create", body.getBytes(StandardCharsets.UTF_8)));
    noServices();
  }

  @Test
  void a_json_body_of_100_megabytes() throws Exception {
    byte[] body = new byte[HUNDRED_MB];
    Arrays.fill(body, (byte) ' ');
    refused(400, 499, "", () -> send("/services/create", body));
    noServices();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/nothing",
        "/tasks/nothing",
        "/nodes/nothing",
        "/containers/nothing/json",
        "/images/nothing/json",
        "/networks/nothing",
        "/no/such/page",
      })
  void unknown_ids(String path) {
    refused(404, "", () -> api().get(path));
  }

  @Test
  void an_update_of_an_older_version() throws Exception {
    String id = CLUSTER.swarm(1).create(Swarm.service("versions", IMAGE, 0));
    long version = api().get("/services/" + id).path("Version").path("Index").asLong();
    CLUSTER.swarm(1).scale("versions", 1);
    refused(
        400,
        599,
        "out of sequence",
        () ->
            api()
                .post(
                    "/services/" + id + "/update?version=" + version,
                    Swarm.service("versions", IMAGE, 5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "100001", "9223372036854775807"})
  void a_number_of_replicas_out_of_range(String replicas) throws Exception {
    ObjectNode spec = Swarm.service("many", IMAGE, 1);
    spec.withObject("/Mode/Replicated").put("Replicas", Long.parseLong(replicas));
    refused(400, "", () -> CLUSTER.swarm(1).create(spec));
    noServices();
  }

  private static DockerApi api() {
    return CLUSTER.cluster().api(1);
  }

  private static void send(String path, byte[] body) throws IOException {
    var _ = api().call("POST", path, "application/json", body);
  }

  private static void noServices() throws IOException {
    assertThat(api().get("/services")).isEmpty();
  }
}
