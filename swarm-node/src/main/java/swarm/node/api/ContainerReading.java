package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import swarm.node.api.error.ApiException;
import swarm.node.networks.NetworkException;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.oci.CgroupFeatures;
import swarm.scheduler.model.Network;

/// Reads what is asked of a container against what this node has: its images, networks and other
/// containers.
record ContainerReading(Daemon daemon) {
  /// @param body of `POST /containers/create`
  ContainerRequest.Read read(JsonNode body, Image image)
      throws ApiException, EngineException, IOException {
    ContainerRequest.Read read =
        ContainerRequest.read(
            body,
            image,
            daemon.cpus(),
            CgroupFeatures.read(),
            other -> daemon.engine().get(other).config().mounts(),
            this::networkName);
    var namespaces = read.config().namespaces();
    return new ContainerRequest.Read(
        read.config().toBuilder() // names of containers whose namespaces are shared become ids
            .networkMode(NamespaceModes.resolved(namespaces.networkMode(), this::id))
            .pidMode(NamespaceModes.resolved(namespaces.pidMode(), this::id))
            .ipcMode(NamespaceModes.resolved(namespaces.ipcMode(), this::id))
            .build(),
        read.warnings());
  }

  // Docker makes the container all the same; its start then says what is missing.
  private String id(String name) {
    try {
      return daemon.engine().get(name).id();
    } catch (EngineException _) {
      return name;
    }
  }

  // The same for a network: its start says that there is none.
  private String networkName(String reference) {
    try {
      return daemon.networks().find(reference).name();
    } catch (NetworkException _) {
      return daemon
          .membership()
          .active()
          .flatMap(a -> a.manager())
          .map(m -> m.store().state().networks().find(reference))
          .map(Network::name)
          .orElse(reference);
    }
  }
}
