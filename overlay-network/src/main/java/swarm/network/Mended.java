package swarm.network;

/// Something of ours that was not as it should be, and is now.
///
/// @param what such as `interface swarm0` or `table ip swarm_ingress`
/// @param flaw what was wrong with it, such as `was gone`
public record Mended(String what, String flaw) {
  @Override
  public String toString() {
    return what + " " + flaw;
  }
}
