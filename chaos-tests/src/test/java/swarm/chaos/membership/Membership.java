package swarm.chaos.membership;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who is in a cluster and as what, and whose daemon runs. Immutable.
///
/// @param hosts all there are, by number
/// @param left nodes that left and are still listed, with the role that they left in
public record Membership(SortedMap<Integer, Host> hosts, SortedMap<Node, Role> left) {
  /// What a host is.
  public enum Place {
    /// In no cluster.
    OUTSIDE,
    MANAGER,
    WORKER,
    /// Removed by a manager, and not told.
    EXPELLED
  }

  /// @param lives how many nodes it has been so far
  /// @param runs whether its daemon does
  public record Host(int lives, Place place, boolean runs) {
    private Host as(Place next) {
      return new Host(lives, next, runs);
    }

    private Host running(boolean now) {
      return new Host(lives, place, now);
    }
  }

  /// How a manager is to list a node.
  ///
  /// @param inLog whether it takes part in the log
  public record Listed(Role role, boolean inLog, boolean ready) {}

  public Membership {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    left = Collections.unmodifiableSortedMap(new TreeMap<>(left));
  }

  /// A cluster of host 1 alone.
  ///
  /// @param size how many hosts there are
  public static Membership ofOne(int size) {
    var hosts = new TreeMap<Integer, Host>();
    for (int host = 1; host <= size; host++) {
      hosts.put(host, new Host(0, Place.OUTSIDE, true));
    }
    hosts.put(1, new Host(1, Place.MANAGER, true));
    return new Membership(hosts, new TreeMap<>());
  }

  private Host at(int number) {
    Host host = hosts.get(number);
    if (host == null) {
      throw new IllegalArgumentException("there is no host " + number);
    }
    return host;
  }

  /// The node that a host is, or was last.
  public Node node(int host) {
    return new Node(host, at(host).lives());
  }

  /// Whether a host's daemon runs.
  public boolean runs(int host) {
    return at(host).runs();
  }

  /// Hosts that are this.
  public List<Integer> all(Place place) {
    return hosts.keySet().stream().filter(host -> at(host).place() == place).toList();
  }

  /// Hosts that are this, and whose daemon runs.
  public List<Integer> running(Place place) {
    return all(place).stream().filter(this::runs).toList();
  }

  /// Whether more than half of the managers run.
  public boolean hasQuorum() {
    return running(Place.MANAGER).size() >= majority(all(Place.MANAGER).size());
  }

  static int majority(int managers) {
    return managers / 2 + 1;
  }

  /// What every manager is to list.
  public SortedMap<Node, Listed> listing() {
    var all = new TreeMap<Node, Listed>();
    left.forEach((node, role) -> all.put(node, new Listed(role, false, false)));
    hosts.forEach(
        (number, host) -> {
          switch (host.place()) {
            case MANAGER -> all.put(node(number), new Listed(Role.MANAGER, true, host.runs()));
            case WORKER -> all.put(node(number), new Listed(Role.WORKER, false, host.runs()));
            case OUTSIDE, EXPELLED -> {}
          }
        });
    return all;
  }

  /// What it is after a step.
  public Membership after(Step step) {
    return switch (step) {
      case Step.Join s -> with(s.host(), new Host(at(s.host()).lives() + 1, place(s.as()), true));
      case Step.Promote s -> with(s.host(), at(s.host()).as(Place.MANAGER));
      case Step.Demote s -> with(s.host(), at(s.host()).as(Place.WORKER));
      case Step.Retire s -> leaving(s.host(), Role.WORKER);
      case Step.Leave s -> leaving(s.host(), role(s.host()));
      case Step.Forget s -> {
        var listed = new TreeMap<>(left);
        listed.remove(s.node());
        yield new Membership(hosts, listed);
      }
      case Step.Expel s -> with(s.host(), at(s.host()).as(Place.EXPELLED));
      case Step.ComeBack s -> with(s.host(), at(s.host()).as(Place.OUTSIDE).running(true));
      case Step.Kill s -> with(s.host(), at(s.host()).running(false));
      case Step.Restart s -> with(s.host(), at(s.host()).running(true));
      case Step.RefusedDemotion _, Step.RefusedLeave _ -> this;
    };
  }

  private static Place place(Role role) {
    return switch (role) {
      case MANAGER -> Place.MANAGER;
      case WORKER -> Place.WORKER;
    };
  }

  private Role role(int host) {
    return switch (at(host).place()) {
      case MANAGER -> Role.MANAGER;
      case WORKER -> Role.WORKER;
      case OUTSIDE, EXPELLED ->
          throw new IllegalArgumentException("host " + host + " is in no cluster");
    };
  }

  private Membership leaving(int host, Role role) {
    var listed = new TreeMap<>(left);
    listed.put(node(host), role);
    return new Membership(with(host, at(host).as(Place.OUTSIDE)).hosts, listed);
  }

  private Membership with(int number, Host host) {
    var next = new TreeMap<>(hosts);
    next.put(number, host);
    return new Membership(next, left);
  }
}
