package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Docker 28's answers to the same texts.
final class ExposedPortsTest {
  @ParameterizedTest
  @CsvSource({
    "80, 80/tcp",
    "80/, 80/tcp",
    "80/udp, 80/udp",
    "80-82/sctp, 80/sctp 81/sctp 82/sctp",
    "1-2-3, 1/tcp 2/tcp",
    "0, 0/tcp",
  })
  void ports_and_ranges_are_exposed(String text, String ports) throws InvalidValueException {
    var exposed = JsonNodeFactory.instance.objectNode();
    ExposedPorts.add(exposed, text);
    var names = new ArrayList<String>();
    exposed.fieldNames().forEachRemaining(names::add);
    assertThat(String.join(" ", names)).isEqualTo(ports);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | invalid range format for --expose: x, error: strconv.ParseUint: parsing \"x\": invalid syntax",
        "1:80 | invalid port format for --expose: 1:80",
        "80-70 | invalid range format for --expose: 80-70, error: invalid range specified for port: 80-70",
        "70000 | invalid range format for --expose: 70000, error: strconv.ParseUint: parsing \"70000\": value out of range",
        "99999999999999999999 | invalid range format for --expose: 99999999999999999999, error: strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
        "/ | invalid range format for --expose: /, error: empty string specified for ports",
        "80- | invalid range format for --expose: 80-, error: strconv.ParseUint: parsing \"\": invalid syntax",
      })
  void what_is_no_port_is_refused_in_dockers_words(String text, String words) {
    assertThatThrownBy(() -> ExposedPorts.add(JsonNodeFactory.instance.objectNode(), text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(words);
  }
}
