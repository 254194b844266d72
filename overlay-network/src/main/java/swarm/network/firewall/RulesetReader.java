package swarm.network.firewall;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import swarm.network.netlink.Attributes;
import swarm.network.nft.Hook;
import swarm.network.nft.NftClient;
import swarm.network.nft.Table;

/// Reads what a packet for or through the host meets in others' tables: only the base chains at
/// these hooks and what they lead to, as hosts with many thousands of rules have them elsewhere.
final class RulesetReader {
  /// Tables of ours begin so; nobody else's are to.
  private static final String OURS = "swarm";

  private static final List<Table.Family> FAMILIES = List.of(Table.Family.IP, Table.Family.INET);
  private static final int INTERVAL_END = 1;
  private static final int CATCH_ALL = 2;
  private static final byte[] NONE = {};

  private RulesetReader() {}

  /// Whether a table is ours, whichever part of this program made it.
  static boolean isOurs(String table) {
    return table.equals(OURS) || table.startsWith(OURS + "_");
  }

  static Ruleset read(NftClient nft) throws IOException {
    var headers = new LinkedHashMap<Ruleset.Id, Optional<Ruleset.Base>>();
    for (Table.Family family : FAMILIES) {
      for (Attributes chain : nft.chains(family)) {
        String table = chain.text(1).orElse("");
        if (!isOurs(table)) {
          headers.put(
              new Ruleset.Id(new Table(family, table), chain.text(3).orElse("")), base(chain));
        }
      }
    }
    var chains = new LinkedHashMap<Ruleset.Id, Ruleset.Chain>();
    Deque<Ruleset.Id> waiting = new ArrayDeque<>();
    headers.forEach(
        (id, base) -> {
          if (base.isPresent()) {
            waiting.add(id);
          }
        });
    var sets = new CachedSets(nft);
    while (!waiting.isEmpty()) {
      Ruleset.Id id = waiting.poll();
      Optional<Ruleset.Base> base = headers.get(id);
      if (base == null || chains.containsKey(id)) {
        continue;
      }
      var rules = new ArrayList<Ruleset.Rule>();
      for (Attributes rule : nft.undecodedRules(id.table(), id.chain())) {
        rules.add(rule(rule));
      }
      chains.put(id, new Ruleset.Chain(id, base, List.copyOf(rules)));
      for (Ruleset.Rule rule : rules) {
        for (String next : leadsTo(id.table(), rule, sets)) {
          waiting.add(new Ruleset.Id(id.table(), next));
        }
      }
    }
    return new Ruleset(chains, sets);
  }

  /// A filter's hook, where packets for or through the host meet it; empty for all others.
  private static Optional<Ruleset.Base> base(Attributes chain) {
    if (chain.text(7).filter("filter"::equals).isEmpty()) {
      return Optional.empty();
    }
    boolean drops = chain.network32(5).orElse(Expression.Verdict.ACCEPT) == Expression.Verdict.DROP;
    return switch (chain.nested(4).network32(1).orElse(-1)) {
      case 1 -> Optional.of(new Ruleset.Base(Hook.Point.INPUT, drops));
      case 2 -> Optional.of(new Ruleset.Base(Hook.Point.FORWARD, drops));
      default -> Optional.empty();
    };
  }

  private static List<String> leadsTo(Table table, Ruleset.Rule rule, Ruleset.Sets sets)
      throws IOException {
    var names = new ArrayList<String>();
    for (Expression expression : rule.expressions()) {
      if (expression instanceof Expression.Verdict(_, String chain) && !chain.isEmpty()) {
        names.add(chain);
      } else if (expression instanceof Expression.Lookup(String set, _, var to, _)
          && to.isPresent()
          && to.getAsInt() == 0) {
        for (Ruleset.Element element : sets.of(table, set)) {
          element.verdict().map(Expression.Verdict::chain).ifPresent(names::add);
        }
      }
    }
    return names;
  }

  private record CachedSets(NftClient nft, Map<String, List<Ruleset.Element>> known)
      implements Ruleset.Sets {
    CachedSets(NftClient nft) {
      this(nft, new HashMap<>());
    }

    @Override
    public List<Ruleset.Element> of(Table table, String set) throws IOException {
      String name = table + " " + set;
      List<Ruleset.Element> there = known.get(name);
      if (there == null) {
        there = nft.undecodedElements(table, set).stream().map(RulesetReader::element).toList();
        known.put(name, there);
      }
      return there;
    }
  }

