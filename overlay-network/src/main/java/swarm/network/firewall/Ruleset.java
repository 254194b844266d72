package swarm.network.firewall;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.network.nft.Hook;
import swarm.network.nft.Table;

/// The rules of others that packets for the host, and those that it passes on, go through.
///
/// @param chains base chains at the hooks input and forward, and whatever they lead to
/// @param sets what rules look up
record Ruleset(Map<Id, Chain> chains, Sets sets) {
  /// A chain's name in the host's namespace.
  record Id(Table table, String chain) {}

  /// @param base empty where it is only jumped to
  /// @param rules in order
  record Chain(Id id, Optional<Base> base, List<Rule> rules) {}

  /// Where a chain is called by the kernel.
  ///
  /// @param drops what becomes of packets that no rule decides on
  record Base(Hook.Point point, boolean drops) {}

  /// @param handle the kernel's number of it
  /// @param comment empty where it has none
  record Rule(long handle, String comment, List<Expression> expressions) {}

  /// Elements of sets and maps, asked for only where a known value is looked up.
  interface Sets {
    /// @throws IOException where the kernel does not answer
    List<Element> of(Table table, String set) throws IOException;
  }

  /// @param key what it is looked up by; empty for the one that stands for all others
  /// @param end whether it ends a range, itself outside of it
  /// @param concatenated whether it is a range in several fields at once
  /// @param data the value; empty in sets and verdict maps
  /// @param verdict what a verdict map says
  record Element(
      byte[] key,
      boolean end,
      boolean concatenated,
      byte[] data,
      Optional<Expression.Verdict> verdict) {}
}
