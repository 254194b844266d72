package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.runtime.logs.LogOptions;
import swarm.scheduler.model.Wire;

/// What Docker calls plugins: the drivers that every node of this build has. Kinds of which there
/// are none yet (authorization) are there and empty. Pure.
public final class Drivers {
  private record Kind(String name, List<String> drivers) {}

  private static final List<Kind> ALL =
      List.of(
          new Kind("Volume", List.of("local")),
          new Kind("Network", List.of("bridge", "host", "null", "overlay")),
          new Kind("Authorization", List.of()),
          new Kind("Log", LogOptions.DRIVERS));

  private Drivers() {}

  /// As `/info` has them.
  public static ObjectNode byKind() {
    ObjectNode kinds = Wire.JSON.createObjectNode();
    for (Kind kind : ALL) {
      kind.drivers().forEach(kinds.putArray(kind.name())::add);
    }
    return kinds;
  }

  /// As a node has them: one entry for each, by kind and name.
  static ArrayNode list() {
    ArrayNode all = Wire.JSON.createArrayNode();
    ALL.stream()
        .sorted(java.util.Comparator.comparing(Kind::name))
        .forEach(
            kind ->
                kind.drivers()
                    .forEach(d -> all.addObject().put("Type", kind.name()).put("Name", d)));
    return all;
  }
}
