package swarm.node.networks;

import java.util.List;

/// The networks that every host has without anybody having made them.
public final class Predefined {
  public static final String BRIDGE = "bridge";
  public static final String HOST = "host";
  public static final String NONE = "none";
  public static final String BRIDGE_ID =
      "6272696467650000000000000000000000000000000000000000000000000000";
  public static final String HOST_ID =
      "686f737400000000000000000000000000000000000000000000000000000000";
  public static final String NONE_ID =
      "6e6f6e6500000000000000000000000000000000000000000000000000000000";

  private static final List<String> NAMES = List.of(BRIDGE, HOST, NONE, "default");

  /// Ids of the cluster's networks are those of its other objects; of hosts', 64 digits.
  private static final int CLUSTER_ID = 25;

  private Predefined() {}

  /// Whether it is the id of one of the cluster's networks.
  public static boolean isCluster(String networkId) {
    return networkId.length() == CLUSTER_ID;
  }

  /// Whether no network of a user's may have this name.
  public static boolean is(String name) {
    return NAMES.contains(name);
  }

  /// Whether a container's network mode means the bridge of containers that name no network.
  public static boolean isBridge(String network) {
    return network.isEmpty()
        || network.equals("default")
        || network.equals(BRIDGE)
        || network.equals(BRIDGE_ID);
  }

  /// Whether it is a network that users made, not a mode of joining another namespace.
  public static boolean isUsers(String mode) {
    return !isBridge(mode)
        && !mode.equals(HOST)
        && !mode.equals(NONE)
        && !mode.startsWith("container:");
  }
}
