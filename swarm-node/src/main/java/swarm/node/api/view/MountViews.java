package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.volume.Volume;
import swarm.scheduler.model.Wire;

/// How a container's mounts look in the API. Pure.
final class MountViews {
  private MountViews() {}

  /// As lists and `inspect` have them; what `--tmpfs` asked for is not among them.
  static ArrayNode of(Container c) {
    ArrayNode all = Wire.JSON.createArrayNode();
    for (ContainerMount mount : c.config().mounts()) {
      switch (mount) {
        case ContainerMount.Bind b ->
            all.addObject()
                .put("Type", "bind")
                .put("Source", b.source())
                .put("Destination", b.target())
                .put("Mode", b.mode())
                .put("RW", !b.readOnly())
                .put("Propagation", b.propagation().isEmpty() ? "rprivate" : b.propagation());
        case ContainerMount.Volume v ->
            all.addObject()
                .put("Type", "volume")
                .put("Name", v.name())
                .put("Source", v.source())
                .put("Destination", v.target())
                .put("Driver", Volume.LOCAL)
                .put("Mode", v.mode())
                .put("RW", !v.readOnly())
                .put("Propagation", "");
        case ContainerMount.Tmpfs t -> {
          if (t.listed()) {
            all.addObject()
                .put("Type", "tmpfs")
                .put("Source", "")
                .put("Destination", t.target())
                .put("Mode", "")
                .put("RW", true)
                .put("Propagation", "");
          }
        }
      }
    }
    return all;
  }

  /// Where volumes without a name are, of the request and the image alike; null where nowhere.
  static JsonNode unnamed(Container c) {
    ObjectNode all = Wire.JSON.createObjectNode();
    for (ContainerMount mount : c.config().mounts()) {
      if (mount instanceof ContainerMount.Volume v && v.anonymous() && v.mode().isEmpty()) {
        all.putObject(v.target());
      }
    }
    return all.isEmpty() ? Wire.JSON.nullNode() : all;
  }
}
