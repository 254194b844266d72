package swarm.network.nft;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import swarm.network.netlink.AttributeWriter;
import swarm.network.netlink.Request;

/// Changes as the netlink messages of one nf_tables transaction. Pure.
public final class NftEncoder {
  private static final int SUBSYSTEM = 10;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int NEW_TABLE = 0;
  private static final int GET_TABLE = 1;
  private static final int DELETE_TABLE = 2;
  private static final int NEW_CHAIN = 3;
  private static final int GET_CHAIN = 4;
  private static final int DELETE_CHAIN = 5;
  private static final int NEW_RULE = 6;
  private static final int GET_RULE = 7;
  private static final int DELETE_RULE = 8;
  private static final int NEW_SET = 9;
  private static final int DELETE_SET = 11;
  private static final int NEW_ELEMENTS = 12;
  private static final int GET_ELEMENTS = 13;
  private static final int DELETE_ELEMENTS = 14;
  private static final int APPEND = 0x800;

  private static final int SET_ANONYMOUS = 1;
  private static final int SET_CONSTANT = 2;
  private static final int SET_MAP = 8;
  private static final int TYPE_VERDICT = 0xffffff00;
  private static final int VERDICT_GOTO = -4;

  /// An attribute holds 64 KiB: longer lists of elements are cut.
  private static final int ELEMENTS_PER_MESSAGE = 250;

  /// Rules that are inserted translate nothing in turn.
  private static final Expressions.AnonymousMap NO_MAP = new Expressions.AnonymousMap("", 0);

  private final List<Request> out = new ArrayList<>();
  private int anonymousSets;

  private NftEncoder() {}

  /// The messages, those that begin and end the transaction included.
  public static List<Request> encode(List<Change> changes) {
    var encoder = new NftEncoder();
    encoder.out.add(batch(BATCH_BEGIN, "nftables transaction"));
    changes.forEach(encoder::add);
    encoder.out.add(batch(BATCH_END, "end of nftables transaction"));
    return List.copyOf(encoder.out);
  }

  private static Request batch(int type, String what) {
    // struct nfgenmsg: the resource id, in network order, names the subsystem
    return new Request(
        what, type, 0, new AttributeWriter().u8(0).u8(0).u8(0).u8(SUBSYSTEM).toBytes());
  }

  private void add(Change change) {
    Table table = change.table();
    switch (change) {
      case Change.AddTable(_) ->
          message(change, NEW_TABLE, Request.CREATE, header(table).text(1, table.name()));
      case Change.DeleteTable(_) ->
          message(change, DELETE_TABLE, 0, header(table).text(1, table.name()));
      case Change.AddChain(_, String chain, var hook) -> {
        AttributeWriter body = header(table).text(1, table.name()).text(3, chain);
        hook.ifPresent(where -> hook(body, where));
        message(change, NEW_CHAIN, Request.CREATE, body);
      }
      case Change.DeleteChain(_, String chain) ->
          message(change, DELETE_CHAIN, 0, header(table).text(1, table.name()).text(3, chain));
      case Change.FlushChain(_, String chain) ->
          message(change, DELETE_RULE, 0, header(table).text(1, table.name()).text(2, chain));
      case Change.AddRule rule -> rule(rule);
      case Change.InsertRule insert -> insert(insert);
      case Change.DeleteRule(_, String chain, long handle) ->
          message(
              change,
              DELETE_RULE,
              0,
              header(table).text(1, table.name()).text(2, chain).bytes(3, handle(handle)));
      case Change.AddSet(_, SetSpec set) -> set(change, table, set, 0, ++anonymousSets);
      case Change.DeleteSet(_, SetSpec set) ->
          message(change, DELETE_SET, 0, header(table).text(1, table.name()).text(2, set.name()));
      case Change.AddElements(_, SetSpec set, var elements) ->
          elements(change, NEW_ELEMENTS, Request.CREATE, table, set.name(), 0, elements);
      case Change.DeleteElements(_, SetSpec set, var elements) ->
          elements(change, DELETE_ELEMENTS, 0, table, set.name(), 0, elements);
    }
  }

