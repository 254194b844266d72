package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `--secret NAME` and `--secret source=NAME,target=FILE,uid=0,gid=0,mode=0444`, and the same of
/// configs: to the API's references, without the ids.
public final class PayloadTargets {
  private static final String CONTAINER = "/TaskTemplate/ContainerSpec";
  private static final Set<String> FIELDS = Set.of("source", "src", "target", "uid", "gid", "mode");
  private static final int DEFAULT_MODE = 0444;

  private PayloadTargets() {}

  /// Changes which secrets or configs a service has.
  ///
  /// @param kind `secret` or `config`
  /// @param removed names
  /// @param added as the user wrote them
  static void change(
      ObjectNode spec, String kind, List<String> removed, List<String> added, String option)
      throws InvalidValueException {
    if (removed.isEmpty() && added.isEmpty()) {
      return;
    }
    ObjectNode container = spec.withObject(CONTAINER);
    JsonNode before = container.path(member(kind));
    ArrayNode all = container.putArray(member(kind));
    for (JsonNode reference : before) {
      if (!removed.contains(reference.path(nameField(kind)).asText())) {
        all.add(reference);
      }
    }
    for (String text : added) {
      all.add(parse(text, kind, option));
    }
  }

  /// Where a service's specification has them: `Secrets` or `Configs`.
  public static String member(String kind) {
    return capital(kind) + "s";
  }

  /// The field with a reference's name.
  public static String nameField(String kind) {
    return capital(kind) + "Name";
  }

  /// The field with a reference's id.
  public static String idField(String kind) {
    return capital(kind) + "ID";
  }

  private static String capital(String kind) {
    return kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1);
  }

  static ObjectNode parse(String text, String kind, String option) throws InvalidValueException {
    boolean plain = !text.contains("=") && !text.contains(",");
    Map<String, String> fields =
        plain ? Map.of("source", text) : KeyValues.fields(text, option, FIELDS);
    String source = fields.getOrDefault("source", fields.getOrDefault("src", ""));
    if (source.isEmpty()) {
      throw InvalidValueException.of(text, option, "source is required");
    }
    ObjectNode reference = KeyValues.object();
    ObjectNode file = reference.putObject("File");
    String target = fields.getOrDefault("target", "");
    file.put("Name", target.isEmpty() ? source : target);
    file.put("UID", fields.getOrDefault("uid", "0"));
    file.put("GID", fields.getOrDefault("gid", "0"));
    file.put("Mode", mode(fields.get("mode"), text, option));
    reference.put(nameField(kind), source);
    return reference;
  }

  /// As Go reads numbers: `0444`, `0o444`, `0x124` or `292`.
  private static int mode(@Nullable String mode, String text, String option)
      throws InvalidValueException {
    if (mode == null) {
      return DEFAULT_MODE;
    }
    try {
      String small = mode.toLowerCase(Locale.ROOT);
      int value;
      if (small.startsWith("0o")) {
        value = Integer.parseUnsignedInt(small.substring(2), 8);
      } else if (small.startsWith("0x")) {
        value = Integer.parseUnsignedInt(small.substring(2), 16);
      } else {
        value = Integer.parseUnsignedInt(small, small.startsWith("0") ? 8 : 10);
      }
      return value;
    } catch (NumberFormatException _) {
      throw InvalidValueException.of(
          text, option, "invalid mode specified: '" + mode + "' is no number such as 0444");
    }
  }
}
