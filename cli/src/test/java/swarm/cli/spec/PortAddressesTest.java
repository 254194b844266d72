package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortAddressesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param before the label; `-` for none
  /// @param ports published after the change
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- | published=8080,target=80,host_ip=10.0.0.0/8 | 8080/tcp | 8080/tcp=10.0.0.0/8",
        "- | published=53,target=53,protocol=udp,host_ip=10.0.0.7 | 53/udp | 53/udp=10.0.0.7",
        "- | 8080:80 | 8080/tcp | -",
        "8080=10.0.0.7 | | 8080/tcp | 8080/tcp=10.0.0.7",
        "8080=10.0.0.7,53/udp=10.0.0.8 | | 8080/tcp | 8080/tcp=10.0.0.7",
        "8080=10.0.0.7 | | 81/tcp | -",
        "8080=10.0.0.7 | 8080:80 | 8080/tcp | -",
        "8080=10.0.0.7 | published=8080,target=80,host_ip=10.0.0.9 | 8080/tcp | 8080/tcp=10.0.0.9",
      })
  void theLabelSaysWherePortsAnswer(String before, String given, String ports, String after)
      throws Exception {
    ObjectNode spec = JSON.createObjectNode();
    if (!before.equals("-")) {
      spec.withObject("/Labels").put(PortAddresses.LABEL, before);
    }
    for (String port : ports.split(" ")) {
      spec.withArray("/EndpointSpec/Ports")
          .addObject()
          .put("PublishedPort", Integer.parseInt(port.split("/")[0]))
          .put("Protocol", port.split("/")[1]);
    }
    PortAddresses.change(spec, given == null ? List.of() : Arrays.asList(given.split(" ")), "-p");
    assertThat(spec.path("Labels").path(PortAddresses.LABEL).asText("-")).isEqualTo(after);
  }

  @Test
  void anAddressNeedsAPortOfTheMesh() {
    for (String text :
        List.of(
            "target=80,host_ip=10.0.0.7", "published=80,target=80,mode=host,host_ip=10.0.0.7")) {
      assertThatThrownBy(() -> PortAddresses.change(JSON.createObjectNode(), List.of(text), "-p"))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining("host_ip is for ports with 'published=' and mode ingress");
    }
  }
}