  private void hook(AttributeWriter body, Hook hook) {
    body.nested(
            4,
            where -> {
              where.network32(1, hook.point().number()).network32(2, hook.priority());
              hook.device().ifPresent(device -> where.text(3, device));
            })
        .text(7, hook.type().text());
  }

  private void rule(Change.AddRule rule) {
    Table table = rule.table();
    var map = new Expressions.AnonymousMap("__map%d", anonymousSets + 1);
    for (Statement statement : rule.rule()) {
      List<Statement.Backend> backends = backends(statement);
      if (!backends.isEmpty()) {
        anonymousSets++;
        anonymousMap(rule, table, map, backends);
      }
    }
    AttributeWriter body =
        header(table)
            .text(1, table.name())
            .text(2, rule.chain())
            .nested(4, list -> Expressions.write(list, rule.rule(), map));
    message(rule, NEW_RULE, Request.CREATE | APPEND, body);
  }

  /// Those that a statement chooses from; none for others.
  private static List<Statement.Backend> backends(Statement statement) {
    if (statement instanceof Statement.TranslateInTurn(var backends)) {
      return backends;
    }
    return statement instanceof Statement.TranslateByCaller(var backends) ? backends : List.of();
  }

  private void insert(Change.InsertRule insert) {
    AttributeWriter body =
        header(insert.table())
            .text(1, insert.table().name())
            .text(2, insert.chain())
            .nested(4, list -> Expressions.write(list, insert.rule(), NO_MAP));
    insert.before().ifPresent(other -> body.bytes(6, handle(other)));
    body.bytes(7, comment(insert.comment()));
    int place = insert.before().isPresent() ? 0 : APPEND;
    message(insert, NEW_RULE, Request.CREATE | place, body);
  }

  private static byte[] handle(long handle) {
    return ByteBuffer.allocate(Long.BYTES).putLong(handle).array();
  }

