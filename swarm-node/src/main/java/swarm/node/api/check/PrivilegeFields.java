package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import swarm.node.agent.Privileges;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// What a service's containers may do more, or less, than others (`ContainerSpec.Privileges`).
/// Pure.
final class PrivilegeFields {
  private static final JsonShape SHAPE =
      new JsonShape()
          .with(JsonType.OBJECT, "CredentialSpec", "SELinuxContext", "Seccomp", "AppArmor")
          .with(JsonType.FLAG, "NoNewPrivileges");
  private static final JsonShape SELINUX =
      new JsonShape()
          .with(JsonType.FLAG, "Disable")
          .with(JsonType.TEXT, "User", "Role", "Type", "Level");
  private static final JsonShape SECCOMP = new JsonShape().with(JsonType.TEXT, "Mode", "Profile");
  private static final JsonShape APPARMOR = new JsonShape().with(JsonType.TEXT, "Mode");

  private PrivilegeFields() {}

  /// @param privileges a missing node where nothing is said
  /// @throws ApiException 400 for what makes no sense, 501 for what no node here can do
  static void check(JsonNode privileges) throws ApiException {
    if (!privileges.isMissingNode() && !privileges.isNull() && !privileges.isObject()) {
      throw JsonBody.misfit("ContainerSpec.Privileges", "an object", privileges);
    }
    SHAPE.check(privileges, "ContainerSpec.Privileges.");
    unknown(
        "a service's Privileges.",
        privileges,
        "CredentialSpec",
        "SELinuxContext",
        "Seccomp",
        "AppArmor",
        "NoNewPrivileges");
    if (JsonValues.saysWithin(privileges.path("CredentialSpec"))) {
      throw ApiException.unimplemented("a credential spec (it is for containers of Windows)");
    }
    selinux(privileges.path("SELinuxContext"));
    JsonNode apparmor = privileges.path("AppArmor");
    APPARMOR.check(apparmor, "ContainerSpec.Privileges.AppArmor.");
    mode("AppArmor", apparmor, Set.of("", "default", "disabled"), "default or disabled");
    seccomp(privileges.path("Seccomp"));
  }

  private static void selinux(JsonNode context) throws ApiException {
    SELINUX.check(context, "ContainerSpec.Privileges.SELinuxContext.");
    for (String part : List.of("User", "Role", "Type", "Level")) {
      if (JsonValues.says(context.path(part))) {
        throw ApiException.unimplemented("a service's SELinux " + part);
      }
    }
  }

  private static void seccomp(JsonNode seccomp) throws ApiException {
    SECCOMP.check(seccomp, "ContainerSpec.Privileges.Seccomp.");
    mode(
        "Seccomp",
        seccomp,
        Set.of("", "default", "unconfined", "custom"),
        "default, unconfined or custom");
    if (!seccomp.path("Mode").asText("").equals("custom")) {
      return;
    }
    try {
      var _ = Privileges.profile(seccomp);
    } catch (IllegalArgumentException e) {
      throw Refusals.invalid("ContainerSpec: Privileges.Seccomp.Profile: " + e.getMessage());
    }
  }

  private static void mode(String field, JsonNode object, Set<String> known, String words)
      throws ApiException {
    String mode = object.path("Mode").asText("");
    if (!known.contains(mode)) {
      throw Refusals.invalid(
          "ContainerSpec: Privileges." + field + ".Mode must be " + words + ", not '" + mode + "'");
    }
  }

  private static void unknown(String what, JsonNode object, String... known) throws ApiException {
    var left = new TreeMap<String, JsonNode>();
    object.properties().forEach(field -> left.put(field.getKey(), field.getValue()));
    left.keySet().removeAll(Set.of(known));
    Refusals.unknown(what, left);
  }
}
