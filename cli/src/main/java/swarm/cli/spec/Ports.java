package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// `-p, --publish`: `[IP:][PUBLISHED:]TARGET[/PROTOCOL]` with ranges, and for services
/// `published=8080,target=80,protocol=tcp,mode=ingress,host_ip=10.0.0.0/8` ([PortAddresses] has the
/// last).
public final class Ports {
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
  private static final Set<String> FIELDS =
      Set.of("published", "target", "protocol", "mode", "host_ip");

  /// One target and where it is published.
  ///
  /// @param address empty for every address of the host
  /// @param published 0 for one that the daemon picks
  private record Mapping(String address, int published, int target, String protocol) {}

  private record Range(int first, int last) {
    int size() {
      return last - first + 1;
    }
  }

  private Ports() {}

  /// A service's ports.
  ///
  /// @return `PortConfig`s
  public static List<ObjectNode> ofService(String text, String option)
      throws InvalidValueException {
    if (text.contains("=")) {
      return List.of(longForm(text, option));
    }
    var all = new ArrayList<ObjectNode>();
    for (Mapping one : mappings(text, option)) {
      if (!one.address().isEmpty()) {
        throw InvalidValueException.of(
            text,
            option,
            "write a service's address as published="
                + one.published()
                + ",target="
                + one.target()
                + ",host_ip="
                + one.address());
      }
      all.add(config(one.protocol(), one.target(), one.published(), "ingress"));
    }
    return all;
  }

  private static ObjectNode longForm(String text, String option) throws InvalidValueException {
    Map<String, String> fields = KeyValues.fields(text, option, FIELDS);
    String target = fields.getOrDefault("target", "");
    if (target.isEmpty()) {
      throw InvalidValueException.of(text, option, "missing mandatory field 'target'");
    }
    String mode = fields.getOrDefault("mode", "ingress");
    if (!mode.equals("ingress") && !mode.equals("host")) {
      throw InvalidValueException.of(
          text,
          option,
          "invalid publish mode value '" + mode + "': must be either ingress or host");
    }
    String published = fields.getOrDefault("published", "");
    return config(
        protocol(fields.getOrDefault("protocol", "tcp"), text, option),
        port(target, text, option),
        published.isEmpty() ? 0 : port(published, text, option),
        mode);
  }

  /// Where a service's port is to answer.
  ///
  /// @param port as the label has it, `8080/tcp`
  /// @param address empty for everywhere
  record Place(String port, String address) {}

  /// Of the ports that one option publishes.
  static List<Place> places(String text, String option) throws InvalidValueException {
    String address =
        text.contains("=")
            ? KeyValues.fields(text, option, FIELDS).getOrDefault("host_ip", "")
            : "";
    var all = new ArrayList<Place>();
    for (ObjectNode port : ofService(text, option)) {
      int published = port.path("PublishedPort").asInt();
      if (published != 0 && port.path("PublishMode").asText().equals("ingress")) {
        all.add(new Place(published + "/" + port.path("Protocol").asText(), address));
      } else if (!address.isEmpty()) {
        throw InvalidValueException.of(
            text, option, "host_ip is for ports with 'published=' and mode ingress");
      }
    }
    return all;
  }

