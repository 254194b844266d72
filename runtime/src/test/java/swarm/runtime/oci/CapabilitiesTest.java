package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
  @Test
  void theDefaultIsDockers() {
    assertThat(resolve(List.of(), List.of(), false))
        .isEqualTo(Capabilities.DEFAULT)
        .hasSize(14)
        .contains("CAP_NET_RAW", "CAP_MKNOD")
        .doesNotContain("CAP_SYS_ADMIN", "CAP_NET_ADMIN");
  }

  @Test
  void addsAndDropsByAnySpelling() {
    assertThat(resolve(List.of("net_admin"), List.of("CAP_CHOWN", "Mknod"), false))
        .contains("CAP_NET_ADMIN")
        .doesNotContain("CAP_CHOWN", "CAP_MKNOD")
        .hasSize(13);
  }

  @Test
  void allStandsForAll() {
    assertThat(resolve(List.of("ALL"), List.of(), false)).isEqualTo(Capabilities.ALL);
    assertThat(resolve(List.of(), List.of("all"), false)).isEmpty();
    assertThat(resolve(List.of("KILL"), List.of("ALL"), false)).containsExactly("CAP_KILL");
    var allButOne = new ArrayList<>(Capabilities.ALL);
    allButOne.remove("CAP_SYS_MODULE");
    assertThat(resolve(List.of("ALL"), List.of("SYS_MODULE"), false)).isEqualTo(allButOne);
  }

  @Test
  void privilegedIsEverything() {
    assertThat(resolve(List.of(), List.of("ALL"), true)).isEqualTo(Capabilities.ALL);
  }

  @Test
  void nobodyGivesWhatHeHasNot() {
    List<String> own = Capabilities.ofMask("0000000000000103");
    assertThat(own).containsExactly("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_SETPCAP");
    assertThat(Capabilities.resolve(List.of(), List.of(), true, own)).isEqualTo(own);
    assertThat(Capabilities.resolve(List.of("ALL"), List.of("CHOWN"), false, own))
        .containsExactly("CAP_DAC_OVERRIDE", "CAP_SETPCAP");
  }

  private static List<String> resolve(List<String> add, List<String> drop, boolean privileged) {
    return Capabilities.resolve(add, drop, privileged, Capabilities.ALL);
  }

  @Test
  void namesTheUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve(List.of("FLY"), List.of(), false))
        .withMessage("invalid CapAdd: unknown capability: \"CAP_FLY\"");
  }
}
