package swarm.network.overlay;

import java.util.ArrayList;
import java.util.List;
import swarm.network.nft.Change;
import swarm.network.nft.Hook;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Statement.InterfaceIs;
import swarm.network.nft.Table;

/// The host's nf_tables rules for the cluster's networks, the same whichever there are. Pure.
///
/// Where bridges call the IPv4 hooks (`br_netfilter`), the host sees the frames that pass through:
/// two networks may have the same addresses, so it must neither track nor translate them. Nothing
/// of these networks is for the host itself, nor does it forward between them and anything else.
final class OverlayRules {
  static final Table TABLE = new Table(Table.Family.IP, "swarm_overlay");

  private OverlayRules() {}

  /// Makes the table anew, replacing what is there in the same transaction.
  ///
  /// @param bridges what the names of the networks' bridges begin with
  static List<Change> replace(String bridges) {
    var in = new InterfaceIs(End.SOURCE, bridges + "*", false);
    var out = new InterfaceIs(End.DESTINATION, bridges + "*", false);
    var notIn = new InterfaceIs(End.SOURCE, bridges + "*", true);
    var notOut = new InterfaceIs(End.DESTINATION, bridges + "*", true);
    var changes = new ArrayList<Change>();
    changes.addAll(remove());
    changes.addAll(
        List.of(
            new Change.AddTable(TABLE),
            chain("raw_prerouting", Hook.Point.PREROUTING, Hook.RAW),
            rule("raw_prerouting", in, new Statement.NoTrack()),
            chain("filter_input", Hook.Point.INPUT, Hook.FILTER),
            rule("filter_input", in, new Statement.Drop()),
            chain("filter_forward", Hook.Point.FORWARD, Hook.FILTER),
            rule("filter_forward", in, notOut, new Statement.Drop()),
            rule("filter_forward", notIn, out, new Statement.Drop())));
    return List.copyOf(changes);
  }

  static List<Change> remove() {
    return List.of(new Change.AddTable(TABLE), new Change.DeleteTable(TABLE));
  }

  private static Change rule(String chain, Statement... statements) {
    return new Change.AddRule(TABLE, chain, statements);
  }

  private static Change chain(String name, Hook.Point point, int priority) {
    return new Change.AddChain(TABLE, name, new Hook(Hook.Type.FILTER, point, priority));
  }
}
