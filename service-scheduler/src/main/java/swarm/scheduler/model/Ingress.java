package swarm.scheduler.model;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ingress network of a cluster: the one that its routing mesh runs on. It comes with the
/// cluster; users may remove it while no service publishes a port on the mesh, and make another
/// (`network create --ingress`).
///
/// @param network the network's first address as an int
/// @param prefix length of the network's prefix
/// @param dataPathPort UDP port of VXLAN, of all networks; known also where there is no ingress
///   network
/// @param made what the user declared of it; null for the one that came with the cluster
/// @param gateway the address that no host gets, as an int; null for the subnet's first
/// @param removed whether there is none now, and the rest tells what there was; null for no
public record Ingress(
    String networkId,
    int network,
    int prefix,
    int vni,
    int dataPathPort,
    Instant createdAt,
    @Nullable NetworkSpec made,
    @Nullable Integer gateway,
    @Nullable Boolean removed) {
  /// What it is called where users gave it no name.
  public static final String USUAL_NAME = "ingress";

  /// The one that comes with the cluster.
  public Ingress(
      String networkId, int network, int prefix, int vni, int dataPathPort, Instant createdAt) {
    this(networkId, network, prefix, vni, dataPathPort, createdAt, null, null, null);
  }

  /// One that users made.
  public static Ingress of(Network made, int dataPathPort, Instant createdAt) {
    return new Ingress(
        made.id(),
        made.subnet(),
        made.prefix(),
        made.vni(),
        dataPathPort,
        createdAt,
        made.spec(),
        made.gateway(),
        null);
  }

  /// None; the number and the subnet are free again.
  public Ingress without() {
    return new Ingress(
        networkId, network, prefix, vni, dataPathPort, createdAt, made, gateway, true);
  }

  /// Whether there is one.
  public boolean present() {
    return !Boolean.TRUE.equals(removed);
  }

  /// Whether it is the one that came with the cluster.
  public boolean usual() {
    return present() && made == null;
  }

  /// Its subnet.
  public Subnet range() {
    return new Subnet(network, prefix);
  }

  /// Its subnet, which no other network can have; empty where there is none.
  public Optional<Subnet> taken() {
    return present() ? Optional.of(range()) : Optional.empty();
  }

  /// Whether a VXLAN's number is its own.
  public boolean hasNumber(int number) {
    return present() && vni == number;
  }

  /// Its name.
  public String name() {
    return made == null ? USUAL_NAME : made.nameOrEmpty();
  }

  /// The address that no host gets.
  public int gatewayAddress() {
    return gateway == null ? network + 1 : gateway;
  }

  /// Bytes of one frame's payload; 0 for what the data path leaves.
  public int mtu() {
    String asked = made == null ? "" : made.optionsOrEmpty().getOrDefault(NetworkSpec.MTU, "");
    return asked.isEmpty() ? 0 : Integer.parseInt(asked);
  }
}
