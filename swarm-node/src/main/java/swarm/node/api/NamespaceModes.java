package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;

/// Which namespaces a request may ask for, and what does not go with them. Pure.
final class NamespaceModes {
  private static final String JOINED = "container:";

  private NamespaceModes() {}

  /// @throws ApiException 400 for a mode that there is not, and for options that contradict one
  static void check(JsonNode body) throws ApiException {
    JsonNode host = body.path("HostConfig");
    require(host, "PidMode", "PID mode", Set.of("", "host"), true);
    require(host, "IpcMode", "IPC mode", Set.of("", "none", "private", "shareable", "host"), true);
    require(host, "UTSMode", "UTS mode", Set.of("", "host"), false);
    require(host, "UsernsMode", "USER mode", Set.of("", "host"), false);
    require(host, "CgroupnsMode", "cgroup namespace mode", Set.of("", "private", "host"), false);
    boolean named = !JsonValues.text(body, "Hostname").isEmpty();
    refuseIf(
        named && JsonValues.text(host, "UTSMode").equals("host"),
        "conflicting options: hostname and the UTS mode");
    String network = JsonValues.text(host, "NetworkMode");
    if (network.startsWith(JOINED)) {
      joinedNetwork(body, host, named);
    }
  }

  private static void joinedNetwork(JsonNode body, JsonNode host, boolean named)
      throws ApiException {
    refuseIf(
        JsonValues.text(host, "NetworkMode").equals(JOINED),
        "Invalid network mode: invalid container format container:<name|id>");
    refuseIf(named, "conflicting options: hostname and the network mode");
    refuseIf(JsonValues.says(host.path("Dns")), "conflicting options: dns and the network mode");
    refuseIf(
        JsonValues.says(host.path("ExtraHosts")),
        "conflicting options: custom host-to-IP mapping and the network mode");
    refuseIf(
        JsonValues.says(host.path("PortBindings")) || host.path("PublishAllPorts").asBoolean(),
        "conflicting options: port publishing and the container type network mode");
    refuseIf(
        JsonValues.says(body.path("ExposedPorts")),
        "conflicting options: port exposing and the container type network mode");
  }

  private static void require(
      JsonNode host, String field, String name, Set<String> known, boolean joins)
      throws ApiException {
    String mode = JsonValues.text(host, field);
    boolean joined = joins && mode.startsWith(JOINED) && mode.length() > JOINED.length();
    refuseIf(!joined && !known.contains(mode), "invalid " + name + ": " + mode);
  }

  private static void refuseIf(boolean bad, String why) throws ApiException {
    if (bad) {
      throw ApiException.bad(why);
    }
  }

  /// Finds a container's id.
  @FunctionalInterface
  interface Ids {
    /// The id, or the name itself where there is no such container (yet).
    String of(String name);
  }

  /// A mode with the container's id in place of its name, which may change.
  static String resolved(String mode, Ids ids) {
    return mode.startsWith(JOINED) ? JOINED + ids.of(mode.substring(JOINED.length())) : mode;
  }
}
