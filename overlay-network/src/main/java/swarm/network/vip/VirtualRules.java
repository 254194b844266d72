package swarm.network.vip;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import swarm.network.nft.Change;
import swarm.network.nft.Datum;
import swarm.network.nft.Hook;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;
import swarm.network.nft.Table;

/// The rules in the namespace of a container that calls virtual addresses. Pure.
///
/// A map leads from each address to a chain of one rule, which leads a new connection to one of the
/// tasks behind it by chance: whatever the protocol, and the same for a call to oneself. When one
/// of them comes or goes, that one rule is replaced. Connections that exist keep the task that
/// connection tracking noted for them. An address without a task behind it is in a set instead,
/// calls to which are refused.
final class VirtualRules {
  static final Table TABLE = new Table(Table.Family.IP, "swarm_vip");

  private static final SetSpec ADDRESSES =
      new SetSpec("addresses", List.of(SetSpec.Type.IPV4_ADDRESS), new SetSpec.Content.Verdicts());

  private static final SetSpec CLOSED =
      new SetSpec("closed", List.of(SetSpec.Type.IPV4_ADDRESS), new SetSpec.Content.Members());

  private VirtualRules() {}

  /// Makes the table anew, replacing what is there in the same transaction; without any address, it
  /// goes.
  ///
  /// @param wanted the healthy tasks behind each address
  static List<Change> replace(SortedMap<Inet4Address, List<Inet4Address>> wanted) {
    var changes = new ArrayList<Change>();
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.DeleteTable(TABLE));
    if (wanted.isEmpty()) {
      return List.copyOf(changes);
    }
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.AddSet(TABLE, ADDRESSES));
    changes.add(
        new Change.AddChain(
            TABLE, "nat_output", new Hook(Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT)));
    changes.add(
        new Change.AddRule(TABLE, "nat_output", new Statement.GotoByAddress(ADDRESSES.name())));
    changes.add(new Change.AddSet(TABLE, CLOSED));
    // not beside the others: without a translation, the kernel would not call a chain of that type
    changes.add(
        new Change.AddChain(
            TABLE, "filter_output", new Hook(Hook.Type.FILTER, Hook.Point.OUTPUT, Hook.FILTER)));
    changes.add(
        new Change.AddRule(
            TABLE,
            "filter_output",
            new Statement.AddressInSet(Statement.End.DESTINATION, CLOSED.name(), false),
            new Statement.Reject()));
    wanted.forEach((address, backends) -> add(changes, address, backends));
    return List.copyOf(changes);
  }

  /// Changes only what differs; nothing where both are equal.
  static List<Change> difference(
      SortedMap<Inet4Address, List<Inet4Address>> was,
      SortedMap<Inet4Address, List<Inet4Address>> wanted) {
    if (was.isEmpty() || wanted.isEmpty()) {
      return was.equals(wanted) ? List.of() : replace(wanted);
    }
    var changes = new ArrayList<Change>();
    was.forEach(
        (address, backends) -> {
          List<Inet4Address> next = wanted.get(address);
          if (next == null || next.isEmpty() != backends.isEmpty()) {
            remove(changes, address, backends);
          }
        });
    wanted.forEach(
        (address, backends) -> {
          List<Inet4Address> had = was.get(address);
          if (had == null || had.isEmpty() != backends.isEmpty()) {
            add(changes, address, backends);
          } else if (!had.equals(backends)) {
            changes.add(new Change.FlushChain(TABLE, chain(address)));
            changes.add(rule(address, backends));
          }
        });
    return List.copyOf(changes);
  }

  private static void add(List<Change> changes, Inet4Address address, List<Inet4Address> backends) {
    if (backends.isEmpty()) {
      changes.add(new Change.AddElements(TABLE, CLOSED, List.of(closed(address))));
      return;
    }
    changes.add(new Change.AddChain(TABLE, chain(address)));
    changes.add(rule(address, backends));
    changes.add(new Change.AddElements(TABLE, ADDRESSES, List.of(open(address))));
  }

  private static void remove(
      List<Change> changes, Inet4Address address, List<Inet4Address> backends) {
    if (backends.isEmpty()) {
      changes.add(new Change.DeleteElements(TABLE, CLOSED, List.of(closed(address))));
      return;
    }
    changes.add(new Change.DeleteElements(TABLE, ADDRESSES, List.of(open(address))));
    changes.add(new Change.FlushChain(TABLE, chain(address)));
    changes.add(new Change.DeleteChain(TABLE, chain(address)));
  }

  private static Change rule(Inet4Address address, List<Inet4Address> backends) {
    return new Change.AddRule(TABLE, chain(address), new Statement.TranslateToAny(backends));
  }

  private static String chain(Inet4Address address) {
    return "to_" + address.getHostAddress().replace('.', '_');
  }

  private static SetSpec.Element open(Inet4Address address) {
    return new SetSpec.Element(
        List.of(new Datum.Address(address)), new SetSpec.Target.Goto(chain(address)));
  }

  private static SetSpec.Element closed(Inet4Address address) {
    return new SetSpec.Element(List.of(new Datum.Address(address)), new SetSpec.Target.None());
  }
}
