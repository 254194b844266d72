package swarm.runtime.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// A seccomp profile in Docker's file format: system calls with actions, some of them only for
/// certain capabilities, architectures or kernels. [#resolve] turns it into the OCI form, which has
/// no conditions. Immutable.
public final class SeccompProfile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RESOURCE = "seccomp-default.json";
  private static final List<String> COPIED =
      List.of("defaultAction", "defaultErrnoRet", "flags", "listenerPath", "listenerMetadata");

  private final JsonNode profile;

  private SeccompProfile(JsonNode profile) {
    this.profile = profile;
  }

  /// The profile of containers that name none: the same allow-list as Docker's default.
  public static SeccompProfile standard() {
    return Standard.PROFILE;
  }

  /// Reads a profile, as given with `--security-opt seccomp=...`.
  ///
  /// @throws IllegalArgumentException where it is no such JSON
  public static SeccompProfile parse(String json) {
    try {
      JsonNode profile = JSON.readTree(json);
      if (!profile.path("defaultAction").isTextual()) {
        throw new IllegalArgumentException("the seccomp profile has no defaultAction");
      }
      return new SeccompProfile(profile);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "decoding seccomp profile failed: " + e.getOriginalMessage(), e);
    }
  }

  /// The value of `linux.seccomp` for a container with these capabilities on this host.
  ///
  /// @param subArchitectures whether programs of the architecture's older brothers (32-bit x86 on
  ///   x86-64) may run; each costs every start several milliseconds, as libseccomp compiles the
  ///   filter anew
  public ObjectNode resolve(List<String> capabilities, HostFacts host, boolean subArchitectures) {
    ObjectNode seccomp = JSON.createObjectNode();
    for (String name : COPIED) {
      if (profile.has(name)) {
        seccomp.set(name, profile.get(name));
      }
    }
    ArrayNode architectures = architectures(host, subArchitectures);
    if (!architectures.isEmpty()) {
      seccomp.set("architectures", architectures);
    }
    ArrayNode calls = seccomp.putArray("syscalls");
    for (JsonNode rule : profile.path("syscalls")) {
      if (applies(rule, capabilities, host)) {
        calls.add(plain(rule));
      }
    }
    return seccomp;
  }

  private ArrayNode architectures(HostFacts host, boolean subArchitectures) {
    ArrayNode names = JSON.createArrayNode();
    profile.path("architectures").forEach(names::add);
    String own =
        switch (host.architecture()) {
          case "amd64" -> "SCMP_ARCH_X86_64";
          case "arm64" -> "SCMP_ARCH_AARCH64";
          default -> "";
        };
    for (JsonNode entry : profile.path("archMap")) {
      if (entry.path("architecture").asText().equals(own)) {
        names.add(own);
        if (subArchitectures) {
          entry.path("subArchitectures").forEach(names::add);
        }
      }
    }
    return names;
  }

  private static boolean applies(JsonNode rule, List<String> capabilities, HostFacts host) {
    JsonNode includes = rule.path("includes");
    JsonNode excludes = rule.path("excludes");
    if (includes.has("arches") && !contains(includes.get("arches"), host.architecture())) {
      return false;
    }
    if (contains(excludes.path("arches"), host.architecture())) {
      return false;
    }
    for (JsonNode capability : includes.path("caps")) {
      if (!capabilities.contains(capability.asText())) {
        return false;
      }
    }
    for (JsonNode capability : excludes.path("caps")) {
      if (capabilities.contains(capability.asText())) {
        return false;
      }
    }
    if (excludes.has("minKernel") && atLeast(host, excludes.get("minKernel").asText())) {
      return false;
    }
    return !includes.has("minKernel") || atLeast(host, includes.get("minKernel").asText());
  }

  private static boolean contains(JsonNode list, String word) {
    for (JsonNode item : list) {
      if (item.asText().equals(word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean atLeast(HostFacts host, String version) {
    String[] numbers = version.split("\\.", 3);
    int major = Integer.parseInt(numbers[0]);
    int minor = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 0;
    return host.kernelMajor() > major
        || (host.kernelMajor() == major && host.kernelMinor() >= minor);
  }

  private static ObjectNode plain(JsonNode rule) {
    ObjectNode call = JSON.createObjectNode();
    if (rule.has("names")) {
      call.set("names", rule.get("names"));
    } else {
      call.putArray("names").add(rule.path("name").asText());
    }
    call.set("action", rule.path("action"));
    if (rule.has("errnoRet")) {
      call.set("errnoRet", rule.get("errnoRet"));
    }
    if (rule.path("args").isArray() && !rule.path("args").isEmpty()) {
      call.set("args", rule.get("args"));
    }
    return call;
  }

  private static final class Standard {
    static final SeccompProfile PROFILE = load();

    private static SeccompProfile load() {
      try (InputStream in = SeccompProfile.class.getResourceAsStream(RESOURCE)) {
        return new SeccompProfile(
            JSON.readTree(Objects.requireNonNull(in, "resource " + RESOURCE + " is missing")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
