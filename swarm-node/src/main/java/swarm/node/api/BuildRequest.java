package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.linux.FileNames;
import swarm.node.api.check.JsonBody;
import swarm.node.api.error.ApiException;
import swarm.runtime.build.BuildOptions;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Reference;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.Wire;

/// The parameters of `POST /build`, read as moby's `build_routes.go` reads them. What there is no
/// such builder for is refused by name.
///
/// @param options of the build
/// @param host limits and network of its containers, as `HostConfig`
/// @param quiet whether only the image's id is told
/// @param pull whether images that are here are asked for anew
record BuildRequest(BuildOptions options, ObjectNode host, boolean quiet, boolean pull) {
  private static final Map<String, String> LIMITS =
      Map.of(
          "memory", "Memory",
          "memswap", "MemorySwap",
          "cpushares", "CpuShares",
          "cpuperiod", "CpuPeriod",
          "cpuquota", "CpuQuota",
          "shmsize", "ShmSize");
  private static final String EPOCH = "SOURCE_DATE_EPOCH";

  /// Of the last year that RFC 3339 can write.
  private static final long LAST_SECOND = 253_402_300_799L;

  /// @param own the architecture of this node
  static BuildRequest read(Call call, String own) throws ApiException, IOException {
    refuse(call);
    var arguments = new LinkedHashMap<String, Optional<String>>();
    json(call, "buildargs", JsonType.MAP, "error reading build args")
        .properties()
        .forEach(e -> arguments.put(e.getKey(), Optional.ofNullable(e.getValue().textValue())));
    var labels = new LinkedHashMap<String, String>();
    json(call, "labels", JsonType.MAP, "error reading labels")
        .properties()
        .forEach(e -> labels.put(e.getKey(), e.getValue().asText("")));
    var cacheFrom = new ArrayList<String>();
    json(call, "cachefrom", JsonType.TEXTS, "error reading cache-from")
        .forEach(n -> cacheFrom.add(n.asText("")));
    String dockerfile = FileNames.text(call.exchange().queryBytes("dockerfile"));
    var options =
        new BuildOptions(
            dockerfile.isEmpty() ? BuildOptions.DOCKERFILE : dockerfile,
            tags(call.queries("t")),
            call.query("target"),
            arguments,
            labels,
            call.flag("nocache"),
            cacheFrom,
            !call.flag("forcerm") && !call.flag("rm", true),
            platform(call, own),
            epoch(arguments.getOrDefault(EPOCH, Optional.empty())));
    return new BuildRequest(options, host(call), call.flag("q"), call.flag("pull"));
  }

  /// What only BuildKit, or another system's daemon, can do.
  private static void refuse(Call call) throws ApiException {
    if (call.query("version").equals("2")) {
      throw ApiException.unimplemented(
          "BuildKit (version=2; DOCKER_BUILDKIT=0 has docker ask for version 1)");
    }
    if (!call.query("version").isEmpty() && !call.query("version").equals("1")) {
      throw ApiException.bad("invalid version \"" + call.query("version") + "\"");
    }
    if (!call.queries("securityopt").isEmpty()) {
      throw ApiException.bad("security options are not supported on linux");
    }
    if (call.flag("squash")) {
      throw ApiException.bad("squash is only supported with experimental mode");
    }
    String isolation = call.query("isolation");
    if (!isolation.isEmpty() && !isolation.equals("default")) {
      throw ApiException.bad("unsupported isolation: \"" + isolation + "\"");
    }
    if (!call.query("outputs").isEmpty() && !call.query("outputs").equals("null")) {
      throw ApiException.unimplemented("the parameter outputs, of BuildKit,");
    }
    if (call.query("remote").equals("client-session")) {
      throw ApiException.bad(
          "experimental session with v1 builder is no longer supported, use builder version v2"
              + " (BuildKit) instead");
    }
  }

  private static Optional<Platform> platform(Call call, String own)
      throws ApiException, IOException {
    String text = call.query("platform");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Platform platform = Platform.parse(text, own);
    if (!platform.os().equals("linux")) {
      throw ApiException.bad("operating system is not supported: " + platform.os());
    }
    return Optional.of(platform);
  }

  private static JsonNode json(Call call, String name, JsonType type, String error)
      throws ApiException {
    String text = call.query(name);
    if (text.isEmpty() || text.equals("null")) {
      return Wire.JSON.createObjectNode();
    }
    JsonNode node = JsonBody.tree(text.getBytes(StandardCharsets.UTF_8), name);
    if (!type.fits(node)) {
      throw ApiException.bad(error + ": " + name + " must be " + type.words());
    }
    return node;
  }

  private static List<Reference> tags(List<String> names) throws ApiException, IOException {
    var all = new ArrayList<Reference>();
    for (String name : names) {
      if (name.isEmpty()) {
        continue;
      }
      Reference tag = Reference.parse(name);
      if (tag.digest() != null) {
        throw ApiException.bad("build tag cannot contain a digest");
      }
      if (!all.contains(tag)) {
        all.add(tag);
      }
    }
    return List.copyOf(all);
  }

  private static Optional<Instant> epoch(Optional<String> text) throws ApiException {
    if (text.isEmpty() || text.get().isEmpty()) {
      return Optional.empty();
    }
    if (text.get().matches("\\d{1,12}")) {
      long seconds = Long.parseLong(text.get());
      if (seconds <= LAST_SECOND) {
        return Optional.of(Instant.ofEpochSecond(seconds));
      }
    }
    throw ApiException.bad(
        EPOCH
            + " must be seconds since 1970, from 0 to "
            + LAST_SECOND
            + " (the end of the year 9999), not '"
            + text.get()
            + "'");
  }

  private static ObjectNode host(Call call) throws ApiException {
    ObjectNode host = Wire.JSON.createObjectNode();
    for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
      long value = call.number(limit.getKey(), 0);
      if (value != 0) {
        host.put(limit.getValue(), value);
      }
    }
    text(host, "CpusetCpus", call.query("cpusetcpus"));
    text(host, "CpusetMems", call.query("cpusetmems"));
    text(host, "CgroupParent", call.query("cgroupparent"));
    text(host, "NetworkMode", call.query("networkmode"));
    JsonNode ulimits = json(call, "ulimits", JsonType.OBJECTS, "error reading ulimit settings");
    if (ulimits.isArray()) {
      host.set("Ulimits", ulimits);
    }
    if (!call.queries("extrahosts").isEmpty()) {
      host.set("ExtraHosts", Wire.JSON.valueToTree(call.queries("extrahosts")));
    }
    host.putObject("LogConfig").put("Type", "none");
    return host;
  }

  private static void text(ObjectNode host, String field, String value) {
    if (!value.isEmpty()) {
      host.put(field, value);
    }
  }
}
