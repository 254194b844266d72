package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import swarm.runtime.json.JsonTexts;
import swarm.runtime.json.JsonType;

/// What an image's configuration must be like before the image is kept (OCI image-spec, "Image
/// Configuration"): whoever reads it later need not doubt it. Pure.
final class Configuration {
  /// Real ones are some kilobytes.
  static final int MAX_BYTES = 8 * 1024 * 1024;

  /// Characters of a wrong value that a message has at most.
  private static final int SHOWN = 80;

  private static final int LAST_YEAR = 9999;

  private static final Map<String, JsonType> IMAGE =
      Map.of(
          "architecture", JsonType.TEXT,
          "variant", JsonType.TEXT,
          "os", JsonType.TEXT,
          "author", JsonType.TEXT,
          "created", JsonType.TEXT,
          "config", JsonType.OBJECT,
          "rootfs", JsonType.OBJECT,
          "history", JsonType.OBJECTS);
  private static final Map<String, JsonType> STEP =
      Map.of(
          "created", JsonType.TEXT,
          "created_by", JsonType.TEXT,
          "author", JsonType.TEXT,
          "comment", JsonType.TEXT,
          "empty_layer", JsonType.FLAG);
  private static final Map<String, JsonType> CONFIG =
      Map.ofEntries(
          Map.entry("User", JsonType.TEXT),
          Map.entry("WorkingDir", JsonType.TEXT),
          Map.entry("StopSignal", JsonType.TEXT),
          Map.entry("StopTimeout", JsonType.INTEGER),
          Map.entry("ArgsEscaped", JsonType.FLAG),
          Map.entry("Env", JsonType.TEXTS),
          Map.entry("OnBuild", JsonType.TEXTS),
          Map.entry("Cmd", JsonType.WORDS),
          Map.entry("Entrypoint", JsonType.WORDS),
          Map.entry("Shell", JsonType.WORDS),
          Map.entry("Labels", JsonType.MAP),
          Map.entry("ExposedPorts", JsonType.OBJECT),
          Map.entry("Volumes", JsonType.OBJECT),
          Map.entry("Healthcheck", JsonType.OBJECT));
  private static final Map<String, JsonType> HEALTH =
      Map.of(
          "Test", JsonType.TEXTS,
          "Interval", JsonType.INTEGER,
          "Timeout", JsonType.INTEGER,
          "StartPeriod", JsonType.INTEGER,
          "StartInterval", JsonType.INTEGER,
          "Retries", JsonType.INTEGER);

  private Configuration() {}

  /// Reads JSON that came from outside.
  ///
  /// @param what for the message
  /// @throws ImageException where it is not a JSON object or array
  static JsonNode json(byte[] content, String what) throws ImageException {
    try {
      JsonNode node = ImageStore.JSON.readTree(JsonTexts.decode(content));
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
    check(all, IMAGE, "");
    check(all.path("config"), CONFIG, "config.");
    check(all.path("config").path("Healthcheck"), HEALTH, "config.Healthcheck.");
    for (JsonNode step : all.path("history")) {
      check(step, STEP, "history.");
    }
    JsonNode diffIds = all.path("rootfs").path("diff_ids");
    if (!diffIds.isArray() && !diffIds.isMissingNode() && !diffIds.isNull()) {
      throw invalid("'rootfs.diff_ids' in the image's configuration must be a list");
    }
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

  private static void check(JsonNode object, Map<String, JsonType> types, String where)
      throws ImageException {
    for (var field : object.properties()) {
      JsonType type = types.get(field.getKey());
      if (type != null && !field.getValue().isNull() && !type.fits(field.getValue())) {
        String text = field.getValue().toString();
        throw invalid(
            "'"
                + where
                + field.getKey()
                + "' in the image's configuration must be "
                + type.words()
                + ", not "
                + (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text));
      }
    }
  }

  /// A configuration that was checked, as readers have it: a command that is one text is its only
  /// word.
  static JsonNode read(byte[] content) throws IOException {
    JsonNode all = ImageStore.JSON.readTree(JsonTexts.decode(content));
    if (all.path("config") instanceof ObjectNode config) {
      for (String command : List.of("Cmd", "Entrypoint", "Shell")) {
        if (config.path(command) instanceof TextNode word) {
          config.putArray(command).add(word);
        } else if (config.path(command) instanceof ArrayNode words) {
          for (int i = 0; i < words.size(); i++) {
            if (words.get(i).isNull()) {
              words.set(i, ""); // as Go reads it
            }
          }
        }
      }
    }
    return all;
  }

  /// A configuration that was made here, as it is kept.
  ///
  /// @throws ImageException for one that nobody would read again: this store neither
  static byte[] bytes(ObjectNode image) throws IOException {
    byte[] bytes = ImageStore.JSON.writeValueAsBytes(image);
    if (bytes.length > MAX_BYTES) {
      throw invalid(
          "the image's configuration with its history has "
              + bytes.length
              + " bytes; the limit is "
              + MAX_BYTES);
    }
    return bytes;
  }

  private static void checkTime(JsonNode time) throws ImageException {
    if (time.isMissingNode() || time.isNull() || time.asText().isEmpty()) {
      return;
    }
    try {
      int year = Instant.parse(time.asText()).atOffset(ZoneOffset.UTC).getYear();
      if (year < 0 || year > LAST_YEAR) {
        throw new DateTimeException("RFC 3339 has years of four digits");
      }
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
