package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/// `--mount type=bind,source=/a,target=/b,readonly`.
public final class Mounts {
  private static final Set<String> FIELDS =
      Set.of(
          "type",
          "source",
          "src",
          "target",
          "dst",
          "destination",
          "readonly",
          "ro",
          "bind-propagation",
          "bind-nonrecursive",
          "volume-nocopy",
          "volume-driver",
          "volume-label",
          "volume-opt",
          "tmpfs-size",
          "tmpfs-mode");

  private Mounts() {}

  /// @return the API's `Mount`
  public static ObjectNode parse(String text, String option) throws InvalidValueException {
    Map<String, String> fields = KeyValues.fields(text, option, FIELDS);
    ObjectNode mount = JsonNodeFactory.instance.objectNode();
    String type = fields.getOrDefault("type", "volume");
    if (!Set.of("bind", "volume", "tmpfs").contains(type)) {
      throw InvalidValueException.of(
          text, option, "type must be bind, volume or tmpfs, not '" + type + "'");
    }
    mount.put("Type", type);
    String source = first(fields, "source", "src");
    if (!source.isEmpty()) {
      mount.put("Source", source);
    } else if (type.equals("bind")) {
      throw InvalidValueException.of(text, option, "a bind mount needs a source");
    }
    String target = first(fields, "target", "dst", "destination");
    if (target.isEmpty()) {
      throw InvalidValueException.of(text, option, "target is required");
    }
    mount.put("Target", target);
    if (on(fields, "readonly") || on(fields, "ro")) {
      mount.put("ReadOnly", true);
    }
    more(mount, fields, text, option);
    return mount;
  }

  private static void more(ObjectNode mount, Map<String, String> fields, String text, String option)
      throws InvalidValueException {
    if (fields.containsKey("bind-propagation")) {
      mount.withObject("/BindOptions").put("Propagation", fields.get("bind-propagation"));
    }
    if (on(fields, "bind-nonrecursive")) {
      mount.withObject("/BindOptions").put("NonRecursive", true);
    }
    if (on(fields, "volume-nocopy")) {
      mount.withObject("/VolumeOptions").put("NoCopy", true);
    }
    if (fields.containsKey("volume-driver")) {
      mount.withObject("/VolumeOptions/DriverConfig").put("Name", fields.get("volume-driver"));
    }
    pair(mount, fields, "volume-label", "/VolumeOptions/Labels");
    pair(mount, fields, "volume-opt", "/VolumeOptions/DriverConfig/Options");
    String size = fields.get("tmpfs-size");
    if (size != null) {
      mount.withObject("/TmpfsOptions").put("SizeBytes", Numbers.bytes(size, option));
    }
    String mode = fields.get("tmpfs-mode");
    if (mode != null) {
      if (!mode.matches("[0-7]{1,5}")) {
        throw InvalidValueException.of(
            text, option, "invalid value for tmpfs-mode: " + mode + "; it must be octal");
      }
      mount.withObject("/TmpfsOptions").put("Mode", Integer.parseInt(mode, 8));
    }
  }

  private static void pair(
      ObjectNode mount, Map<String, String> fields, String name, String pointer) {
    String pair = fields.get(name);
    if (pair != null) {
      mount.withObject(pointer).put(KeyValues.key(pair), KeyValues.value(pair));
    }
  }

  private static boolean on(Map<String, String> fields, String name) {
    String value = fields.getOrDefault(name, "false");
    return value.isEmpty() || value.equals("true") || value.equals("1");
  }

  private static String first(Map<String, String> fields, String... names) {
    for (String name : names) {
      String value = fields.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