  private static Ruleset.Element element(Attributes element) {
    int flags = element.network32(3).orElse(0);
    Attributes data = element.nested(2);
    return new Ruleset.Element(
        (flags & CATCH_ALL) != 0 ? NONE : element.nested(1).bytes(1).orElse(NONE),
        (flags & INTERVAL_END) != 0,
        element.bytes(10).isPresent(),
        data.bytes(1).orElse(NONE),
        data.bytes(2).map(_ -> verdict(data.nested(2))));
  }

  private static Ruleset.Rule rule(Attributes rule) {
    List<Expression> expressions =
        Attributes.list(rule.bytes(4).orElse(NONE)).stream()
            .map(one -> Attributes.parse(one, 0))
            .map(one -> expression(one.text(1).orElse(""), one.nested(2)))
            .toList();
    return new Ruleset.Rule(
        rule.bytes(3).map(handle -> ByteBuffer.wrap(handle).getLong()).orElse(0L),
        NftClient.comment(rule.bytes(7).orElse(NONE)),
        expressions);
  }

  /// Decodes one expression by its name and data.
  static Expression expression(String name, Attributes data) {
    return switch (name) {
      case "meta" ->
          data.network32(1).isPresent()
              ? new Expression.Meta(number(data, 2), number(data, 1))
              : new Expression.PassesBy();
      case "ct" ->
          data.network32(1).isPresent()
              ? new Expression.Conntrack(number(data, 2), number(data, 1))
              : new Expression.PassesBy();
      case "payload" ->
          data.network32(1).isPresent()
              ? new Expression.Payload(
                  number(data, 2), number(data, 3), number(data, 4), number(data, 1))
              : new Expression.PassesBy();
      case "fib" -> new Expression.Fib(number(data, 2), number(data, 3), number(data, 1));
      case "bitwise" -> bitwise(data);
      case "byteorder" ->
          new Expression.ByteOrder(
              number(data, 1), number(data, 2), number(data, 4), number(data, 5));
      case "cmp" -> new Expression.Compare(number(data, 1), number(data, 2), value(data, 3));
      case "range" ->
          new Expression.Range(
              number(data, 1), number(data, 2) != 0, value(data, 3), value(data, 4));
      case "lookup" ->
          new Expression.Lookup(
              data.text(1).orElse(""),
              number(data, 2),
              data.network32(3),
              (data.network32(5).orElse(0) & 1) != 0);
      case "immediate" ->
          data.nested(2).bytes(2).isPresent()
              ? verdict(data.nested(2).nested(2))
              : new Expression.Constant(number(data, 1), value(data, 2));
      case "match" ->
          new Expression.Match(
              data.text(1).orElse(""), number(data, 2), data.bytes(3).orElse(NONE));
      case "target" -> new Expression.Target(data.text(1).orElse(""));
      case "reject" -> new Expression.Reject();
      case "counter", "log", "notrack", "dup", "flow_offload", "objref", "last", "dynset" ->
          new Expression.PassesBy();
      case "limit", "quota", "connlimit" -> new Expression.Sometimes();
      default -> new Expression.Unread(name);
    };
  }

  private static Expression bitwise(Attributes data) {
    boolean masks = data.network32(6).orElse(0) == 0;
    return masks
        ? new Expression.Bitwise(number(data, 1), number(data, 2), value(data, 4), value(data, 5))
        : new Expression.Unread("bitwise");
  }

  private static Expression.Verdict verdict(Attributes verdict) {
    return new Expression.Verdict(number(verdict, 1), verdict.text(2).orElse(""));
  }

  private static int number(Attributes data, int type) {
    OptionalInt number = data.network32(type);
    return number.orElse(0);
  }

  private static byte[] value(Attributes data, int type) {
    return data.nested(type).bytes(1).orElse(NONE);
  }

  /// Which rules of ours are in others' chains.
  ///
  /// @return by chain, in the rules' order
  static Map<Ruleset.Id, List<Ruleset.Rule>> ofOurs(Ruleset ruleset) {
    var found = new TreeMap<Ruleset.Id, List<Ruleset.Rule>>(Finding.BY_CHAIN);
    ruleset
        .chains()
        .forEach(
            (id, chain) -> {
              List<Ruleset.Rule> ours = chain.rules().stream().filter(Openings::isOurs).toList();
              if (!ours.isEmpty()) {
                found.put(id, ours);
              }
            });
    return found;
  }
}
