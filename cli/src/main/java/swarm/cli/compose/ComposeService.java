package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import swarm.cli.spec.GoDuration;
import swarm.cli.spec.InvalidValueException;

/// One service of a Compose file, and how its mistakes are told.
record ComposeService(ComposeFile file, String name) {
  String path() {
    return "services." + name;
  }

  JsonNode json() {
    return file.services().path(name);
  }

  /// @param key where in the service, such as `.deploy.mode`
  ComposeException failure(String key, String message) {
    return file.places().failure(path() + key, "service " + name + ": " + message);
  }

  /// A duration in nanoseconds.
  long nanos(JsonNode parent, String member) throws ComposeException {
    try {
      return GoDuration.parse(parent.path(member).asText("0s"), member);
    } catch (InvalidValueException e) {
      throw failure("", e.reason());
    }
  }

  /// Copies what is there under another name.
  static void copy(JsonNode from, String member, ObjectNode to, String name) {
    JsonNode value = from.get(member);
    if (value != null) {
      to.set(name, value);
    }
  }
}
