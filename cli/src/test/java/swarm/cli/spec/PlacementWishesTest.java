package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementWishesTest {
  @Test
  void asTheApiHasThem() throws InvalidValueException {
    assertThat(PlacementWishes.preference("spread=node.labels.zone", "--placement-pref"))
        .hasToString("{\"Spread\":{\"SpreadDescriptor\":\"node.labels.zone\"}}");
    assertThat(PlacementWishes.generic("GPU= 2", "--generic-resource"))
        .hasToString("{\"DiscreteResourceSpec\":{\"Kind\":\"GPU\",\"Value\":2}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spread            | must be of the format \"<strategy>=<arg>\"",
        "pack=node.labels.x | unsupported placement preference pack (only spread is supported)",
      })
  void preferencesThatCannotBeMeant(String text, String why) {
    assertThatThrownBy(() -> PlacementWishes.preference(text, "--placement-pref"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GPU     | incorrect term GPU, missing '='",
        "GPU=red | Named Generic Resources is not supported for service create or update",
        "GPU=1,SSD=1 | incorrect term GPU=1,SSD=1, missing '='",
        "GPU=-1  | cannot ask for negative resource GPU",
      })
  void resourcesThatCannotBeMeant(String text, String why) {
    assertThatThrownBy(() -> PlacementWishes.generic(text, "--generic-resource"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(why);
  }
}
