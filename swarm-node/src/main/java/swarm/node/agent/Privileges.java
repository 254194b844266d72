package swarm.node.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import swarm.runtime.oci.SeccompProfile;

/// What a task's container may do more, or less, than others, in the words of `--security-opt`, as
/// Docker's executor says it to its engine. Pure.
public final class Privileges {
  private Privileges() {}

  /// @param privileges of the container's spec; a missing node for what is usual
  static List<String> options(JsonNode privileges) {
    var all = new ArrayList<String>();
    if (privileges.path("SELinuxContext").path("Disable").asBoolean()) {
      all.add("label=disable");
    }
    JsonNode seccomp = privileges.path("Seccomp");
    switch (seccomp.path("Mode").asText("")) {
      case "unconfined" -> all.add("seccomp=unconfined");
      case "custom" -> all.add("seccomp=" + profile(seccomp));
      default -> {
        // the engine's own profile
      }
    }
    if (privileges.path("AppArmor").path("Mode").asText("").equals("disabled")) {
      all.add("apparmor=unconfined");
    }
    if (privileges.path("NoNewPrivileges").asBoolean()) {
      all.add("no-new-privileges=true");
    }
    return all;
  }

  /// A profile's JSON, which the API has in base64.
  ///
  /// @throws IllegalArgumentException where it is none
  public static String profile(JsonNode seccomp) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(seccomp.path("Profile").asText(""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it must be a seccomp profile in base64", e);
    }
    String json = new String(bytes, StandardCharsets.UTF_8);
    var _ = SeccompProfile.parse(json); // it is one
    return json;
  }
}
