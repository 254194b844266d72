package swarm.node.api;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import swarm.node.agent.NodeNetwork;
import swarm.node.membership.Membership;
import swarm.node.networks.LocalNetworks;
import swarm.runtime.build.Builder;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.image.ImageImporter;
import swarm.runtime.image.ImageLoader;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.ImagePusher;
import swarm.runtime.image.ImageSaver;
import swarm.runtime.image.ImageStore;
import swarm.scheduler.model.Node;

/// What the API's routes work with: the parts of one daemon.
///
/// @param bridge the containers' bridge
/// @param drops what this host's own firewall drops that we accept, in plain words
public record Daemon(
    ContainerEngine engine,
    ImageStore images,
    ImagePuller puller,
    ImageLoader loader,
    ImageImporter importer,
    ImagePusher pusher,
    ImageSaver saver,
    Builder builder,
    Registries registries,
    NodeNetwork network,
    LocalNetworks networks,
    BridgeFacts bridge,
    Membership membership,
    Supplier<List<String>> drops,
    Events events,
    Clock clock,
    Node.Description description,
    EngineIdentity identity,
    Path dataRoot) {
  /// The bridge of containers that name no network.
  ///
  /// @param subnet such as `172.18.0.0/16`
  public record BridgeFacts(String name, String subnet, String gateway) {}

  /// How many CPUs this machine has.
  int cpus() {
    return Math.toIntExact(description.nanoCpus() / 1_000_000_000L);
  }
}
