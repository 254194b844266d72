package swarm.cli.spec;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;

/// Names of capabilities, as users write them and as the API has them. Pure.
public final class Capabilities {
  private static final String ALL = "ALL";
  private static final String RESET = "RESET";

  private Capabilities() {}

  /// `net_admin` is `CAP_NET_ADMIN`; `ALL` stays.
  public static String canonical(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    boolean whole = upper.equals(ALL) || upper.equals(RESET) || upper.startsWith("CAP_");
    return whole ? upper : "CAP_" + upper;
  }

  /// What a service has more, or less, than others.
  ///
  /// @param added by canonical names
  /// @param dropped likewise
  public record Lists(List<String> added, List<String> dropped) {
    public Lists {
      added = List.copyOf(added);
      dropped = List.copyOf(dropped);
    }

    /// Changes both as Docker's command does: what was dropped and is added is as with others
    /// again, and the other way round; what is named in both is added; `RESET` empties a list.
    ///
    /// @param more to be added, as users write them
    /// @param less to be dropped
    public Lists changed(Collection<String> more, Collection<String> less) {
      NavigableSet<String> toAdd = canonical(more);
      NavigableSet<String> toDrop = canonical(less);
      NavigableSet<String> add = toAdd.remove(RESET) ? new TreeSet<>() : canonical(added);
      NavigableSet<String> drop = toDrop.remove(RESET) ? new TreeSet<>() : canonical(dropped);
      toDrop.removeAll(toAdd);
      for (String name : toDrop) {
        if (!add.remove(name)) {
          drop.add(name);
        }
      }
      for (String name : toAdd) {
        if (!drop.remove(name)) {
          add.add(name);
        }
      }
      return new Lists(listed(add), listed(drop));
    }

    private static NavigableSet<String> canonical(Collection<String> names) {
      var all = new TreeSet<String>();
      names.forEach(name -> all.add(Capabilities.canonical(name)));
      return all;
    }

    private static List<String> listed(NavigableSet<String> names) {
      return names.contains(ALL) ? List.of(ALL) : List.copyOf(names);
    }
  }
}
