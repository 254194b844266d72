package swarm.node.networks;

import java.util.List;

/// A running container as others may call it.
///
/// @param name the container's
/// @param hostname what it calls itself; the full name and the short one, with a blank between,
///   where it has a domain
/// @param networks what it has on each
public record Peer(String containerId, String name, String hostname, List<Joined> networks) {
  private static final int SHORT_ID = 12;

  /// The beginning of the id that users see.
  public String shortId() {
    return containerId.substring(0, Math.min(SHORT_ID, containerId.length()));
  }

  /// The names under which it is found on one of its networks, as Docker's `DNSNames`.
  public List<String> names(Joined on) {
    var all = new java.util.LinkedHashSet<String>();
    all.add(name);
    all.addAll(on.aliases());
    all.add(shortId());
    all.addAll(List.of(hostname.split(" ", -1)));
    all.remove("");
    return List.copyOf(all);
  }
}