  private static ObjectNode config(String protocol, int target, int published, String mode) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("Protocol", protocol).put("TargetPort", target);
    if (published != 0) {
      node.put("PublishedPort", published);
    }
    return node.put("PublishMode", mode);
  }

  /// A container's ports, as its request has them.
  ///
  /// @param exposed `Config.ExposedPorts`, added to
  /// @return `HostConfig.PortBindings`
  public static ObjectNode ofContainer(List<String> texts, String option, ObjectNode exposed)
      throws InvalidValueException {
    ObjectNode bindings = JsonNodeFactory.instance.objectNode();
    for (String text : texts) {
      for (Mapping one : mappings(text, option)) {
        String key = one.target() + "/" + one.protocol();
        exposed.putObject(key);
        bindings
            .withArray("/" + key.replace("/", "~1"))
            .addObject()
            .put("HostIp", one.address())
            .put("HostPort", one.published() == 0 ? "" : Integer.toString(one.published()));
      }
    }
    return bindings;
  }

  private static List<Mapping> mappings(String text, String option) throws InvalidValueException {
    int slash = text.indexOf('/');
    String protocol =
        protocol(
            slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(java.util.Locale.ROOT),
            text,
            option);
    String rest = slash < 0 ? text : text.substring(0, slash);
    int colon = rest.lastIndexOf(':');
    Range target = range(rest.substring(colon + 1), text, option);
    String before = colon < 0 ? "" : rest.substring(0, colon);
    int next = before.endsWith("]") ? before.length() : before.lastIndexOf(':');
    String address = "";
    String published = before;
    if (next >= 0 && !before.isEmpty()) {
      address = before.substring(0, Math.min(next, before.length())).replaceAll("[\\[\\]]", "");
      published = next >= before.length() ? "" : before.substring(next + 1);
    }
    if (colon == 0 && next < 0) {
      throw InvalidValueException.of(text, option, "there is no port before ':'");
    }
    Range host = published.isEmpty() ? new Range(0, 0) : range(published, text, option);
    if (!published.isEmpty() && host.size() != target.size() && target.size() != 1) {
      throw InvalidValueException.of(
          text, option, "the ranges have " + host.size() + " and " + target.size() + " ports");
    }
    var all = new ArrayList<Mapping>();
    if (!published.isEmpty() && host.size() > 1 && target.size() == 1) {
      throw InvalidValueException.of(
          text, option, host.size() + " published ports for one target; write each of its own");
    }
    for (int i = 0; i < target.size(); i++) {
      all.add(
          new Mapping(
              address, published.isEmpty() ? 0 : host.first() + i, target.first() + i, protocol));
    }
    return all;
  }

  private static String protocol(String protocol, String text, String option)
      throws InvalidValueException {
    if (!PROTOCOLS.contains(protocol)) {
      throw InvalidValueException.of(
          text, option, "invalid proto: " + protocol + "; use tcp, udp or sctp");
    }
    return protocol;
  }

  private static Range range(String part, String text, String option) throws InvalidValueException {
    int dash = part.indexOf('-');
    if (dash < 0) {
      int port = port(part, text, option);
      return new Range(port, port);
    }
    var range =
        new Range(
            port(part.substring(0, dash), text, option),
            port(part.substring(dash + 1), text, option));
    if (range.size() < 1) {
      throw InvalidValueException.of(text, option, "the range " + part + " ends before it begins");
    }
    return range;
  }

  private static int port(String part, String text, String option) throws InvalidValueException {
    try {
      int port = Integer.parseInt(part);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw InvalidValueException.of(
        text, option, "invalid port '" + part + "': it must be from 1 to 65535");
  }

  /// What a service publishes after some are removed and some added, as Docker does it: one is
  /// removed by target, protocol and mode, whatever its published port; the rest is ordered.
  static List<ObjectNode> change(
      JsonNode current, List<ObjectNode> removed, List<ObjectNode> added) {
    var all = new TreeMap<String, ObjectNode>();
    for (JsonNode port : current) {
      if (removed.stream().noneMatch(r -> target(r).equals(target(port)))) {
        all.put(whole(port), (ObjectNode) port);
      }
    }
    added.forEach(port -> all.putIfAbsent(whole(port), port));
    return List.copyOf(all.values());
  }

  private static String target(JsonNode port) {
    return port.path("TargetPort").asInt()
        + "/"
        + port.path("Protocol").asText("tcp")
        + "/"
        + port.path("PublishMode").asText("ingress");
  }

  private static String whole(JsonNode port) {
    return port.path("PublishedPort").asInt(0) + ":" + target(port);
  }
}
