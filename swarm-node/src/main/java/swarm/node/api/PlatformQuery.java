package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import swarm.node.api.check.JsonBody;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Platform;

/// The parameter `platform` of operations that take OCI's JSON form of one. Pure.
final class PlatformQuery {
  private PlatformQuery() {}

  static Platform read(String text) throws ApiException {
    JsonNode node = JsonBody.tree(text.getBytes(StandardCharsets.UTF_8), "platform");
    if (!node.isObject()
        || node.path("os").asText("").isEmpty()
        || node.path("architecture").asText("").isEmpty()) {
      throw ApiException.bad(
          "platform must be JSON such as {\"os\":\"linux\",\"architecture\":\"arm64\"}, not '"
              + text
              + "'");
    }
    return Platform.of(node);
  }
}
