package swarm.node.api.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.runtime.container.Container;
import swarm.scheduler.model.Wire;

/// How a running container's ports look: those that are published, and those that it only exposes.
/// Pure.
final class Ports {
  private Ports() {}

  /// In a list.
  static ArrayNode row(Container c, ContainerEndpoint endpoint) {
    ArrayNode all = Wire.JSON.createArrayNode();
    for (String port : onlyExposed(c, endpoint)) {
      int slash = port.indexOf('/');
      all.addObject()
          .put("PrivatePort", Integer.parseInt(port.substring(0, slash)))
          .put("Type", port.substring(slash + 1));
    }
    for (ContainerEndpoint.Binding p : endpoint.ports()) {
      all.addObject()
          .put("IP", p.hostAddress())
          .put("PrivatePort", p.containerPort())
          .put("PublicPort", p.hostPort())
          .put("Type", p.protocol());
    }
    return all;
  }

  /// Alone.
  static ObjectNode inspect(Container c, ContainerEndpoint endpoint) {
    ObjectNode all = Wire.JSON.createObjectNode();
    for (ContainerEndpoint.Binding p : endpoint.ports()) {
      all.withArray("/" + p.containerPort() + "~1" + p.protocol())
          .addObject()
          .put("HostIp", p.hostAddress())
          .put("HostPort", Integer.toString(p.hostPort()));
    }
    onlyExposed(c, endpoint).forEach(all::putNull);
    return all;
  }

  private static Set<String> onlyExposed(Container c, ContainerEndpoint endpoint) {
    var all = new TreeSet<String>();
    if (endpoint.networks().isEmpty()) {
      return all;
    }
    try {
      for (var port :
          Wire.JSON
              .readTree(c.config().attributes().getOrDefault(Attributes.REQUEST, "{}"))
              .path("ExposedPorts")
              .properties()) {
        if (port.getKey().matches("\\d{1,5}/[a-z]+")) { // an image may say anything
          all.add(port.getKey());
        }
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a container's request cannot be read again", e);
    }
    endpoint.ports().forEach(p -> all.remove(p.containerPort() + "/" + p.protocol()));
    return all;
  }
}
