package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceNetworksTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> IDS =
      Map.of("front", "f1", "f1", "f1", "back", "b1", "third", "t1");

  /// Options with values, each `--name=value`.
  private record Given(List<String> words) implements OptionValues {
    @Override
    public boolean given(String name) {
      return !list(name).isEmpty();
    }

    @Override
    public String text(String name) {
      return given(name) ? list(name).getLast() : "";
    }

    @Override
    public List<String> list(String name) {
      return words.stream()
          .filter(word -> word.startsWith(name + "="))
          .map(word -> word.substring(name.length() + 1))
          .toList();
    }
  }

  private static JsonNode updated(String spec, String... words) throws Exception {
    var node = (ObjectNode) JSON.readTree(spec.replace('\'', '"'));
    ServiceUpdate.apply(node, new Given(List.of(words)), Map.of(), IDS);
    assertThat(node.has("Networks")).isFalse();
    return node.at("/TaskTemplate/Networks");
  }

  @Test
  void aNetworkGoesByNameOrId() throws Exception {
    String spec = "{'TaskTemplate':{'Networks':[{'Target':'f1'},{'Target':'b1'}]}}";
    for (String name : List.of("front", "f1")) {
      assertThat(updated(spec, "--network-rm=" + name)).hasToString("[{\"Target\":\"b1\"}]");
    }
  }

  @Test
  void oneMoreComesWithItsAliases() throws Exception {
    assertThat(
            updated(
                "{'TaskTemplate':{},'Networks':[{'Target':'f1'}]}",
                "--network-add=name=back,alias=a,alias=b,driver-opt=k=v"))
        .hasToString(
            "[{\"Target\":\"b1\",\"Aliases\":[\"a\",\"b\"],\"DriverOpts\":{\"k\":\"v\"}},"
                + "{\"Target\":\"f1\"}]");
  }

  @Test
  void oneThatIsThereIsRefused() {
    assertThatThrownBy(
            () -> updated("{'TaskTemplate':{'Networks':[{'Target':'f1'}]}}", "--network-add=front"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("service is already attached to network front");
  }

  @Test
  void itMayBeReplacedByItself() throws Exception {
    assertThat(
            updated(
                "{'TaskTemplate':{'Networks':[{'Target':'f1'}]}}",
                "--network-rm=front",
                "--network-add=name=front,alias=a"))
        .hasToString("[{\"Target\":\"f1\",\"Aliases\":[\"a\"]}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alias=a | network name must be specified",
        "name=n,ip=10.0.0.1 | 'ip' is for containers",
        "name=n,colour=red | invalid field key colour",
      })
  void othersCannotBeMeant(String text, String why) {
    assertThatThrownBy(() -> NetworkSpecs.ofService(text, "--network"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(why);
  }
}
