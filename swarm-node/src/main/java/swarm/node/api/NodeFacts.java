package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.node.api.filter.ContainerFilter;
import swarm.runtime.container.Container;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.scheduler.model.Wire;

/// What a container list asks of the daemon's parts.
record NodeFacts(Daemon daemon) implements ContainerFilter.Known {
  private static final Pattern PORT = Pattern.compile("\\d{1,5}(/[a-z]+)?");

  @Override
  public Container container(String nameOrId) throws EngineException {
    return daemon.engine().get(nameOrId);
  }

  @Override
  public Optional<String> image(String nameOrId) throws IOException {
    return daemon.images().find(nameOrId).map(Image::id);
  }

  @Override
  public Set<String> exposed(Container container) throws IOException {
    var ports = new TreeSet<String>();
    JsonNode request =
        Wire.JSON.readTree(container.config().attributes().getOrDefault(Attributes.REQUEST, "{}"));
    add(ports, request.path("ExposedPorts"));
    daemon
        .images()
        .find(container.config().imageId())
        .ifPresent(i -> add(ports, i.configuration().path("config").path("ExposedPorts")));
    return ports;
  }

  private static void add(Set<String> ports, JsonNode exposed) {
    for (var port : exposed.properties()) {
      if (PORT.matcher(port.getKey()).matches()) { // an image may say anything
        ports.add(port.getKey().contains("/") ? port.getKey() : port.getKey() + "/tcp");
      }
    }
  }

  @Override
  public Optional<ContainerEndpoint> endpoint(String containerId) {
    return daemon.network().endpoint(containerId);
  }
}
