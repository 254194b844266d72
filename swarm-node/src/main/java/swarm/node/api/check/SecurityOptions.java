package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import swarm.node.api.error.ApiException;

/// `HostConfig.SecurityOpt`, in Docker's words (`parseSecurityOpt` in its daemon/daemon_unix.go):
/// one that is mistyped must not go unnoticed. Pure.
final class SecurityOptions {
  private static final Set<String> WITH_VALUE = Set.of("apparmor", "label", "seccomp");
  private static final Set<String> BOOLEANS =
      Set.of("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False");

  private SecurityOptions() {}

  /// @throws ApiException 400 with the first that is unknown or has no value
  static void check(JsonNode options) throws ApiException {
    for (JsonNode each : options) {
      check(each.asText());
    }
  }

  private static void check(String option) throws ApiException {
    if (option.equals("no-new-privileges") || option.equals("disable")) {
      return;
    }
    int split = option.indexOf('=') >= 0 ? option.indexOf('=') : option.indexOf(':');
    if (split < 0) {
      throw ApiException.bad("invalid --security-opt 1: \"" + option + "\"");
    }
    String name = option.substring(0, split);
    String value = option.substring(split + 1);
    boolean known =
        name.equals("no-new-privileges") ? BOOLEANS.contains(value) : WITH_VALUE.contains(name);
    if (!known) {
      throw ApiException.bad("invalid --security-opt 2: \"" + option + "\"");
    }
  }
}
