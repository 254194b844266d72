package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.CLUSTER;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.worker;
import static swarm.chaos.contract.Requests.filter;
import static swarm.chaos.contract.Requests.version;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import swarm.chaos.cluster.TestCluster;

/// What the reference says about swarms and their nodes: before there is one, and when it is made.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class SwarmContract {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  @Order(1)
  void outside_of_a_swarm() throws IOException {
    api.get(200, "/info");
    for (String path : List.of("/swarm", "/nodes", "/nodes/x", "/services", "/services/x")) {
      api.get(503, path);
    }
    api.get(503, "/tasks");
    api.get(503, "/tasks/x");
    api.get(503, "/swarm/unlockkey");
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
    wrong.withObject("/Orchestration").put("TaskHistoryRetentionLimit", 1_001);
    assertThat(api.get(200, "/swarm/unlockkey").path("UnlockKey").asText()).isEmpty();
    api.post(
        409,
        "/swarm/unlock",
        JSON.createObjectNode().put("UnlockKey", "SWMKEY-1-" + "A".repeat(43)));
    api.post(400, "/swarm/update?version=" + version(swarm), wrong);
  }

  @Test
  @Order(3)
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
}
