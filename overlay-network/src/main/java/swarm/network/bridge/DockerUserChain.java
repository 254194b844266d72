package swarm.network.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import swarm.network.nft.Change;
import swarm.network.nft.NftClient;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Table;

/// Docker's own daemon beside us drops whatever it did not plan to forward: the policy of its
/// `FORWARD` chain, and a drop is final, whatever our own table says. The chain `DOCKER-USER` is
/// where it asks others to put their exceptions, and keeps them. Ours are two rules for each of our
/// bridges; where there is no such chain, nothing is done.
///
/// They stand behind the user's own rules, which so hold for our containers, too, and before the
/// `RETURN` that Docker ends the chain with.
///
/// Docker drops only where forwarding was off when it started. We turn it on: so it is enough to
/// look when a bridge is made or adopted.
public final class DockerUserChain {
  /// Docker's, of which one chain is for others.
  public static final Table TABLE = new Table(Table.Family.IP, "filter");

  static final String CHAIN = "DOCKER-USER";

  private DockerUserChain() {}

  /// Lets what comes from and goes to our bridges pass; those that pass already stay as they are.
  public static void admit(NftClient nft, List<String> bridges) throws IOException {
    if (nft.exists(TABLE, CHAIN)) {
      nft.apply(admission(nft.rules(TABLE, CHAIN), bridges));
    }
  }

  /// Takes back the rules of bridges that are gone.
  public static void dismiss(NftClient nft, List<String> bridges) throws IOException {
    if (nft.exists(TABLE, CHAIN)) {
      nft.apply(dismissal(nft.rules(TABLE, CHAIN), bridges));
    }
  }

  static List<Change> admission(List<NftClient.RawRule> there, List<String> bridges) {
    Set<String> known = new HashSet<>();
    there.forEach(rule -> known.add(rule.comment()));
    OptionalLong end = end(there);
    List<Change> changes = new ArrayList<>();
    for (String bridge : bridges) {
      for (Map.Entry<String, End> way : ways(bridge)) {
        if (!known.contains(way.getKey())) {
          changes.add(
              new Change.InsertRule(
                  TABLE,
                  CHAIN,
                  end,
                  way.getKey(),
                  List.of(
                      new Statement.InterfaceIs(way.getValue(), bridge, false),
                      new Statement.Accept())));
        }
      }
    }
    return changes;
  }

  // Where Docker's RETURN is not last, somebody changed the chain: behind everything.
  private static OptionalLong end(List<NftClient.RawRule> there) {
    return there.isEmpty() || !there.getLast().returns()
        ? OptionalLong.empty()
        : OptionalLong.of(there.getLast().handle());
  }

  static List<Change> dismissal(List<NftClient.RawRule> there, List<String> bridges) {
    Set<String> gone = new HashSet<>();
    bridges.forEach(bridge -> ways(bridge).forEach(way -> gone.add(way.getKey())));
    List<Change> changes = new ArrayList<>();
    for (NftClient.RawRule rule : there) {
      if (gone.contains(rule.comment())) {
        changes.add(new Change.DeleteRule(TABLE, CHAIN, rule.handle()));
      }
    }
    return changes;
  }

  private static List<Map.Entry<String, End>> ways(String bridge) {
    return List.of(
        Map.entry("swarm: from " + bridge, End.SOURCE),
        Map.entry("swarm: to " + bridge, End.DESTINATION));
  }
}
