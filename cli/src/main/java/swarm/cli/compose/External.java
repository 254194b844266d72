package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Names of what is not the stack's own, and paths of what is.
final class External {
  private External() {}

  /// Whether the network, volume, secret or config is not the stack's own.
  static boolean is(JsonNode thing) {
    return thing.path("external").asBoolean(false);
  }

  static void resolve(ComposeFile file, ComposeLoader.Source source) throws ComposeException {
    for (String kind : List.of("networks", "volumes", "secrets", "configs")) {
      for (var each : file.section(kind).properties()) {
        if (each.getValue() instanceof ObjectNode thing) {
          one(file, kind, each.getKey(), thing, source);
        }
      }
    }
  }

  private static void one(
      ComposeFile file, String kind, String name, ObjectNode thing, ComposeLoader.Source source)
      throws ComposeException {
    String path = kind + "." + name;
    String single = kind.substring(0, kind.length() - 1);
    JsonNode external = thing.path("external");
    boolean payload = kind.equals("secrets") || kind.equals("configs");
    if (external.isMissingNode()) {
      if (payload && !thing.path("driver").asText("").isEmpty()) {
        if (thing.has("file")) {
          throw file.places().failure(path, conflict(single, name, "driver", "file", "driver"));
        }
      } else if (payload) {
        absolute(file, path, thing, source);
      }
      return;
    }
    if (kind.equals("volumes")) {
      for (String key : List.of("driver", "driver_opts", "labels")) {
        if (thing.has(key)) {
          throw file.places()
              .failure(
                  path,
                  "conflicting parameters \"external\" and \""
                      + key
                      + "\" specified for volume \""
                      + name
                      + "\"");
        }
      }
    }
    named(file, path, single, name, thing, external);
  }

  private static void named(
      ComposeFile file,
      String path,
      String single,
      String name,
      ObjectNode thing,
      JsonNode external)
      throws ComposeException {
    String old = external.path("name").asText("");
    if (!old.isEmpty() && thing.has("name")) {
      throw file.places().failure(path, conflict(single, name, "external.name", "name", "name"));
    }
    if (!old.isEmpty()) {
      file.places()
          .note(
              path,
              "%1$s %2$s: %1$s.external.name is deprecated in favor of %1$s.name"
                  .formatted(single, name));
    }
    if (!thing.has("name")) {
      thing.put("name", old.isEmpty() ? name : old);
    }
    thing.put("external", true);
  }

  private static String conflict(String kind, String name, String one, String other, String use) {
    return "%1$s %2$s: %1$s.%3$s and %1$s.%4$s conflict; only use %1$s.%5$s"
        .formatted(kind, name, one, other, use);
  }

  private static void absolute(
      ComposeFile file, String path, ObjectNode thing, ComposeLoader.Source source)
      throws ComposeException {
    try {
      thing.put("file", source.resolve(thing.path("file").asText("")).toString());
    } catch (ComposeException e) {
      throw file.places().failure(path, e.reason());
    }
  }
}
