package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import swarm.runtime.oci.Ulimit;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Wire;

class PassedFieldsTest {
  private static ContainerSpec spec(String json) throws IOException {
    return Wire.JSON.readValue(json, ContainerSpec.class);
  }

  @Test
  void what_is_said_is_read() throws IOException {
    ContainerSpec spec =
        spec(
            """
            {"Image":"i","Ulimits":[{"Name":"nofile","Soft":10,"Hard":20},{"Name":"core","Soft":-1,"Hard":-1}],
             "Groups":["7","wheel"],"OomScoreAdj":-5,
             "DNSConfig":{"Nameservers":["10.1.1.1","::1"],"Search":["example.org"],"Options":["ndots:2"]}}""");
    assertThat(PassedFields.ulimits(spec.passed("Ulimits")))
        .containsExactly(new Ulimit("nofile", 10, 20), new Ulimit("core", -1, -1));
    assertThat(PassedFields.groups(spec)).containsExactly("7", "wheel");
    assertThat(PassedFields.oomScoreAdj(spec)).isEqualTo(-5);
    assertThat(PassedFields.resolver(spec, "Nameservers")).containsExactly("10.1.1.1", "::1");
    assertThat(PassedFields.resolver(spec, "Search")).containsExactly("example.org");
    assertThat(PassedFields.resolver(spec, "Options")).containsExactly("ndots:2");
  }

  @Test
  void nothing_is_nothing() throws IOException {
    for (String json :
        new String[] {
          "{}", "{\"Ulimits\":null,\"Groups\":[],\"DNSConfig\":{},\"OomScoreAdj\":0}"
        }) {
      assertThat(PassedFields.ulimits(spec(json).passed("Ulimits"))).isEmpty();
      assertThat(PassedFields.groups(spec(json))).isEmpty();
      assertThat(PassedFields.oomScoreAdj(spec(json))).isZero();
      assertThat(PassedFields.resolver(spec(json), "Search")).isEmpty();
    }
  }
}
