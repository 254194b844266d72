package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.worker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What the reference says about the daemon itself, and about kinds of things that nobody can make
/// yet.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class SystemContract {
  private static final byte[] NONE = new byte[0];

  @Test
  @Order(1)
  void the_system() throws IOException {
    assertThat(api.raw("GET", "/_ping", "text/plain", NONE).text()).isEqualTo("OK");
    api.get(200, "/_ping");
    api.call(200, "HEAD", "/_ping", "text/plain", NONE);
    api.get(200, "/version");
    api.get(200, "/info");
  }

  @Test
  @Order(2)
  void networks() throws IOException {
    JsonNode all = api.get(200, "/networks");
    assertThat(all.findValuesAsText("Name")).contains("bridge", "host", "none", "ingress");
    for (JsonNode network : all) {
      api.get(200, "/networks/" + network.path("Id").asText());
    }
    api.get(404, "/networks/nothing");
    JsonNode asked = Requests.network();
    String id = api.post(201, "/networks/create", asked).path("Id").asText();
    api.post(409, "/networks/create", asked);
    assertThat(api.get(200, "/networks/mine").path("Id").asText()).isEqualTo(id);
    api.post(201, "/containers/create?name=joined", Requests.said("exec sleep 1000"));
    JsonNode container = Requests.joining("joined");
    api.post(200, "/networks/mine/connect", container);
    api.post(204, "/containers/joined/start");
    api.get(200, "/containers/joined/json");
    api.get(200, "/networks/mine");
    api.post(403, "/networks/mine/connect", container);
    api.delete(403, "/networks/mine");
    api.post(200, "/networks/mine/disconnect", container);
    api.delete(204, "/containers/joined?force=1");
    api.post(200, "/networks/prune");
    api.delete(404, "/networks/mine");
    api.delete(403, "/networks/bridge");
  }

  /// `docker inspect` asks for each kind of thing in turn, and goes on where there is none.
  @Test
  @Order(3)
  void what_nobody_can_make_yet_is_not_there() throws IOException {
    for (String path :
        List.of(
            "/volumes/nothing", "/plugins/nothing/json", "/secrets/nothing", "/configs/nothing")) {
      api.get(404, path);
    }
    worker.get(503, "/secrets/nothing");
  }
}
