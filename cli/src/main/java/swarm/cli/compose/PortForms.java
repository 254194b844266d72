package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;

/// `ports`: `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]` with ranges, numbers, and the long form; all
/// become the long form. The address is left out: a service's port is published on every node.
final class PortForms {
  private static final int HIGHEST = 65_535;
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
  private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-fA-F:.%]+]|[0-9a-fA-F:.]+");

  private static final Shape LONG =
      Shapes.record()
          .kept()
          .with("mode", Shapes.TEXT)
          .with("target", PortForms::port)
          .with("published", PortForms::port)
          .with("protocol", Shapes.TEXT);

  private record Range(int first, int last) {
    int more() {
      return last - first;
    }
  }

  private PortForms() {}

  static @Nullable JsonNode read(Value value, String path, Shape.Places places)
      throws ComposeException {
    ArrayNode all = Json.array();
    int i = 0;
    for (Value item : Shapes.items(value, path)) {
      String inner = path + "." + i++;
      places.put(inner, item.place());
      switch (item) {
        case Value.Members _ -> all.add(LONG.read(item, inner, places));
        case Value.Scalar(JsonNode json, _) when json.isTextual() || json.isNumber() ->
            all.addAll(shortForm(item, Scalars.text(json), inner, places));
        case Value.Scalar _, Value.Items _ ->
            throw Shapes.wrong(item, inner, "must be a number, string or mapping");
      }
    }
    return all.isEmpty() ? null : all;
  }

  /// The Compose Specification has texts for published ports.
  private static @Nullable JsonNode port(Value value, String path, Shape.Places places)
      throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _)
        && (json.isTextual() || json.isNumber())
        && json.asText().matches("[0-9]{1,5}")
        && json.asInt() <= HIGHEST) {
      int port = json.asInt();
      return port == 0 ? null : com.fasterxml.jackson.databind.node.IntNode.valueOf(port);
    }
    throw Shapes.wrong(value, path, "must be a integer from 0 to " + HIGHEST);
  }

  /// By target and protocol, as Docker's command orders them.
  private static ArrayNode shortForm(Value value, String text, String path, Shape.Places places)
      throws ComposeException {
    int cut = text.lastIndexOf(':');
    String before = cut < 0 ? "" : text.substring(0, cut);
    String container = text.substring(cut + 1);
    int slash = container.indexOf('/');
    String protocol = slash < 0 ? "tcp" : container.substring(slash + 1).toLowerCase(Locale.ROOT);
    int colon = before.lastIndexOf(':');
    String address = colon < 0 ? "" : before.substring(0, colon);
    String host = before.substring(colon + 1);
    Range targets = range(slash < 0 ? container : container.substring(0, slash));
    Range published = host.isEmpty() ? new Range(0, 0) : range(host);
    if (targets == null
        || published == null
        || targets.first() == 0
        || !PROTOCOLS.contains(protocol)
        || !(address.isEmpty() || ADDRESS.matcher(address).matches())
        || (!host.isEmpty() && targets.more() != published.more() && targets.more() > 0)) {
      throw Shapes.wrong(
          value,
          path,
          "Does not match format 'ports': write it as [PUBLISHED:]TARGET[/PROTOCOL], and is \""
              + text
              + "\"");
    }
    if (!address.isEmpty() && !Set.of("0.0.0.0", "[::]", "::").contains(address)) {
      places.note(
          value.place(), "ignoring IP-address (" + text + ") service will listen on '0.0.0.0'");
    }
    return spread(targets, published, protocol, host.isEmpty());
  }

  private static ArrayNode spread(
      Range targets, Range published, String protocol, boolean anywhere) {
    var all = new TreeMap<String, ArrayNode>();
    for (int i = 0; i <= targets.more(); i++) {
      ArrayNode some = Json.array();
      int first = anywhere ? 0 : published.first() + i;
      int last = targets.more() == 0 ? published.last() : first;
      for (int port = first; port <= last; port++) {
        ObjectNode one = Json.object().put("mode", "ingress").put("target", targets.first() + i);
        if (port != 0) {
          one.put("published", port);
        }
        some.add(one.put("protocol", protocol));
      }
      all.put((targets.first() + i) + "/" + protocol, some);
    }
    ArrayNode flat = Json.array();
    all.values().forEach(flat::addAll);
    return flat;
  }

  private static @Nullable Range range(String text) {
    int dash = text.indexOf('-');
    int first = number(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : number(text.substring(dash + 1));
    return first < 0 || last < first ? null : new Range(first, last);
  }

  /// @return -1 where it is no port
  private static int number(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      return -1;
    }
    int port = Integer.parseInt(text);
    return port <= HIGHEST ? port : -1;
  }
}
