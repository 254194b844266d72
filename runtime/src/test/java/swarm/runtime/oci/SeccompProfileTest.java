package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompProfileTest {
  private static final HostFacts X86 = new HostFacts("amd64", 6, 1, true, true, Capabilities.ALL);
  private static final HostFacts ARM = new HostFacts("arm64", 4, 4, true, true, Capabilities.ALL);

  @Test
  void theStandardProfileRefusesByDefaultAndAllowsTheUsual() {
    JsonNode seccomp = resolved(Capabilities.DEFAULT, X86);

    assertThat(seccomp.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ERRNO");
    assertThat(seccomp.path("architectures").toString()).isEqualTo("[\"SCMP_ARCH_X86_64\"]");
    assertThat(unconditional(seccomp))
        .contains("read", "openat2", "clone", "chroot", "arch_prctl", "ptrace", "futex_waitv")
        .doesNotContain(
            "mount", "bpf", "reboot", "kexec_load", "keyctl", "io_uring_setup", "swapon");
  }

  @Test
  void capabilitiesOpenWhatBelongsToThem() {
    List<String> admin = List.of("CAP_SYS_ADMIN");
    JsonNode seccomp = resolved(admin, X86);

    assertThat(unconditional(seccomp))
        .contains("mount", "setns", "clone3")
        .doesNotContain("chroot");
    // The restricted rules for clone and clone3 are left out.
    assertThat(seccomp.toString()).doesNotContain("2114060288").doesNotContain("\"errnoRet\":38");
    assertThat(resolved(Capabilities.DEFAULT, X86).toString())
        .contains("2114060288")
        .contains("\"errnoRet\":38");
  }

  @Test
  void architectureAndKernelDecide() {
    JsonNode seccomp = resolved(Capabilities.DEFAULT, ARM);

    assertThat(seccomp.path("architectures").toString()).isEqualTo("[\"SCMP_ARCH_AARCH64\"]");
    assertThat(unconditional(seccomp))
        .contains("sync_file_range2")
        .doesNotContain("arch_prctl", "modify_ldt")
        // Linux 4.4: ptrace could step around the filter.
        .doesNotContain("ptrace");
  }

  @Test
  void olderProgramsGetTheirArchitecture() {
    assertThat(
            SeccompProfile.standard()
                .resolve(Capabilities.DEFAULT, X86, true)
                .path("architectures")
                .toString())
        .isEqualTo("[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"]");
  }

  @Test
  void noConditionIsLeftInTheResult() {
    assertThat(resolved(Capabilities.DEFAULT, X86).toString())
        .doesNotContain("includes", "excludes", "archMap", "comment");
  }

  @Test
  void refusesWhatIsNoProfile() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SeccompProfile.parse("{"))
        .withMessageStartingWith("decoding seccomp profile failed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SeccompProfile.parse("{}"))
        .withMessage("the seccomp profile has no defaultAction");
  }

  @Test
  void readsTheOldFormWithOneNamePerRule() {
    JsonNode seccomp =
        SeccompProfile.parse(
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                 "syscalls": [{"name": "mkdir", "action": "SCMP_ACT_ERRNO"}]}
                """)
            .resolve(List.of(), X86, true);
    assertThat(seccomp.toString())
        .isEqualTo(
            "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
                + "\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\"}]}");
  }

  private static JsonNode resolved(List<String> capabilities, HostFacts host) {
    return SeccompProfile.standard().resolve(capabilities, host, false);
  }

  private static List<String> unconditional(JsonNode seccomp) {
    List<String> names = new ArrayList<>();
    for (JsonNode rule : seccomp.path("syscalls")) {
      boolean allowed = rule.path("action").asText().equals("SCMP_ACT_ALLOW");
      boolean restricted = rule.has("args") && !rule.path("names").toString().contains("clone");
      if (allowed && !restricted) {
        rule.path("names").forEach(name -> names.add(name.asText()));
      }
    }
    return names;
  }
}
