package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.CLUSTER;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.began;
import static swarm.chaos.contract.ContractTest.worker;
import static swarm.chaos.contract.Requests.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import swarm.chaos.cluster.Wait;
import swarm.chaos.multihost.ClusterExtension;

/// What the reference says about the end of things, and what holds for all of it then.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class EndContract {
  private static final byte[] NONE = new byte[0];

  @Test
  @Order(1)
  void events() throws IOException {
    // To the moment: what just happened did so within the second that has not passed yet.
    Instant now = Instant.now();
    String until = String.format(Locale.ROOT, "%d.%09d", now.getEpochSecond(), now.getNano());
    String times = "?since=" + began.getEpochSecond() + "&until=" + until;
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
    // Some came later: two containers have slept for a second each.
    long early = all.getFirst().path("time").asLong() + 1;
    assertThat(
            api.stream(
                200,
                "GET",
                "/events?since=" + began.getEpochSecond() + "&until=" + early,
                "text/plain",
                NONE))
        .hasSizeLessThan(all.size())
        .allMatch(e -> e.path("timeNano").asLong() <= early * 1_000_000_000L);
    api.get(400, "/events?since=yesterday");
    api.get(400, "/events?filters=nonsense");
  }

  @Test
  @Order(2)
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

  /// What no test before this called must be what we have not.
  @Test
  @Order(3)
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
  @Order(4)
  void no_exception_outlives_its_reason() {
    var names = Deviations.ALL.stream().map(Deviations.Excuse::name).toList();
    var needed = new TreeSet<>(api.excused());
    needed.addAll(worker.excused());
    assertThat(needed).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  @Order(5)
  void leaving() throws IOException {
    api.post(200, "/swarm/leave?force=true");
    assertThat(api.get(200, "/info").at("/Swarm/LocalNodeState").asText()).isEqualTo("inactive");
  }
}
