package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.runtime.image.Image;
import swarm.scheduler.model.Wire;

/// What the user posted to make a container, as JSON, to be shown again. Pure.
final class RequestEcho {
  private RequestEcho() {}

  static String of(JsonNode body, Image image) {
    var copy = Wire.JSON.createObjectNode();
    for (String field :
        List.of("HostConfig", "Volumes", "Shell", "StopTimeout", "NetworkDisabled")) {
      if (body.hasNonNull(field)) {
        copy.set(field, body.get(field).deepCopy());
      }
    }
    for (JsonNode bindings : copy.path("HostConfig").path("PortBindings")) {
      for (JsonNode binding : bindings) {
        if (binding instanceof ObjectNode one) {
          fill(one);
        }
      }
    }
    List<String> entrypoint = ContainerRequest.strings(body.path("Entrypoint"));
    List<String> command = ContainerRequest.strings(body.path("Cmd"));
    if (entrypoint.isEmpty()) {
      entrypoint = image.entrypoint();
      command = command.isEmpty() ? image.command() : command;
    }
    if (!command.isEmpty()) {
      copy.set("Cmd", Wire.JSON.valueToTree(command));
    }
    if (!entrypoint.isEmpty()) {
      copy.set("Entrypoint", Wire.JSON.valueToTree(entrypoint));
    }
    var exposed = Wire.JSON.createObjectNode();
    for (JsonNode ports :
        List.of(
            image.configuration().path("config").path("ExposedPorts"),
            body.path("ExposedPorts"),
            body.path("HostConfig").path("PortBindings"))) {
      ports.fieldNames().forEachRemaining(port -> exposed.putObject(withProtocol(port)));
    }
    if (!exposed.isEmpty()) {
      copy.set("ExposedPorts", exposed);
    }
    return copy.toString();
  }

  /// Both fields are always there, as in Docker's answers.
  private static void fill(ObjectNode binding) {
    String address = binding.path("HostIp").asText("");
    String port = binding.path("HostPort").asText("");
    binding.put("HostIp", address).put("HostPort", port);
  }

  private static String withProtocol(String port) {
    return port.contains("/") ? port : port + "/tcp";
  }
}
