package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.contract.ContractTest.api;
import static swarm.chaos.contract.Requests.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What the reference says about volumes, and about the files of containers.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class FileContract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Charset UTF = StandardCharsets.UTF_8;
  private static final byte[] NONE = new byte[0];
  private static final String TAR = "application/x-tar";

  private static ObjectNode volume(String name) {
    ObjectNode body = JSON.createObjectNode().put("Name", name).put("Driver", "local");
    body.putObject("Labels").put("colour", "red");
    return body;
  }

  @Test
  @Order(1)
  void volumes() throws IOException {
    JsonNode made = api.post(201, "/volumes/create", volume("data"));
    assertThat(made.path("Mountpoint").asText()).endsWith("/volumes/data/_data");
    api.post(201, "/volumes/create", JSON.createObjectNode());
    ObjectNode memory = volume("memory");
    memory.putObject("DriverOpts").put("type", "tmpfs").put("device", "tmpfs").put("o", "size=1m");
    api.post(201, "/volumes/create", memory);
    api.post(400, "/volumes/create", volume("a/b"));
    api.post(404, "/volumes/create", volume("cloud").put("Driver", "cloud"));
    api.post(400, "/volumes/create", JSON.createObjectNode().put("Name", 7));
    assertThat(api.get(200, "/volumes").path("Volumes")).hasSize(3);
    assertThat(api.get(200, "/volumes?filters=" + filter("name", "dat")).path("Volumes"))
        .hasSize(1);
    api.get(400, "/volumes?filters=" + filter("colour", "red"));
    api.get(200, "/volumes/data");
    api.get(404, "/volumes/nothing");
    api.call(404, "PUT", "/volumes/data?version=1", "application/json", "{}".getBytes(UTF));
    ObjectNode body = Requests.said("echo x > /v/x");
    body.putObject("HostConfig").putArray("Binds").add("data:/v");
    api.post(201, "/containers/create?name=user", body);
    api.delete(409, "/volumes/data");
    assertThat(api.get(200, "/volumes?filters=" + filter("dangling", "true")).path("Volumes"))
        .hasSize(2);
    api.get(200, "/containers/user/json");
    api.delete(204, "/containers/user?v=1");
    assertThat(api.post(200, "/volumes/prune").path("VolumesDeleted")).hasSize(1);
    api.delete(204, "/volumes/data");
    api.delete(404, "/volumes/data");
    api.delete(204, "/volumes/data?force=1");
    assertThat(api.post(200, "/volumes/prune?filters=" + filter("all", "1")).path("VolumesDeleted"))
        .hasSize(1);
    api.post(400, "/volumes/prune?filters=" + filter("name", "x"));
  }

  @Test
  @Order(2)
  void files_of_a_container() throws IOException {
    api.post(201, "/containers/create?name=filed", Requests.said("true"));
    byte[] tar = Archives.tar(Map.of("note", "hello".getBytes(UTF)));
    api.call(200, "PUT", "/containers/filed/archive?path=/tmp", TAR, tar);
    api.call(400, "PUT", "/containers/filed/archive?path=/tmp/note", TAR, tar);
    api.call(400, "PUT", "/containers/filed/archive", TAR, tar);
    api.call(404, "PUT", "/containers/filed/archive?path=/nowhere", TAR, tar);
    api.call(404, "PUT", "/containers/nothing/archive?path=/tmp", TAR, tar);
    var stat = api.raw("HEAD", "/containers/filed/archive?path=/tmp/note", "", NONE);
    assertThat(stat.status()).isEqualTo(200);
    String header = stat.header("x-docker-container-path-stat");
    JsonNode told = JSON.readTree(Base64.getDecoder().decode(header));
    assertThat(told.path("name").asText()).isEqualTo("note");
    assertThat(told.path("size").asInt()).isEqualTo(5);
    api.call(200, "HEAD", "/containers/filed/archive?path=/tmp/note", "", NONE);
    api.call(404, "HEAD", "/containers/filed/archive?path=/nothing", "", NONE);
    var read = api.raw("GET", "/containers/filed/archive?path=/tmp/note", "", NONE);
    assertThat(read.contentType()).isEqualTo(TAR);
    assertThat(new String(read.body(), StandardCharsets.ISO_8859_1)).contains("hello");
    api.operation("GET", "/containers/filed/archive?path=/tmp/note");
    api.get(404, "/containers/filed/archive?path=/nothing");
    api.get(400, "/containers/filed/archive");
    assertThat(api.get(200, "/containers/filed/changes").toString())
        .contains("{\"Path\":\"/tmp/note\",\"Kind\":1}");
    api.get(404, "/containers/nothing/changes");
    var all = api.raw("GET", "/containers/filed/export", "", NONE);
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.contentType()).isEqualTo("application/octet-stream");
    api.operation("GET", "/containers/filed/export");
    api.get(404, "/containers/nothing/export");
  }

  @Test
  @Order(3)
  void committing() throws IOException {
    ObjectNode config = JSON.createObjectNode().put("WorkingDir", "/tmp");
    JsonNode made =
        api.post(
            201,
            "/commit?container=filed&repo=committed&tag=1&comment=why&author=me&changes=ENV%20A=b",
            config);
    JsonNode image = api.get(200, "/images/committed:1/json");
    assertThat(image.path("Id").asText()).isEqualTo(made.path("Id").asText());
    assertThat(image.at("/Config/WorkingDir").asText()).isEqualTo("/tmp");
    assertThat(image.at("/Config/Env").toString()).contains("A=b");
    api.post(404, "/commit?container=nothing");
    api.delete(204, "/containers/filed");
    api.delete(200, "/images/committed:1");
  }
}
