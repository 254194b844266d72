package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/// What an image's configuration must be like before the image is kept (OCI image-spec, "Image
/// Configuration"): whoever reads it later need not doubt it. Pure.
final class Configuration {
  /// Real ones are some kilobytes.
  static final int MAX_BYTES = 8 * 1024 * 1024;

  private Configuration() {}

  /// Reads JSON that came from outside.
  ///
  /// @param what for the message
  /// @throws ImageException where it is not a JSON object or array
  static JsonNode json(byte[] content, String what) throws ImageException {
    try {
      JsonNode node = ImageStore.JSON.readTree(content);
      if (node != null && node.isContainerNode()) {
        return node;
      }
    } catch (IOException _) {
      // said below
    }
    throw invalid(what + " is not JSON");
  }

  /// Reads and checks a configuration.
  ///
  /// @param layers how many the manifest has
  static JsonNode parse(byte[] content, int layers) throws ImageException {
    JsonNode all = json(content, "the image's configuration");
    JsonNode diffIds = all.path("rootfs").path("diff_ids");
    if (diffIds.size() != layers) {
      throw invalid(
          "the image's configuration names " + diffIds.size() + " layers, its manifest " + layers);
    }
    for (JsonNode diffId : diffIds) {
      checkDigest(diffId.asText());
    }
    String os = all.path("os").asText("linux");
    if (!os.equals("linux")) {
      throw invalid("the image is for '" + os + "', and this is linux");
    }
    checkTime(all.path("created"));
    for (JsonNode step : all.path("history")) {
      checkTime(step.path("created"));
    }
    return all;
  }

  private static void checkTime(JsonNode time) throws ImageException {
    if (time.isMissingNode() || time.isNull() || time.asText().isEmpty()) {
      return;
    }
    try {
      var _ = Instant.parse(time.asText());
    } catch (DateTimeException _) {
      throw invalid("'" + time.asText() + "' in the image's configuration is no RFC 3339 time");
    }
  }

  /// @throws ImageException where it is no SHA-256 digest
  static String checkDigest(String digest) throws ImageException {
    if (!ContentStore.isDigest(digest)) {
      throw invalid("'" + digest + "' in the image's manifest is no digest (sha256:HEX)");
    }
    return digest;
  }

  static ImageException invalid(String message) {
    return new ImageException(ImageException.Kind.INVALID, message);
  }
}
