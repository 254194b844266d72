package swarm.node.identity;

/// What a certificate lets its node do. Written into the certificate as its OU, so that no node can
/// claim another role than the CA gave it.
public enum Role {
  MANAGER("swarm-manager"),
  WORKER("swarm-worker");

  private final String unit;

  Role(String unit) {
    this.unit = unit;
  }

  /// The OU of the certificate's subject.
  public String unit() {
    return unit;
  }

  /// The name in the Docker Engine API.
  public String apiName() {
    return this == MANAGER ? "manager" : "worker";
  }
}