  private void anonymousMap(
      Change rule, Table table, Expressions.AnonymousMap map, List<Statement.Backend> backends) {
    var spec =
        new SetSpec(
            map.name(),
            List.of(SetSpec.Type.INTEGER),
            new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));
    List<SetSpec.Element> elements =
        IntStream.range(0, backends.size())
            .mapToObj(
                i ->
                    new SetSpec.Element(
                        List.of(new Datum.Int(i)),
                        new SetSpec.Target.Values(
                            List.of(
                                new Datum.Address(backends.get(i).address()),
                                new Datum.Port(backends.get(i).port())))))
            .toList();
    set(rule, table, spec, SET_ANONYMOUS | SET_CONSTANT, map.id());
    elements(rule, NEW_ELEMENTS, Request.CREATE, table, map.name(), map.id(), elements);
  }

  private void set(Change why, Table table, SetSpec set, int flags, int id) {
    AttributeWriter body =
        header(table)
            .text(1, table.name())
            .text(2, set.name())
            .network32(4, SetSpec.Type.number(set.key()))
            .network32(5, SetSpec.Type.bytes(set.key()))
            .network32(10, id);
    switch (set.content()) {
      case SetSpec.Content.Members() -> body.network32(3, flags);
      case SetSpec.Content.Values(var types) ->
          body.network32(3, flags | SET_MAP)
              .network32(6, SetSpec.Type.number(types))
              .network32(7, SetSpec.Type.bytes(types));
      case SetSpec.Content.Verdicts() ->
          body.network32(3, flags | SET_MAP).network32(6, TYPE_VERDICT);
    }
    if (set.key().equals(List.of(SetSpec.Type.INTEGER))) {
      // tells `nft list` that the numbers are in the machine's order (type 0, 4 bytes, value 1)
      body.bytes(13, new byte[] {0, 4, 1, 0, 0, 0});
    }
    message(why, NEW_SET, Request.CREATE, body);
  }

  private void elements(
      Change why,
      int type,
      int flags,
      Table table,
      String set,
      int id,
      List<SetSpec.Element> elements) {
    for (int from = 0; from < elements.size(); from += ELEMENTS_PER_MESSAGE) {
      List<SetSpec.Element> some =
          elements.subList(from, Math.min(elements.size(), from + ELEMENTS_PER_MESSAGE));
      AttributeWriter body = header(table).text(1, table.name()).text(2, set);
      if (id != 0) {
        body.network32(4, id);
      }
      boolean keysOnly = type == DELETE_ELEMENTS;
      body.nested(
          3, list -> some.forEach(element -> list.nested(1, e -> element(e, element, keysOnly))));
      message(why, type, flags, body);
    }
  }

  private static void element(AttributeWriter out, SetSpec.Element element, boolean keyOnly) {
    out.nested(1, key -> key.bytes(1, concat(element.key())));
    if (keyOnly) {
      return;
    }
    switch (element.target()) {
      case SetSpec.Target.None() -> {}
      case SetSpec.Target.Values(var values) ->
          out.nested(2, data -> data.bytes(1, concat(values)));
      case SetSpec.Target.Goto(String chain) ->
          out.nested(2, data -> data.nested(2, v -> Expressions.verdict(v, VERDICT_GOTO, chain)));
    }
    if (!element.comment().isEmpty()) {
      out.bytes(6, comment(element.comment()));
    }
  }

  /// As libnftnl keeps comments: type 0, length, text with its zero.
  private static byte[] comment(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    var bytes = new byte[utf8.length + 3];
    bytes[1] = (byte) (utf8.length + 1);
    System.arraycopy(utf8, 0, bytes, 2, utf8.length);
    return bytes;
  }

  private static byte[] concat(List<Datum> parts) {
    if (parts.size() == 1) {
      return parts.getFirst().bytes();
    }
    var out = new ByteArrayOutputStream();
    for (Datum part : parts) {
      byte[] bytes = part.bytes();
      out.writeBytes(Arrays.copyOf(bytes, bytes.length + 3 & ~3));
    }
    return out.toByteArray();
  }

  private void message(Change why, int type, int flags, AttributeWriter body) {
    out.add(
        new Request(
            "nft " + NftText.render(List.of(why)).strip(),
            SUBSYSTEM << 8 | type,
            flags,
            body.toBytes()));
  }

  /// Asks for every table of a family.
  static Request dumpTables(Table.Family family) {
    return new Request(
        "list nft tables",
        SUBSYSTEM << 8 | GET_TABLE,
        Request.DUMP,
        new AttributeWriter().u8(family.number()).u8(0).u16(0).toBytes());
  }

  /// Asks for a table; ENOENT where it is not there.
  static Request getTable(Table table) {
    return new Request(
        "find nft table " + table,
        SUBSYSTEM << 8 | GET_TABLE,
        0,
        header(table).text(1, table.name()).toBytes());
  }

  /// Asks for a chain's rules; none where the chain or its table is not there.
  static Request dumpRules(Table table, String chain) {
    return new Request(
        "list rules of " + chain + " of nft table " + table,
        SUBSYSTEM << 8 | GET_RULE,
        Request.DUMP,
        header(table).text(1, table.name()).text(2, chain).toBytes());
  }

  /// Asks for every chain of a family.
  static Request dumpChains(Table.Family family) {
    return new Request(
        "list nft chains",
        SUBSYSTEM << 8 | GET_CHAIN,
        Request.DUMP,
        new AttributeWriter().u8(family.number()).u8(0).u16(0).toBytes());
  }

  /// Asks for a chain; ENOENT where it is not there.
  static Request getChain(Table table, String chain) {
    return new Request(
        "find chain " + chain + " of nft table " + table,
        SUBSYSTEM << 8 | GET_CHAIN,
        0,
        header(table).text(1, table.name()).text(3, chain).toBytes());
  }

  /// Asks for a set's elements.
  static Request dumpElements(Table table, String set) {
    return new Request(
        "list elements of " + set + " of nft table " + table,
        SUBSYSTEM << 8 | GET_ELEMENTS,
        Request.DUMP,
        header(table).text(1, table.name()).text(2, set).toBytes());
  }

  /// `struct nfgenmsg`.
  private static AttributeWriter header(Table table) {
    return new AttributeWriter().u8(table.family().number()).u8(0).u16(0);
  }
}
