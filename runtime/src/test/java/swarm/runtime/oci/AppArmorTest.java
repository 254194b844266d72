package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whether it confines is for `./dev vm`: the kernels of tests have no AppArmor.
class AppArmorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "false | ''                            | swarm-default",
        "true  | ''                            | unconfined",
        "false | apparmor=unconfined           | unconfined",
        "false | apparmor:mine                 | mine",
        "true  | apparmor=mine                 | mine",
        "false | seccomp=unconfined apparmor=a apparmor=b | b",
        "false | no-new-privileges             | swarm-default",
      })
  void whichProfile(boolean privileged, String options, String profile) {
    List<String> all = options.isEmpty() ? List.of() : List.of(options.split(" "));
    assertThat(AppArmor.wanted(privileged, all)).isEqualTo(profile);
  }

  @Test
  void theDefaultIsInTheProgram() {
    assertThat(AppArmor.text()).contains("profile " + AppArmor.DEFAULT + " flags=");
  }
}
