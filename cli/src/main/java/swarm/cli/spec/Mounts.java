package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
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
          "bind-recursive",
          "bind-create-src",
          "volume-nocopy",
          "volume-driver",
          "volume-label",
          "volume-opt",
          "volume-subpath",
          "tmpfs-size",
          "tmpfs-mode");

  private Mounts() {}

  /// @return the API's `Mount`
  public static ObjectNode parse(String text, String option) throws InvalidValueException {
    Map<String, List<String>> all = KeyValues.allFields(text, option, FIELDS);
    Map<String, String> fields = last(all);
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
    pairs(mount, all, "volume-label", "/VolumeOptions/Labels");
    pairs(mount, all, "volume-opt", "/VolumeOptions/DriverConfig/Options");
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
    if (on(fields, "bind-create-src")) {
      mount.withObject("/BindOptions").put("CreateMountpoint", true);
    }
    recursion(mount, fields, text, option);
    if (on(fields, "volume-nocopy")) {
      mount.withObject("/VolumeOptions").put("NoCopy", true);
    }
    if (fields.containsKey("volume-driver")) {
      mount.withObject("/VolumeOptions/DriverConfig").put("Name", fields.get("volume-driver"));
    }
    if (fields.containsKey("volume-subpath")) {
      mount.withObject("/VolumeOptions").put("Subpath", fields.get("volume-subpath"));
    }
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

  /// `bind-recursive`, in the words of Docker's command.
  private static void recursion(
      ObjectNode mount, Map<String, String> fields, String text, String option)
      throws InvalidValueException {
    switch (fields.getOrDefault("bind-recursive", "enabled")) {
      case "enabled" -> {
        // the default
      }
      case "disabled" -> mount.withObject("/BindOptions").put("NonRecursive", true);
      case "writable" -> mount.withObject("/BindOptions").put("ReadOnlyNonRecursive", true);
      case "readonly" -> mount.withObject("/BindOptions").put("ReadOnlyForceRecursive", true);
      default ->
          throw InvalidValueException.of(
              text,
              option,
              "invalid value for bind-recursive: "
                  + fields.get("bind-recursive")
                  + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
    }
  }

  private static Map<String, String> last(Map<String, List<String>> all) {
    var fields = new LinkedHashMap<String, String>();
    all.forEach((name, values) -> fields.put(name, values.getLast()));
    return fields;
  }

  private static void pairs(
      ObjectNode mount, Map<String, List<String>> all, String name, String pointer) {
    for (String pair : all.getOrDefault(name, List.of())) {
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
