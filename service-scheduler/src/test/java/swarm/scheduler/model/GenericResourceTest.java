package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenericResourceTest {
  @Test
  void whatADaemonIsToldToHave() {
    assertThat(GenericResource.parse(List.of("SSD=3", "GPU=b", "GPU = a", "GPU=b", "Nic=0")))
        .containsExactly(
            GenericResource.named("GPU", "b"),
            GenericResource.named("GPU", "a"),
            GenericResource.discrete("Nic", 0),
            GenericResource.discrete("SSD", 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GPU             | incorrect term GPU, missing '=' or malformed expression",
        "GPU=a=b         | incorrect term GPU=a=b, missing '=' or malformed expression",
        "=a              | incorrect term =a: write it as NAME=VALUE",
        "GPU=            | incorrect term GPU=: write it as NAME=VALUE",
        "GPU=-1          | cannot ask for negative resource GPU",
        "GPU=1;GPU=2     | mixed discrete and named resources in expression 'GPU=[1, 2]'",
        "GPU=a;GPU=2     | mixed discrete and named resources in expression 'GPU=[a, 2]'",
      })
  void whatCannotBeMeant(String terms, String why) {
    assertThatThrownBy(() -> GenericResource.parse(List.of(terms.split(";"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("could not parse GenericResource: " + why);
  }

  @Test
  void containersLearnWhatTheyGot() {
    assertThat(
            GenericResource.environment(
                List.of(
                    GenericResource.named("gpu", "b"),
                    GenericResource.discrete("SSD", 2),
                    GenericResource.named("gpu", "a"))))
        .containsExactly("DOCKER_RESOURCE_GPU=b,a", "DOCKER_RESOURCE_SSD=2");
  }

  @Test
  void asTheReferenceHasIt() throws JsonProcessingException {
    var both = List.of(GenericResource.discrete("SSD", 3), GenericResource.named("GPU", "UUID1"));
    String json =
        "[{\"DiscreteResourceSpec\":{\"Kind\":\"SSD\",\"Value\":3}},"
            + "{\"NamedResourceSpec\":{\"Kind\":\"GPU\",\"Value\":\"UUID1\"}}]";
    assertThat(Wire.JSON.writeValueAsString(both)).isEqualTo(json);
    assertThat(Wire.JSON.readValue(json, GenericResource[].class)).containsExactlyElementsOf(both);
  }

  @Test
  void whatIsAskedForTwiceIsAddedAndNeverGoesRound() {
    assertThat(
            GenericResource.byKind(
                List.of(
                    GenericResource.discrete("a", Long.MAX_VALUE),
                    GenericResource.discrete("a", 2),
                    GenericResource.discrete("b", 1),
                    GenericResource.discrete("b", 1))))
        .containsEntry("a", Long.MAX_VALUE)
        .containsEntry("b", 2L);
  }
}
