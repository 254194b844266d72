package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;

/// How moby merges the configuration that a commit asks for with the container's (`merge` in its
/// daemon/commit.go). Pure.
final class CommitConfig {
  private CommitConfig() {}

  /// Has `wanted` say what it leaves out as `container` does.
  static void merge(ObjectNode wanted, ObjectNode container) {
    for (String field : new String[] {"User", "WorkingDir", "StopSignal"}) {
      if (wanted.path(field).asText("").isEmpty() && container.hasNonNull(field)) {
        wanted.set(field, container.get(field));
      }
    }
    for (String field : new String[] {"ExposedPorts", "Volumes", "Labels"}) {
      union(wanted, container, field);
    }
    environment(wanted, container);
    if (wanted.path("Entrypoint").isEmpty()) {
      if (wanted.path("Cmd").isEmpty() && container.hasNonNull("Cmd")) {
        wanted.set("Cmd", container.get("Cmd"));
      }
      if (!wanted.hasNonNull("Entrypoint") && container.hasNonNull("Entrypoint")) {
        wanted.set("Entrypoint", container.get("Entrypoint"));
      }
    }
    for (String field : new String[] {"Healthcheck", "OnBuild", "Shell", "StopTimeout"}) {
      if (!wanted.hasNonNull(field) && container.hasNonNull(field)) {
        wanted.set(field, container.get(field));
      }
    }
  }

  private static void union(ObjectNode wanted, ObjectNode container, String field) {
    if (!container.path(field).isObject() || container.path(field).isEmpty()) {
      return;
    }
    ObjectNode all =
        wanted.path(field) instanceof ObjectNode there ? there : wanted.putObject(field);
    for (var one : container.path(field).properties()) {
      if (!all.has(one.getKey())) {
        all.set(one.getKey(), one.getValue());
      }
    }
  }

  private static void environment(ObjectNode wanted, ObjectNode container) {
    ArrayNode all = wanted.path("Env") instanceof ArrayNode there ? there : wanted.putArray("Env");
    Set<String> named = new HashSet<>();
    all.forEach(variable -> named.add(name(variable)));
    for (JsonNode variable : container.path("Env")) {
      if (named.add(name(variable))) {
        all.add(variable);
      }
    }
  }

  private static String name(JsonNode variable) {
    String text = variable.asText();
    int equal = text.indexOf('=');
    return equal < 0 ? text : text.substring(0, equal);
  }
}
