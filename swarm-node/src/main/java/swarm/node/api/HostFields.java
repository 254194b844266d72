package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.DeviceRules;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.HostOptions;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.ConsoleSize;

/// Reads how a container is to stand to its host, beyond its limits. Pure.
final class HostFields {
  private static final Pattern RUNTIME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

  private HostFields() {}

  /// @throws ApiException 400 where something makes no sense or cannot be had on this host
  static HostOptions read(JsonNode host, CgroupFeatures features) throws ApiException {
    refuse(host);
    String runtime = JsonValues.text(host, "Runtime");
    if (!runtime.isEmpty() && !RUNTIME.matcher(runtime).matches()) {
      throw ApiException.bad("unknown or invalid runtime name: " + runtime);
    }
    List<String> rules = texts(host.path("DeviceCgroupRules")).orElse(List.of());
    try {
      var _ = DeviceRules.parse(rules);
    } catch (EngineException e) {
      throw ApiException.bad(String.valueOf(e.getMessage()));
    }
    String cgroupns = JsonValues.text(host, "CgroupnsMode");
    Optional<ConsoleSize> size = ExecRoutes.consoleSize(host.path("ConsoleSize"));
    return new HostOptions(
        cgroupns.isEmpty() ? features.unified() ? "private" : "host" : cgroupns,
        JsonValues.text(host, "UTSMode"),
        JsonValues.text(host, "UsernsMode"),
        listOrNull(host.path("MaskedPaths")),
        listOrNull(host.path("ReadonlyPaths")),
        rules,
        annotations(host.path("Annotations")),
        runtime,
        size.map(ConsoleSize::rows).orElse(0),
        size.map(ConsoleSize::columns).orElse(0));
  }

  /// What no host of ours has, in Docker's words for hosts that have it not either.
  private static void refuse(JsonNode host) throws ApiException {
    if (JsonValues.says(host.path("StorageOpt"))) {
      throw ApiException.bad(
          "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
    }
    for (JsonNode request : host.path("DeviceRequests")) {
      var wanted = new ArrayList<String>();
      for (JsonNode all : request.path("Capabilities")) {
        wanted.add("[" + String.join(" ", texts(all).orElse(List.of())) + "]");
      }
      throw ApiException.bad(
          "could not select device driver \""
              + JsonValues.text(request, "Driver")
              + "\" with capabilities: ["
              + String.join(" ", wanted)
              + "]");
    }
  }

  private static Map<String, String> annotations(JsonNode annotations) throws ApiException {
    var all = new LinkedHashMap<String, String>();
    for (var entry : annotations.properties()) {
      if (entry.getKey().isEmpty()) {
        throw ApiException.bad(
            "invalid Annotations: the empty string is not permitted as an annotation key");
      }
      all.put(entry.getKey(), entry.getValue().asText());
    }
    return all;
  }

  private static @Nullable List<String> listOrNull(JsonNode list) {
    return texts(list).orElse(null);
  }

  // An empty list is something else than none.
  private static Optional<List<String>> texts(JsonNode list) {
    if (!list.isArray()) {
      return Optional.empty();
    }
    var all = new ArrayList<String>();
    list.forEach(item -> all.add(item.asText()));
    return Optional.of(all);
  }
}
