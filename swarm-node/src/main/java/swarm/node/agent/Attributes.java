package swarm.node.agent;

/// The names under which this program keeps what it must know of a container in the engine's opaque
/// attributes.
public final class Attributes {
  /// Address on the ingress network, dotted; absent where the container is not on it.
  public static final String INGRESS = "swarm.ingress";

  /// There where managers gave the container its addresses on the cluster's networks: a task's.
  public static final String PLACED = "swarm.placed";

  /// Published ports: `tcp:127.0.0.1:8080:80` parted by commas, the address possibly empty, the
  /// host port possibly 0.
  public static final String PORTS = "swarm.ports";

  /// The image as the user named it.
  public static final String IMAGE_NAME = "swarm.image";

  /// The API's `Config` and `HostConfig` as the user posted them, JSON.
  public static final String REQUEST = "swarm.request";

  private Attributes() {}
}
