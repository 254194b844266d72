package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.PayloadTargets;

/// Finds the ids of the secrets and configs that a service's specification names.
final class ServicePayloads {
  private ServicePayloads() {}

  /// Fills the ids in where they are missing.
  ///
  /// @throws InvalidValueException where there is none of a name, in Docker's words
  static void resolve(Invocation call, ObjectNode spec)
      throws IOException, DaemonException, InvalidValueException {
    for (String kind : new String[] {"secret", "config"}) {
      resolve(call, kind, spec.at("/TaskTemplate/ContainerSpec/" + PayloadTargets.member(kind)));
    }
  }

  private static void resolve(Invocation call, String kind, JsonNode references)
      throws IOException, DaemonException, InvalidValueException {
    var open = new ArrayList<ObjectNode>();
    for (JsonNode each : references) {
      if (each instanceof ObjectNode reference && !reference.has(PayloadTargets.idField(kind))) {
        open.add(reference);
      }
    }
    if (open.isEmpty()) {
      return;
    }
    List<String> names =
        open.stream().map(r -> r.path(PayloadTargets.nameField(kind)).asText()).toList();
    Map<String, String> ids = new HashMap<>();
    for (JsonNode each :
        call.api().get(Target.of("/" + kind + "s").withFilters(Map.of("names", names)))) {
      ids.put(each.at("/Spec/Name").asText(), each.path("ID").asText());
    }
    for (ObjectNode reference : open) {
      String name = reference.path(PayloadTargets.nameField(kind)).asText();
      String id = ids.get(name);
      if (id == null) {
        throw new InvalidValueException(kind + " not found: " + name);
      }
      reference.put(PayloadTargets.idField(kind), id);
    }
  }
}
