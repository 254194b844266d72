package swarm.network.vip;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import swarm.network.VirtualAddresses;
import swarm.network.balance.Shares;
import swarm.network.nft.Change;
import swarm.network.nft.Datum;
import swarm.network.nft.Hook;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;
import swarm.network.nft.Table;

/// The rules in the namespace of a container that calls virtual addresses. Pure.
///
/// Addresses with the same number of healthy tasks behind them are in one set, and one rule for it
/// chooses one of these by chance for each new connection, whatever the protocol, and the same for
/// a call to oneself: a map has them by address and number. Connections that exist keep the task
/// that connection tracking noted for them. An address without a task behind it is in another set,
/// calls to which are refused.
///
/// So what changes when a task comes or goes is a few elements, and no rule: where a rule changes,
/// the kernel looks at all of its table again, a millisecond for a thousand addresses.
///
/// Addresses at which callers keep their task are in a set of their own: there the number is that
/// of the caller's share ([Shares]).
final class VirtualRules {
  static final Table TABLE = new Table(Table.Family.IP, "swarm_vip");

  private static final SetSpec TASKS =
      new SetSpec(
          "tasks",
          List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.MARK),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS)));
  private static final SetSpec CLOSED = addresses("closed");
  private static final String CHAIN = "nat_output";

  /// In place of a number of tasks, where a caller's share chooses.
  private static final int BY_CALLER = -1;

  private VirtualRules() {}

  private static SetSpec addresses(String name) {
    return new SetSpec(name, List.of(SetSpec.Type.IPV4_ADDRESS), new SetSpec.Content.Members());
  }

  /// Of the addresses that lead to so many tasks.
  private static SetSpec leadingTo(int count) {
    return switch (count) {
      case 0 -> CLOSED;
      case BY_CALLER -> addresses("by_caller");
      default -> addresses("to_" + count);
    };
  }

  /// What is behind an address.
  ///
  /// @param tasks by their numbers
  private record Behind(int count, List<Inet4Address> tasks) {
    static final Behind NOTHING = new Behind(0, List.of());

    static Behind of(VirtualAddresses all, Inet4Address address) {
      List<Inet4Address> tasks = all.backends().getOrDefault(address, List.of());
      return all.keeping().contains(address) && !tasks.isEmpty()
          ? new Behind(BY_CALLER, Shares.of(tasks))
          : new Behind(tasks.size(), tasks);
    }
  }

  /// Makes the table anew, replacing what is there in the same transaction; without any address, it
  /// goes.
  ///
  /// @param wanted the healthy tasks behind each address
  static List<Change> replace(VirtualAddresses wanted) {
    var changes = new ArrayList<Change>();
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.DeleteTable(TABLE));
    if (wanted.backends().isEmpty()) {
      return List.copyOf(changes);
    }
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.AddSet(TABLE, TASKS));
    changes.add(new Change.AddSet(TABLE, CLOSED));
    SortedSet<Integer> counts = counts(wanted);
    counts.forEach(count -> changes.add(new Change.AddSet(TABLE, leadingTo(count))));
    changes.add(
        new Change.AddChain(TABLE, CHAIN, new Hook(Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT)));
    rules(changes, counts);
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
    var added = new Elements();
    for (Inet4Address address : wanted.backends().keySet()) {
      added.lead(address, Behind.of(wanted, address));
    }
    for (Inet4Address address : wanted.backends().keySet()) {
      added.number(address, Behind.of(wanted, address), Behind.NOTHING);
    }
    added.all.forEach((set, some) -> changes.add(new Change.AddElements(TABLE, set, some)));
    return List.copyOf(changes);
  }

  /// How many tasks any of the addresses leads to.
  private static SortedSet<Integer> counts(VirtualAddresses all) {
    var counts = new TreeSet<Integer>();
    all.backends()
        .forEach(
            (address, tasks) ->
                counts.add(
                    !tasks.isEmpty() && all.keeping().contains(address)
                        ? BY_CALLER
                        : tasks.size()));
    counts.remove(0);
    return counts;
  }

  private static void rules(List<Change> changes, SortedSet<Integer> counts) {
    for (int count : counts) {
      changes.add(
          new Change.AddRule(
              TABLE,
              CHAIN,
              new Statement.AddressInSet(Statement.End.DESTINATION, leadingTo(count).name(), false),
              count == BY_CALLER
                  ? new Statement.TranslateToCallers(TASKS.name(), Shares.COUNT)
                  : new Statement.TranslateToOneOf(TASKS.name(), count)));
    }
  }

  /// Changes only what differs; nothing where both are equal.
  static List<Change> difference(VirtualAddresses was, VirtualAddresses wanted) {
    if (was.backends().isEmpty() || wanted.backends().isEmpty()) {
      return was.backends().equals(wanted.backends()) ? List.of() : replace(wanted);
    }
    var removed = new Elements();
    var added = new Elements();
    for (Inet4Address address : was.backends().keySet()) {
      differences(address, was, wanted, removed);
    }
    for (Inet4Address address : wanted.backends().keySet()) {
      differences(address, wanted, was, added);
    }
    return changes(counts(was), counts(wanted), removed, added);
  }

  /// What the one has of an address and the other has not.
  private static void differences(
      Inet4Address address, VirtualAddresses one, VirtualAddresses other, Elements elements) {
    List<Inet4Address> tasks = one.backends().getOrDefault(address, List.of());
    if (tasks.equals(other.backends().get(address))
        && one.keeping().contains(address) == other.keeping().contains(address)) {
      return;
    }
    Behind is = Behind.of(one, address);
    Behind not = Behind.of(other, address);
    if (!other.backends().containsKey(address) || is.count() != not.count()) {
      elements.lead(address, is);
    }
    elements.number(address, is, not);
  }

  private static List<Change> changes(
      SortedSet<Integer> before, SortedSet<Integer> after, Elements removed, Elements added) {
    var changes = new ArrayList<Change>();
    for (int count : after) {
      if (!before.contains(count)) {
        changes.add(new Change.AddSet(TABLE, leadingTo(count)));
      }
    }
    removed.all.forEach((set, some) -> changes.add(new Change.DeleteElements(TABLE, set, some)));
    added.all.forEach((set, some) -> changes.add(new Change.AddElements(TABLE, set, some)));
    if (!before.equals(after)) {
      changes.add(new Change.FlushChain(TABLE, CHAIN));
      rules(changes, after);
      for (int count : before) {
        if (!after.contains(count)) {
          changes.add(new Change.DeleteSet(TABLE, leadingTo(count)));
        }
      }
    }
    return List.copyOf(changes);
  }

  /// Elements by the set that they are to come to, or go from.
  private static final class Elements {
    private final Map<SetSpec, List<SetSpec.Element>> all = new LinkedHashMap<>();

    private void add(SetSpec set, SetSpec.Element element) {
      all.computeIfAbsent(set, _ -> new ArrayList<>()).add(element);
    }

    /// That the address leads to so many tasks.
    void lead(Inet4Address address, Behind behind) {
      add(
          leadingTo(behind.count()),
          new SetSpec.Element(List.of(new Datum.Address(address)), new SetSpec.Target.None()));
    }

    /// Which tasks these are, but for those that have the same number among the others.
    void number(Inet4Address address, Behind behind, Behind other) {
      List<Inet4Address> tasks = behind.tasks();
      List<Inet4Address> others = other.tasks();
      for (int i = 0; i < tasks.size(); i++) {
        if (i >= others.size() || !tasks.get(i).equals(others.get(i))) {
          add(
              TASKS,
              new SetSpec.Element(
                  List.of(new Datum.Address(address), new Datum.Int(i)),
                  new SetSpec.Target.Values(List.of(new Datum.Address(tasks.get(i))))));
        }
      }
    }
  }
}
