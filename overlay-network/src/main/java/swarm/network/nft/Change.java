package swarm.network.nft;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One step of a transaction.
public sealed interface Change {
  /// Makes the table where it is missing.
  record AddTable(Table table) implements Change {}

  /// Removes the table with all in it; it must be there.
  record DeleteTable(Table table) implements Change {}

  /// Makes a chain: a base chain where it has a hook, else one to jump to.
  record AddChain(Table table, String chain, Optional<Hook> hook) implements Change {
    public AddChain(Table table, String chain, Hook hook) {
      this(table, chain, Optional.of(hook));
    }

    public AddChain(Table table, String chain) {
      this(table, chain, Optional.empty());
    }
  }

  /// Removes a chain that nothing leads to, with its rules.
  record DeleteChain(Table table, String chain) implements Change {}

  /// Removes the chain's rules.
  record FlushChain(Table table, String chain) implements Change {}

  /// Appends a rule to the chain.
  record AddRule(Table table, String chain, List<Statement> rule) implements Change {
    public AddRule(Table table, String chain, Statement... rule) {
      this(table, chain, List.of(rule));
    }
  }

  /// Puts a rule before another one of the chain.
  ///
  /// @param before the kernel's number of that one; empty: behind all there are
  /// @param comment by which it is found again, see [NftClient#rules]
  record InsertRule(
      Table table, String chain, OptionalLong before, String comment, List<Statement> rule)
      implements Change {}

  /// Removes one rule.
  ///
  /// @param handle the kernel's number of it
  record DeleteRule(Table table, String chain, long handle) implements Change {}

  /// Makes a named set or map.
  record AddSet(Table table, SetSpec set) implements Change {}

  /// Removes a named set or map that no rule asks any more.
  record DeleteSet(Table table, SetSpec set) implements Change {}

  /// Adds elements; fails where one of the keys stands for something else.
  record AddElements(Table table, SetSpec set, List<SetSpec.Element> elements) implements Change {}

  /// Removes elements; fails where one is missing.
  record DeleteElements(Table table, SetSpec set, List<SetSpec.Element> elements)
      implements Change {}

  /// The table that it changes.
  Table table();
}
