package swarm.network.bridge;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import swarm.network.PortBinding;
import swarm.network.PortConflictException;
import swarm.network.TransportProtocol;
import swarm.network.netlink.ConnectionTracking.Tracked;
import swarm.network.nft.Change;

/// Every published port of the host's plain containers. Immutable: a change is planned first, then
/// applied to the kernel, and only then taken over.
///
/// @param all in the order in which they were published
public record Publications(List<Publication> all) {
  public Publications {
    all = List.copyOf(all);
  }

  /// What to do to the kernel, and what is published then.
  public record Plan(List<Change> changes, Publications then, Stale stale) {}

  /// Tracked connections that lead where they should not any more: those to a container that no
  /// longer publishes the port, and datagrams that came to a port before it was published.
  public record Stale(List<Publication> gone, List<Publication> added)
      implements Predicate<Tracked> {
    boolean isEmpty() {
      return gone.isEmpty() && added.stream().noneMatch(Stale::isUdp);
    }

    private static boolean isUdp(Publication publication) {
      return publication.binding().protocol() == TransportProtocol.UDP;
    }

    @Override
    public boolean test(Tracked connection) {
      List<Publication> suspects = connection.translated() ? gone : added;
      return suspects.stream()
          .filter(p -> connection.translated() || isUdp(p))
          .filter(p -> p.binding().protocol().number() == connection.protocol())
          .filter(p -> p.binding().hostPort() == connection.destinationPort())
          .anyMatch(p -> !connection.translated() || p.address().equals(connection.server()));
    }
  }

  /// The container's ports become exactly these.
  ///
  /// @throws PortConflictException where another container, or another of the bindings, has the
  ///   port
  public Plan publish(String containerId, Inet4Address address, List<PortBinding> bindings)
      throws PortConflictException {
    var wanted = new ArrayList<Publication>();
    for (PortBinding binding : bindings) {
      for (Publication other : all) {
        if (!other.containerId().equals(containerId) && other.clashesWith(binding)) {
          throw new PortConflictException(binding, other.containerId());
        }
      }
      for (Publication other : wanted) {
        if (other.clashesWith(binding) && !other.binding().equals(binding)) {
          throw new PortConflictException(binding, containerId);
        }
      }
      var publication = new Publication(containerId, address, binding);
      if (!wanted.contains(publication)) {
        wanted.add(publication);
      }
    }
    return become(containerId, wanted);
  }

  /// The container publishes nothing any more.
  public Plan unpublish(String containerId) {
    return become(containerId, List.of());
  }

  /// Only these containers publish anything.
  public Plan retain(Set<String> containerIds) {
    List<Publication> gone =
        all.stream().filter(p -> !containerIds.contains(p.containerId())).toList();
    List<Publication> then =
        all.stream().filter(p -> containerIds.contains(p.containerId())).toList();
    return new Plan(
        BridgeRules.unpublish(gone), new Publications(then), new Stale(gone, List.of()));
  }

  private Plan become(String containerId, List<Publication> wanted) {
    List<Publication> had = all.stream().filter(p -> p.containerId().equals(containerId)).toList();
    List<Publication> gone = had.stream().filter(p -> !wanted.contains(p)).toList();
    List<Publication> added = wanted.stream().filter(p -> !had.contains(p)).toList();
    var changes = new ArrayList<Change>(BridgeRules.unpublish(gone));
    changes.addAll(BridgeRules.publish(added));
    var then = new ArrayList<>(all);
    then.removeAll(gone);
    then.addAll(added);
    return new Plan(List.copyOf(changes), new Publications(then), new Stale(gone, added));
  }
}
