package swarm.network.firewall;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// A rule of others where packets end that we accept.
///
/// @param base the chain that the kernel called
/// @param chain where the rule is: that one, or one that it leads to
/// @param handle the kernel's number of the rule; empty for the chain's policy
/// @param how what happens there, as `nft` writes it
/// @param certain whether all such packets end there; else some may
/// @param stopped what ends there
/// @param remedy what would let it pass, as a command
public record Finding(
    String table,
    String base,
    String chain,
    OptionalLong handle,
    String how,
    boolean certain,
    List<Opening> stopped,
    String remedy) {
  static final Comparator<Ruleset.Id> BY_CHAIN =
      Comparator.comparing((Ruleset.Id id) -> id.table().toString())
          .thenComparing(Ruleset.Id::chain);

  /// What packets meet there: `policy drop of chain FORWARD of table ip filter`.
  public String rule() {
    String what =
        handle.isPresent() ? "the rule with handle " + handle.getAsLong() + " (" + how + ")" : how;
    String called = base.equals(chain) ? "" : ", called from " + base;
    return what + " in chain " + chain + " of table " + table + called;
  }

  /// In plain words, with what to do.
  public String text() {
    String what = stopped.stream().map(Opening::name).collect(Collectors.joining(", "));
    return "this host's firewall "
        + (certain ? "drops" : "may drop")
        + " what swarm accepts ("
        + what
        + "): "
        + rule()
        + ". Start the daemon with --manage-firewall, or run: "
        + remedy;
  }
}
