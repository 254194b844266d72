package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerJsonTest {
  private static JsonNode posted() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DockerJsonTest.class.getResourceAsStream("/docker/service-create.json"))) {
      return Wire.JSON.readTree(in);
    }
  }

  @Test
  void everythingThatDockerPostsComesBack() throws IOException {
    JsonNode posted = posted();
    ServiceSpec spec = Wire.JSON.treeToValue(posted, ServiceSpec.class);
    assertThat(again(Wire.JSON, spec)).isEqualTo(again(Wire.JSON, posted));
  }

  @Test
  void andSurvivesTheLog() throws IOException {
    ServiceSpec spec = Wire.JSON.treeToValue(posted(), ServiceSpec.class);
    ServiceSpec stored = Wire.CBOR.readValue(Wire.CBOR.writeValueAsBytes(spec), ServiceSpec.class);
    assertThat(stored).isEqualTo(spec);
    assertThat(again(Wire.JSON, stored)).isEqualTo(again(Wire.JSON, posted()));
  }

  private static JsonNode again(ObjectMapper mapper, Object value) throws IOException {
    return mapper.readTree(mapper.writeValueAsBytes(value));
  }

  @Test
  void whatItSaysIsUnderstood() throws IOException {
    ServiceSpec spec = Wire.JSON.treeToValue(posted(), ServiceSpec.class);
    assertThat(spec.replicas()).isEqualTo(3);
    assertThat(spec.template().restart().delayOrDefault()).isEqualTo(Duration.ofSeconds(1));
    assertThat(spec.template().restart().attemptsOrZero()).isEqualTo(3);
    assertThat(spec.template().constraints()).containsExactly("node.role==worker");
    assertThat(ResourceRequirements.reservedNanoCpus(spec.template().resources()))
        .isEqualTo(100_000_000);
    assertThat(spec.ports()).hasSize(2);
    assertThat(spec.ports().get(1).ingress()).isFalse();
    assertThat(Objects.requireNonNull(spec.updateConfig()).startFirst()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"Name\":null,\"Labels\":null,\"TaskTemplate\":null,\"Mode\":null,\"EndpointSpec\":null}",
        "{\"EndpointSpec\":{\"Ports\":null},\"Mode\":{\"Replicated\":null}}",
        "{\"EndpointSpec\":{\"Ports\":[null]},\"Mode\":{\"Replicated\":{\"Replicas\":null}}}",
        "{\"TaskTemplate\":{\"Placement\":{\"Constraints\":[null],\"Platforms\":[null]}}}",
        "{\"TaskTemplate\":{\"RestartPolicy\":{},\"Resources\":{\"Reservations\":{}}}}"
      })
  void nullsMeanWhatIsAbsent(String json) throws IOException {
    ServiceSpec spec = Wire.JSON.readValue(json, ServiceSpec.class);
    assertThat(spec.nameOrEmpty()).isEmpty();
    assertThat(spec.replicas()).isEqualTo(1);
    assertThat(spec.ports()).isEmpty();
    assertThat(spec.template().constraints()).isEmpty();
    assertThat(spec.template().restart().wants(TaskState.FAILED)).isTrue();
    assertThat(spec.global()).isFalse();
  }

  @Test
  void anEmptyGlobalObjectIsAMode() throws IOException {
    assertThat(Wire.JSON.readValue("{\"Mode\":{\"Global\":{}}}", ServiceSpec.class).global())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"Mode\":7}", "{\"Name\":{}}", "{\"Labels\":[]}", "[]"})
  void anotherShapeIsAnError(String json) {
    assertThatThrownBy(() -> Wire.JSON.readValue(json, ServiceSpec.class))
        .isInstanceOf(com.fasterxml.jackson.core.JsonProcessingException.class);
  }

  @Test
  void noReplicasBelowNoneOrAboveAnInt() throws IOException {
    assertThat(replicas(-5)).isZero();
    assertThat(replicas(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  private static int replicas(long asked) throws IOException {
    return Wire.JSON
        .readValue("{\"Mode\":{\"Replicated\":{\"Replicas\":" + asked + "}}}", ServiceSpec.class)
        .replicas();
  }

  @Test
  void chosenPortsStayWithTheirLikes() {
    var held = List.of(port(80, 30_000), port(443, 30_001), port(80, 30_002));
    assertThat(PublishedPorts.carry(List.of(port(80, 0), port(80, 0), port(99, 0)), held))
        .containsExactly(port(80, 30_000), port(80, 30_002), port(99, 0));
    assertThat(PublishedPorts.carry(List.of(port(80, 30_000), port(80, 0)), held))
        .as("a number that the user now names is not given twice")
        .containsExactly(port(80, 30_000), port(80, 30_002));
  }

  private static PortConfig port(int target, int published) {
    return new PortConfig(null, "tcp", target, published, "ingress");
  }
}
