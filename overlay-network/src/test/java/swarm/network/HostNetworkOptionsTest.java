package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNetworkOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "swarm0, true",
    "swingress, true",
    "swvxlan, true",
    "swb0123456789ab, true",
    "swi0123456789ab, true",
    "eth0, false",
    "swarm1, false",
    "switch0, false",
    "swing, false",
    "swb0123456789ag, false",
    "swo0123456789ab, true",
    "swx0123456789ab, true",
    "swz0123456789ab, false",
    "sw, false",
    "'', false",
  })
  void whichInterfacesAreOurs(String name, boolean ours) {
    assertThat(HostNetworkOptions.defaults().isOurs(name)).isEqualTo(ours);
  }
}
