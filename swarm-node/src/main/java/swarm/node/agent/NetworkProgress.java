package swarm.node.agent;

import java.util.function.LongSupplier;

/// Up to which state this host's load balancers have been brought: those of published ports and
/// those of virtual addresses, which follow by themselves. One thread says what was told, any asks.
final class NetworkProgress {
  private final LongSupplier portsApplied;
  private final LongSupplier addressesApplied;
  private volatile long portsTold;
  private volatile long addressesTold;

  /// @param portsApplied the index of the state that published ports were last made from
  /// @param addressesApplied likewise of virtual addresses
  NetworkProgress(LongSupplier portsApplied, LongSupplier addressesApplied) {
    this.portsApplied = portsApplied;
    this.addressesApplied = addressesApplied;
  }

  /// There is news of published ports; said before anybody carries it out.
  void toldPorts(long index) {
    portsTold = index;
  }

  /// Likewise of virtual addresses.
  void toldAddresses(long index) {
    addressesTold = index;
  }

  /// The index that both have reached: what one of them was told nothing of has not changed for it.
  long index() {
    long ports = portsTold; // before what was applied: too low at worst
    long addresses = addressesTold;
    long newest = Math.max(ports, addresses);
    return Math.min(
        reached(portsApplied.getAsLong(), ports, newest),
        reached(addressesApplied.getAsLong(), addresses, newest));
  }

  private static long reached(long applied, long told, long newest) {
    return applied >= told ? newest : applied;
  }
}
