package swarm.runtime.image;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;

/// Which registries may be spoken to without TLS, and mirrors of Docker Hub that are asked first.
///
/// @param insecure `host` or `host:port`
/// @param mirrors URLs
public record RegistryOptions(List<String> insecure, List<String> mirrors) {
  private static final Pattern REGISTRY =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s/:]+)(:\\d{1,5})?|[0-9a-fA-F:.]+/\\d{1,3}");

  /// What an operator asked for.
  ///
  /// @throws IOException with a sentence about a registry or mirror that cannot be one
  public static RegistryOptions of(List<String> insecure, List<String> mirrors) throws IOException {
    for (String registry : insecure) {
      if (!REGISTRY.matcher(registry).matches()) {
        throw new IOException(
            "--insecure-registry '"
                + registry
                + "' must be HOST, HOST:PORT or ADDRESS/BITS, without a scheme or a path");
      }
    }
    for (String mirror : mirrors) {
      if (!isMirror(mirror)) {
        throw new IOException(
            "--registry-mirror '"
                + mirror
                + "' must be http://HOST[:PORT] or https://HOST[:PORT], with a path if need be,"
                + " but without a user, a query or a fragment");
      }
    }
    return new RegistryOptions(insecure, mirrors);
  }

  private static boolean isMirror(String text) {
    try {
      URI url = new URI(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getPort() <= 65_535
          && url.getPort() != 0
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }

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
