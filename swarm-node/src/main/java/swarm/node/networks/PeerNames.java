package swarm.node.networks;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.network.dns.Names;

/// The names that one container sees: those of containers with which it shares a network that users
/// made, alone or followed by a dot and the network's name. On the bridge of containers that name
/// no network nobody has a name, as with Docker. Looked up at each question, for containers are
/// renamed, connected and gone at any time.
final class PeerNames implements Names {
  private final String containerId;
  private final Supplier<Collection<Peer>> peers;
  private final boolean ownServers;

  /// @param ownServers whether the container was given name servers of its own
  PeerNames(String containerId, Supplier<Collection<Peer>> peers, boolean ownServers) {
    this.containerId = containerId;
    this.peers = peers;
    this.ownServers = ownServers;
  }

  private static List<Joined> networks(Collection<Peer> all, String containerId) {
    return all.stream()
        .filter(peer -> peer.containerId().equals(containerId))
        .flatMap(peer -> peer.networks().stream())
        .filter(network -> !network.isBridge() && !Predefined.isCluster(network.networkId()))
        .toList();
  }

  private record Shared(Peer peer, Joined at) {}

  private List<Shared> shared() {
    Collection<Peer> all = peers.get();
    List<String> mine = networks(all, containerId).stream().map(Joined::networkId).toList();
    var found = new ArrayList<Shared>();
    for (Peer peer : all) {
      for (Joined at : peer.networks()) {
        if (mine.contains(at.networkId())) {
          found.add(new Shared(peer, at));
        }
      }
    }
    return found;
  }

  @Override
  public List<Inet4Address> addresses(String name) {
    var found = new ArrayList<Inet4Address>();
    for (Shared one : shared()) {
      String suffix = "." + one.at().network().toLowerCase(Locale.ROOT);
      for (String called : one.peer().names(one.at())) {
        String lower = called.toLowerCase(Locale.ROOT);
        if (name.equals(lower) || name.equals(lower + suffix)) {
          found.add(Inet4Address.ofLiteral(one.at().address()));
          break;
        }
      }
    }
    return found;
  }

  @Override
  public Optional<String> name(Inet4Address address) {
    String wanted = address.getHostAddress();
    return shared().stream()
        .filter(one -> one.at().address().equals(wanted))
        .map(one -> one.peer().names(one.at()).getFirst() + "." + one.at().network())
        .findFirst();
  }

  @Override
  public boolean asksOthers() {
    return ownServers
        || peers.get().stream()
            .filter(peer -> peer.containerId().equals(containerId))
            .flatMap(peer -> peer.networks().stream())
            .anyMatch(network -> !network.internal());
  }
}
