package swarm.network.nft;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import swarm.network.netlink.Ipv4;

/// Changes as `nft -f -` reads them. Pure.
///
/// Four statements have no text that nft 1.0.6 accepts, [Statement.ReceiverByMark],
/// [Statement.TranslateBySender], [Statement.TranslateToOneOf] and [Statement.TranslateToCallers];
/// they are written as `nft list` shows them.
public final class NftText {
  private NftText() {}

  /// One line for each change.
  public static String render(List<Change> changes) {
    return changes.stream().map(NftText::render).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String render(Change change) {
    return switch (change) {
      case Change.AddTable(Table table) -> "add table " + table;
      case Change.DeleteTable(Table table) -> "delete table " + table;
      case Change.AddChain(Table table, String chain, var hook) ->
          "add chain " + table + " " + chain + hook.map(NftText::hook).orElse("");
      case Change.DeleteChain(Table table, String chain) -> "delete chain " + table + " " + chain;
      case Change.FlushChain(Table table, String chain) -> "flush chain " + table + " " + chain;
      case Change.AddRule(Table table, String chain, List<Statement> rule) ->
          "add rule " + table + " " + chain + " " + rule(rule);
      case Change.InsertRule(Table table, String chain, var before, String comment, var rule) ->
          (before.isPresent()
                  ? "insert rule %s %s handle %d".formatted(table, chain, before.getAsLong())
                  : "add rule %s %s".formatted(table, chain))
              + " %s comment \"%s\"".formatted(rule(rule), comment);
      case Change.DeleteRule(Table table, String chain, long handle) ->
          "delete rule " + table + " " + chain + " handle " + handle;
      case Change.AddSet(Table table, SetSpec set) -> set(table, set);
      case Change.DeleteSet(Table table, SetSpec set) ->
          (set.content() instanceof SetSpec.Content.Members ? "delete set " : "delete map ")
              + table
              + " "
              + set.name();
      case Change.AddElements(Table table, SetSpec set, var elements) ->
          "add element " + table + " " + set.name() + " " + elements(elements, true);
      case Change.DeleteElements(Table table, SetSpec set, var elements) ->
          "delete element " + table + " " + set.name() + " " + elements(elements, false);
    };
  }

  private static String hook(Hook hook) {
    return " { type "
        + hook.type().text()
        + " hook "
        + hook.point().text()
        + hook.device().map(device -> " device \"" + device + "\"").orElse("")
        + " priority "
        + hook.priority()
        + "; }";
  }

  private static String set(Table table, SetSpec set) {
    String key = SetSpec.Type.text(set.key());
    return switch (set.content()) {
      case SetSpec.Content.Members() ->
          "add set " + table + " " + set.name() + " { type " + key + "; }";
      case SetSpec.Content.Values(var types) ->
          "add map %s %s { type %s : %s; }"
              .formatted(table, set.name(), key, SetSpec.Type.text(types));
      case SetSpec.Content.Verdicts() ->
          "add map %s %s { type %s : verdict; }".formatted(table, set.name(), key);
    };
  }

  private static String elements(List<SetSpec.Element> elements, boolean targets) {
    return elements.stream()
        .map(element -> element(element, targets))
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private static String element(SetSpec.Element element, boolean targets) {
    String key = concat(element.key());
    if (!targets) {
      return key;
    }
    String commented =
        element.comment().isEmpty() ? key : key + " comment \"" + element.comment() + "\"";
    return switch (element.target()) {
      case SetSpec.Target.None() -> commented;
      case SetSpec.Target.Values(var values) -> commented + " : " + concat(values);
      case SetSpec.Target.Goto(String chain) -> commented + " : goto " + chain;
    };
  }

  private static String concat(List<Datum> parts) {
    return parts.stream().map(Datum::text).collect(Collectors.joining(" . "));
  }

  /// One rule's statements.
  static String rule(List<Statement> rule) {
    return rule.stream().map(NftText::statement).collect(Collectors.joining(" "));
  }

  private static String statement(Statement statement) {
    return switch (statement) {
      case Statement.InterfaceIs(var end, String name, boolean negated) ->
          (end == Statement.End.SOURCE ? "iifname " : "oifname ")
              + not(negated)
              + "\""
              + name
              + "\"";
      case Statement.AddressIn(var end, var network, boolean negated) ->
          address(end) + not(negated) + network;
      case Statement.AddressInSet(var end, String set, boolean negated) ->
          address(end) + not(negated) + "@" + set;
      case Statement.ReceiverIs(var mac, boolean negated) -> "ether daddr " + not(negated) + mac;
      case Statement.ProtocolIs(var protocol) -> "meta l4proto " + protocol.text();
      case Statement.PortIs(var protocol, int port) -> protocol.text() + " dport " + port;
      case Statement.LocalDestination() -> "fib daddr type local";
      case Statement.DestinationTranslated() -> "ct status dnat";
      case Statement.ConnectionKnown() -> "ct state established,related";
      case Statement.TcpSyn() -> "tcp flags syn";
      case Statement.MarkIs(var mark, int mask, int value) ->
          "%s mark & 0x%08x == 0x%08x"
              .formatted(mark == Statement.Mark.PACKET ? "meta" : "ct", mask, value);
      case Statement.Drop() -> "drop";
      case Statement.Accept() -> "accept";
      case Statement.Jump(String chain) -> "jump " + chain;
      case Statement.GotoByPort(String map) -> "meta l4proto . th dport vmap @" + map;
      case Statement.Reject() -> "reject";
      case Statement.NoTrack() -> "notrack";
      case Statement.Masquerade() -> "masquerade";
      case Statement.Translate(var address) -> "dnat to " + address.getHostAddress();
      case Statement.TranslateBySender(var network) ->
          "dnat to @ll,64,32 & 0x00ffffff | 0x%08x".formatted(Ipv4.toInt(network.address()));
      case Statement.TranslateByMap(String map, boolean byAddress) ->
          "dnat ip addr . port to "
              + (byAddress ? "ip daddr . " : "")
              + "meta l4proto . th dport map @"
              + map;
      case Statement.TranslateInTurn(var backends) ->
          toOneOf("numgen inc mod " + backends.size(), backends);
      case Statement.TranslateByCaller(var backends) ->
          toOneOf(hashOfCaller(backends.size()), backends);
      case Statement.TranslateToCallers(String map, int count) ->
          "dnat to ip daddr . " + hashOfCaller(count) + " map @" + map;
      case Statement.TranslateToOneOf(String map, int count) ->
          "dnat to ip daddr . numgen random mod " + count + " map @" + map;
      case Statement.ClampSegment(int bytes) -> "tcp option maxseg size set " + bytes;
      case Statement.MarkConnectionBySender() -> "ct mark set @ll,64,32";
      case Statement.ZoneBySender() -> "ct original zone set @ll,80,16";
      case Statement.MarkPacketByConnection() -> "meta mark set ct mark";
      case Statement.ReceiverByMark() -> "@ll,16,32 set meta mark";
    };
  }

  private static String hashOfCaller(int count) {
    return "jhash ip saddr mod %d seed 0x%x".formatted(count, Expressions.CALLER_SEED);
  }

  private static String toOneOf(String which, List<Statement.Backend> backends) {
    String elements =
        IntStream.range(0, backends.size())
            .mapToObj(
                i ->
                    i
                        + " : "
                        + backends.get(i).address().getHostAddress()
                        + " . "
                        + backends.get(i).port())
            .collect(Collectors.joining(", "));
    return "dnat ip addr . port to " + which + " map { " + elements + " }";
  }

  private static String address(Statement.End end) {
    return end == Statement.End.SOURCE ? "ip saddr " : "ip daddr ";
  }

  private static String not(boolean negated) {
    return negated ? "!= " : "";
  }
}
