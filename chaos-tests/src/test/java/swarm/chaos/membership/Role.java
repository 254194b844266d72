package swarm.chaos.membership;

/// What a node is in its cluster.
public enum Role {
  MANAGER,
  WORKER
}
