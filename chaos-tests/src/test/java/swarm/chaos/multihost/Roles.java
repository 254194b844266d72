package swarm.chaos.multihost;

import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Wait;

/// Changes of roles as `docker node promote` and `docker node demote` make them.
final class Roles {
  private Roles() {}

  /// @param by a manager's API
  /// @param role `manager` or `worker`
  static void set(DockerApi by, String nodeId, String role) throws IOException {
    JsonNode node = by.get("/nodes/" + nodeId);
    ObjectNode spec = node.path("Spec").deepCopy();
    JsonNode _ =
        by.post(
            "/nodes/" + nodeId + "/update?version=" + node.at("/Version/Index").asLong(),
            spec.put("Role", role));
  }

  /// Waits until so many nodes are managers, and all of these can be reached.
  static void awaitManagers(DockerApi seenBy, int count) throws IOException, InterruptedException {
    Wait.until(
        count + " managers, all reachable",
        LIMIT,
        () -> {
          int reachable = 0;
          int all = 0;
          for (JsonNode node : seenBy.get("/nodes")) {
            JsonNode status = node.path("ManagerStatus");
            all += status.isMissingNode() ? 0 : 1;
            reachable += status.path("Reachability").asText().equals("reachable") ? 1 : 0;
          }
          return all == count && reachable == count;
        });
  }
}
