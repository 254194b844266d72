package swarm.node.networks;

/// Is told when containers join and leave networks. Must not block.
@FunctionalInterface
public interface NetworkEvents {
  /// @param action `connect` or `disconnect`
  void happened(String action, Joined endpoint, String containerId);
}
