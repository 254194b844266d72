package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.CLUSTER;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.Requests.filter;
import static swarm.chaos.contract.Requests.version;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import swarm.chaos.cluster.Wait;
import swarm.chaos.multihost.ClusterExtension;

/// What the reference says about services, their tasks, and the logs of both.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ServiceContract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NONE = new byte[0];

  @Test
  @Order(1)
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
    remove("bare");
    api.post(201, "/services/create", Requests.everywhere());
    CLUSTER.awaitRunning(1, "everywhere", 2, 0);
    assertThat(api.get(200, "/services?status=true")).hasSize(2);
    assertThat(api.get(200, "/services?filters=" + filter("mode", "global"))).hasSize(1);
    jobs();
    tasks();
    api.get(200, "/containers/json");
    api.get(200, "/info");
    api.get(200, "/networks");
  }

  private static void jobs() throws Exception {
    for (String mode : new String[] {"ReplicatedJob", "GlobalJob"}) {
      ObjectNode spec = JSON.createObjectNode().put("Name", mode);
      ObjectNode container = spec.putObject("TaskTemplate").putObject("ContainerSpec");
      container.put("Image", IMAGE).putArray("Command").add("true");
      spec.putObject("Mode").putObject(mode);
      api.post(
          400, "/services/create", spec.deepCopy().set("UpdateConfig", JSON.createObjectNode()));
      api.post(201, "/services/create", spec);
      String status = "/services?status=true&filters=" + filter("name", mode);
      Wait.until(
          "the job is complete",
          ClusterExtension.LIMIT,
          () -> api.get(200, status).path(0).at("/ServiceStatus/CompletedTasks").asInt() > 0);
      JsonNode service = api.get(200, "/services/" + mode);
      assertThat(service.at("/JobStatus/JobIteration/Index").asInt(-1)).isZero();
      assertThat(
              api.get(200, "/tasks?filters=" + filter("service", mode))
                  .path(0)
                  .path("JobIteration"))
          .isNotEmpty();
      spec.withObject("/TaskTemplate").put("ForceUpdate", 1);
      api.post(200, "/services/" + mode + "/update?version=" + version(service), spec);
      assertThat(api.get(200, "/services/" + mode).at("/JobStatus/JobIteration/Index").asInt())
          .isOne();
    }
    remove("ReplicatedJob");
    remove("GlobalJob");
    scheduled();
  }

  private static void scheduled() throws IOException {
    ObjectNode spec = JSON.createObjectNode().put("Name", "yearly");
    spec.withObject("/TaskTemplate/ContainerSpec").put("Image", IMAGE);
    spec.withObject("/Mode/ReplicatedJob").put("TotalCompletions", 1);
    api.post(400, "/services/create", spec.deepCopy().set("Labels", label("swarm.schedul")));
    spec.set("Labels", label("swarm.schedule"));
    api.post(201, "/services/create", spec);
    assertThat(api.get(200, "/services/yearly").at("/JobStatus/NextExecution").asText())
        .endsWith("-01-01T00:00:00Z");
    api.delete(200, "/services/yearly");
  }

  private static ObjectNode label(String name) {
    return JSON.createObjectNode().put(name, "@yearly");
  }

  /// Removes a service and waits for the end of its tasks: all that are listed are looked at.
  private static void remove(String service) throws Exception {
    api.delete(200, "/services/" + service);
    Wait.until(
        "its tasks are gone",
        ClusterExtension.LIMIT,
        () -> api.get(200, "/tasks?filters=" + filter("service", service)).isEmpty());
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
  @Order(2)
  void logs_of_services_and_tasks() throws IOException {
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

  @Test
  @Order(3)
  void networks_of_services() throws Exception {
    ObjectNode network = JSON.createObjectNode().put("Name", "front").put("Driver", "overlay");
    network.putObject("IPAM").putArray("Config").addObject().put("Subnet", "10.98.0.0/24");
    String id = api.post(201, "/networks/create", network).path("Id").asText();
    api.post(409, "/networks/create", network);
    ObjectNode spec = JSON.createObjectNode().put("Name", "near");
    ObjectNode task = spec.putObject("TaskTemplate");
    task.putObject("ContainerSpec").put("Image", IMAGE);
    task.putArray("Networks").addObject().put("Target", "front").putArray("Aliases").add("here");
    api.post(201, "/services/create", spec);
    CLUSTER.awaitRunning(1, "near", 1, 0);
    JsonNode service = api.get(200, "/services/near");
    assertThat(service.at("/Spec/TaskTemplate/Networks/0/Target").asText()).isEqualTo(id);
    assertThat(service.at("/Endpoint/VirtualIPs/0/Addr").asText()).startsWith("10.98.0.");
    JsonNode running = api.get(200, "/tasks?filters=" + filter("service", "near")).path(0);
    assertThat(running.at("/NetworksAttachments/0/Addresses/0").asText()).endsWith("/24");
    api.get(200, "/tasks/" + running.path("ID").asText());
    api.get(200, "/networks/front");
    api.get(200, "/networks");
    api.delete(400, "/networks/front");
    task.withArray("Networks").removeAll().addObject().put("Target", "nothing");
    api.post(404, "/services/create", spec.put("Name", "far"));
    remove("near");
    api.delete(204, "/networks/front");
  }

  @Test
  @Order(4)
  void secrets_and_configs() throws IOException {
    for (String kind : new String[] {"secret", "config"}) {
      String all = "/" + kind + "s";
      ObjectNode spec = JSON.createObjectNode().put("Name", "mine").put("Data", "aGlkZGVu");
      spec.putObject("Labels").put("a", "b");
      spec.putObject("Templating").put("Name", "golang");
      String id = api.post(201, all + "/create", spec).path("ID").asText();
      api.post(409, all + "/create", spec);
      api.post(400, all + "/create", spec.deepCopy().put("Name", "not a name"));
      assertThat(api.get(200, all)).hasSize(1);
      assertThat(api.get(200, all + "?filters=" + filter("name", "other"))).isEmpty();
      api.get(400, all + "?filters=" + filter("colour", "red"));
      JsonNode made = api.get(200, all + "/" + id);
      assertThat(made.at("/Spec/Data").isMissingNode()).isEqualTo(kind.equals("secret"));
      api.get(200, all + "/mine");
      api.get(404, all + "/nothing");
      ObjectNode next = made.path("Spec").deepCopy();
      next.withObject("/Labels").put("c", "d");
      String update = all + "/" + id + "/update?version=" + version(made);
      api.post(200, update, next);
      api.post(500, update, next);
      api.post(400, update, next.deepCopy().put("Name", "other"));
      api.post(404, all + "/nothing/update?version=1", next);
      api.delete(204, all + "/mine");
      api.delete(404, all + "/mine");
    }
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
}
