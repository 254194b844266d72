package swarm.runtime.image;

import java.util.List;

/// Which registries may be spoken to without TLS, and mirrors of Docker Hub that are asked first.
///
/// @param insecure `host` or `host:port`
/// @param mirrors URLs
public record RegistryOptions(List<String> insecure, List<String> mirrors) {
  /// Whether plain HTTP is right for a registry: named by the operator, or on this very machine.
  boolean plain(String registry) {
    String host = registry.replaceFirst(":\\d+$", "");
    return insecure.contains(registry)
        || insecure.contains(host)
        || host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
  }
}
