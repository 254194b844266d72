package swarm.chaos.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.worker;
import static swarm.chaos.contract.Requests.encoded;
import static swarm.chaos.contract.Requests.filter;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import swarm.chaos.cluster.BusyboxImage;

/// What the reference says about images.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ImageContract {
  private static final String TAR = "application/x-tar";

  @Test
  @Order(1)
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
    // the switch, where no registry is
    api.post(500, "/images/create?fromImage=10.77.0.254:5000/nowhere&tag=1");
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
}
