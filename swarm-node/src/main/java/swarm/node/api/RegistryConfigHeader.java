package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.image.Credentials;
import swarm.scheduler.model.Wire;

/// Credentials for all registries that a client knows, as it sends them with a build
/// (`X-Registry-Config`).
final class RegistryConfigHeader {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryConfigHeader.class);
  private static final List<String> HUB =
      List.of("https://index.docker.io/v1/", "index.docker.io", "docker.io");

  private final Map<String, Credentials> known;

  private RegistryConfigHeader(Map<String, Credentials> known) {
    this.known = known;
  }

  /// One that cannot be read is as good as none: Docker heeds no such header either.
  static RegistryConfigHeader read(Call call) {
    var known = new HashMap<String, Credentials>();
    String header = call.exchange().header("X-Registry-Config").orElse("");
    try {
      String text = header.replace("=", "").replace('+', '-').replace('/', '_');
      JsonNode all =
          header.isEmpty()
              ? Wire.JSON.createObjectNode()
              : Wire.JSON.readTree(Base64.getUrlDecoder().decode(text));
      all.properties().forEach(e -> known.put(e.getKey(), RegistryAuthHeader.of(e.getValue())));
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("{} {}: {}", call.exchange().method(), call.exchange().path(), e.getMessage());
    }
    return new RegistryConfigHeader(known);
  }

  /// @param registry host and port, as a reference has it
  Credentials of(String registry) {
    for (String key :
        registry.equals("docker.io")
            ? HUB
            : List.of(registry, "https://" + registry, "http://" + registry)) {
      Credentials found = known.get(key);
      if (found != null) {
        return found;
      }
    }
    return Credentials.NONE;
  }
}
