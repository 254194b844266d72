package swarm.chaos.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.ContractTest.worker;
import static swarm.chaos.contract.Requests.encoded;
import static swarm.chaos.contract.Requests.filter;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import swarm.chaos.cluster.BusyboxImage;

/// What the reference says about images.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ImageContract {
  private static final String TAR = "application/x-tar";
  private static final String PLATFORM = "{\"os\":\"linux\",\"architecture\":\"s390x\"}";

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

  @Test
  @Order(2)
  void what_there_is_of_images() throws IOException {
    assertThat(api.get(200, "/images/json?shared-size=1&manifests=1")).isNotEmpty();
    api.get(200, "/images/" + IMAGE + "/json?manifests=1");
    for (String other : List.of("/json", "/history")) {
      api.get(404, "/images/" + IMAGE + other + "?platform=" + encoded(PLATFORM));
    }
    api.delete(404, "/images/" + IMAGE + "?platforms=" + encoded(PLATFORM));
    api.get(200, "/images/" + IMAGE + "/json");
    JsonNode usage = api.get(200, "/system/df");
    assertThat(usage.path("Images")).isNotEmpty();
    assertThat(usage.path("Volumes").isArray()).isTrue();
    JsonNode images = api.get(200, "/system/df?type=image");
    assertThat(images.has("Containers")).isFalse();
    api.get(400, "/system/df?type=nothing");
  }

  @Test
  @Order(3)
  void archives() throws IOException {
    assertThat(api.raw("GET", "/images/" + IMAGE + "/get", TAR, new byte[0]).status())
        .isEqualTo(200);
    api.get(404, "/images/nothing/get");
    api.get(404, "/images/get?names=nothing:1");
    api.get(400, "/images/get");
    api.get(400, "/images/" + IMAGE + "/get?platform=arm");
    api.get(404, "/images/get?names=" + IMAGE + "&platform=" + encoded(PLATFORM));
  }

  /// At an address where no registry is.
  @Test
  @Order(4)
  void registries() throws IOException {
    String nowhere = "10.77.0.254:5000/nowhere";
    String escaped = encoded(nowhere);
    api.post(404, "/images/nothing/push?tag=1");
    api.post(404, "/images/" + IMAGE + "/push?tag=1&platform=" + encoded(PLATFORM));
    api.post(201, "/images/" + IMAGE + "/tag?repo=" + escaped + "&tag=1");
    List<JsonNode> lines =
        api.stream(200, "POST", "/images/" + escaped + "/push?tag=1", TAR, new byte[0]);
    assertThat(lines.getLast().path("error").asText()).contains("10.77.0.254:5000");
    api.delete(200, "/images/" + escaped + ":1");
    ObjectNode auth = new ObjectMapper().createObjectNode().put("username", "me");
    api.post(500, "/auth", auth.put("password", "x").put("serveraddress", "10.77.0.254:5000"));
    api.post(400, "/auth", auth.put("serveraddress", "no server"));
    api.get(500, "/distribution/" + escaped + "/json");
    api.get(400, "/distribution/Not%20A%20Name/json");
    api.get(500, "/images/search?term=" + escaped);
    api.get(400, "/images/search?term=x&limit=101");
    api.get(400, "/images/search?term=x&filters=" + filter("stars", "many"));
  }

  @Test
  @Order(5)
  void building() throws IOException {
    List<JsonNode> lines =
        api.stream(200, "POST", "/build?t=built:1", TAR, context("FROM " + IMAGE + "\nLABEL a=b"));
    assertThat(lines.getLast().path("stream").asText()).isEqualTo("Successfully tagged built:1\n");
    assertThat(api.get(200, "/images/built:1/json").at("/Config/Labels/a").asText()).isEqualTo("b");
    api.delete(200, "/images/built:1");
    api.call(400, "POST", "/build", TAR, context("COOK x"));
    api.call(400, "POST", "/build", TAR, "this is no tar".getBytes(UTF_8));
    api.call(500, "POST", "/build?dockerfile=other", TAR, context("FROM " + IMAGE));
  }

  private static byte[] context(String dockerfile) throws IOException {
    return Archives.tar(Map.of("Dockerfile", dockerfile.getBytes(UTF_8)));
  }

  @Test
  @Order(6)
  void pruning() throws IOException {
    byte[] tar = BusyboxImage.tar();
    api.stream(200, "POST", "/images/create?fromSrc=-&changes=" + encoded("LABEL old=1"), TAR, tar);
    JsonNode pruned = api.post(200, "/images/prune?filters=" + filter("label", "old=1"));
    assertThat(pruned.path("ImagesDeleted")).isNotEmpty();
    api.post(200, "/images/prune");
    api.post(400, "/images/prune?filters=" + filter("until", "yesterday"));
    api.post(400, "/images/prune?filters=" + filter("name", "x"));
    api.post(200, "/containers/prune?filters=" + filter("label", "nothing"));
    api.post(200, "/networks/prune");
    api.post(200, "/build/prune");
  }
}
