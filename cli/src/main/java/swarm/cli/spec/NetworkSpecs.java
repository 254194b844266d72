package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `network create` and containers' endpoints: options to the requests that make them.
public final class NetworkSpecs {
  private NetworkSpecs() {}

  /// The request that makes a network.
  public static ObjectNode create(OptionValues values, String name) throws InvalidValueException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("Name", name);
    body.put("Driver", values.given("--driver") ? values.text("--driver") : "bridge");
    if (values.given("--scope")) {
      body.put("Scope", values.text("--scope"));
    }
    body.put("Attachable", values.flag("--attachable"));
    body.put("Internal", values.flag("--internal"));
    body.put("Ingress", values.flag("--ingress"));
    if (values.given("--ipv6")) {
      body.put("EnableIPv6", values.flag("--ipv6"));
    }
    if (values.given("--ipv4")) {
      body.put("EnableIPv4", values.flag("--ipv4"));
    }
    body.set("Labels", KeyValues.map(values.list("--label"), "--label"));
    body.set("Options", KeyValues.map(values.list("--opt"), "-o, --opt"));
    ObjectNode ipam = body.putObject("IPAM");
    ipam.put("Driver", values.given("--ipam-driver") ? values.text("--ipam-driver") : "default");
    ipam.set("Options", KeyValues.map(values.list("--ipam-opt"), "--ipam-opt"));
    pools(values, ipam.putArray("Config"));
    return body;
  }

  private static void pools(OptionValues values, ArrayNode pools) throws InvalidValueException {
    List<String> subnets = values.list("--subnet");
    List<String> ranges = values.list("--ip-range");
    List<String> gateways = values.list("--gateway");
    for (int i = 0; i < subnets.size(); i++) {
      ObjectNode pool = pools.addObject().put("Subnet", subnets.get(i));
      if (i < ranges.size()) {
        pool.put("IPRange", ranges.get(i));
      }
      if (i < gateways.size()) {
        pool.put("Gateway", gateways.get(i));
      }
    }
    if (ranges.size() > subnets.size()) {
      throw new InvalidValueException("no matching subnet for range " + ranges.getLast());
    }
    if (gateways.size() > subnets.size()) {
      throw new InvalidValueException("no matching subnet for gateway " + gateways.getLast());
    }
    if (!values.list("--aux-address").isEmpty()) {
      ObjectNode reserved = KeyValues.map(values.list("--aux-address"), "--aux-address");
      if (pools.isEmpty()) {
        throw new InvalidValueException(
            "no matching subnet for aux-address " + values.list("--aux-address").getFirst());
      }
      ((ObjectNode) pools.get(0)).set("AuxiliaryAddresses", reserved);
    }
  }

  /// `network connect`.
  public static ObjectNode connect(OptionValues values, String container)
      throws InvalidValueException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("Container", container);
    ObjectNode endpoint = body.putObject("EndpointConfig");
    addresses(endpoint, values.text("--ip"), values.text("--ip6"), values.list("--link-local-ip"));
    texts(endpoint, "Aliases", values.list("--alias"));
    texts(endpoint, "Links", values.list("--link"));
    endpoint.set("DriverOpts", KeyValues.map(values.list("--driver-opt"), "--driver-opt"));
    if (values.given("--gw-priority")) {
      endpoint.put("GwPriority", Numbers.signed(values.text("--gw-priority"), "--gw-priority"));
    }
    return body;
  }

  private static void addresses(ObjectNode endpoint, String ip, String ip6, List<String> local) {
    if (!ip.isEmpty() || !ip6.isEmpty() || !local.isEmpty()) {
      ObjectNode ipam = endpoint.putObject("IPAMConfig");
      if (!ip.isEmpty()) {
        ipam.put("IPv4Address", ip);
      }
      if (!ip6.isEmpty()) {
        ipam.put("IPv6Address", ip6);
      }
      texts(ipam, "LinkLocalIPs", local);
    }
  }

  private static void texts(ObjectNode node, String field, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode array = node.putArray(field);
      texts.forEach(array::add);
    }
  }

  /// A service's `--network`: `NAME`, or `name=NAME,alias=...,driver-opt=KEY=VALUE`. What else a
  /// container's may say needs one that is no task, and is refused.
  static ObjectNode ofService(String text, String option) throws InvalidValueException {
    ObjectNode target = JsonNodeFactory.instance.objectNode();
    if (!text.contains("=")) {
      return target.put("Target", text);
    }
    for (String field : text.split(",")) {
      String value = KeyValues.value(field).strip();
      String key = KeyValues.key(field).strip().toLowerCase(Locale.ROOT);
      switch (key) {
        case "name" -> target.put("Target", value);
        case "alias" -> target.withArray("/Aliases").add(value);
        case "driver-opt" ->
            target.withObject("/DriverOpts").put(KeyValues.key(value), KeyValues.value(value));
        case "ip", "ip6", "link-local-ip", "mac-address", "gw-priority" ->
            throw InvalidValueException.of(
                text,
                option,
                "'" + key + "' is for containers: the addresses of a service's tasks are chosen");
        default -> throw InvalidValueException.of(text, option, "invalid field key " + key);
      }
    }
    if (target.path("Target").asText().isEmpty()) {
      throw InvalidValueException.of(text, option, "network name must be specified");
    }
    return target;
  }

  /// `run --network` and what belongs to it: `NAME`, or `name=NAME,alias=...,ip=...`, each of them
  /// one more network; the first is the container's mode.
  static void ofContainer(OptionValues values, ObjectNode body, ObjectNode host)
      throws InvalidValueException {
    List<String> networks = values.list("--network");
    ObjectNode endpoints = JsonNodeFactory.instance.objectNode();
    for (String text : networks) {
      network(text, endpoints);
    }
    String first = endpoints.isEmpty() ? "default" : endpoints.fieldNames().next();
    if (!networks.isEmpty()) {
      host.put("NetworkMode", first);
    }
    boolean says =
        values.given("--ip")
            || values.given("--ip6")
            || values.given("--mac-address")
            || !values.list("--network-alias").isEmpty()
            || !values.list("--link-local-ip").isEmpty();
    if (says) {
      ObjectNode endpoint = endpoints.withObject("/" + first.replace("~", "~0").replace("/", "~1"));
      addresses(
          endpoint, values.text("--ip"), values.text("--ip6"), values.list("--link-local-ip"));
      values.list("--network-alias").forEach(endpoint.withArray("/Aliases")::add);
      if (values.given("--mac-address")) {
        endpoint.put("MacAddress", values.text("--mac-address"));
      }
    }
    if (says
        || endpoints.size() > 1
        || endpoints.properties().stream().anyMatch(e -> !e.getValue().isEmpty())) {
      body.putObject("NetworkingConfig").set("EndpointsConfig", endpoints);
    }
  }

  private static void network(String text, ObjectNode endpoints) throws InvalidValueException {
    if (!text.contains("=")) {
      endpoints.putObject(text);
      return;
    }
    String name = "";
    ObjectNode endpoint = JsonNodeFactory.instance.objectNode();
    String ip = "";
    String ip6 = "";
    var local = new ArrayList<String>();
    for (String field : text.split(",")) {
      String value = KeyValues.value(field).strip();
      switch (KeyValues.key(field).strip().toLowerCase(Locale.ROOT)) {
        case "name" -> name = value;
        case "alias" -> endpoint.withArray("/Aliases").add(value);
        case "ip" -> ip = value;
        case "ip6" -> ip6 = value;
        case "link-local-ip" -> local.add(value);
        case "mac-address" -> endpoint.put("MacAddress", value);
        case "gw-priority" -> endpoint.put("GwPriority", Numbers.signed(value, "--network"));
        case "driver-opt" ->
            endpoint.withObject("/DriverOpts").put(KeyValues.key(value), KeyValues.value(value));
        default ->
            throw InvalidValueException.of(
                text, "--network", "invalid field key " + KeyValues.key(field));
      }
    }
    if (name.isEmpty()) {
      throw InvalidValueException.of(text, "--network", "network name must be specified");
    }
    addresses(endpoint, ip, ip6, local);
    endpoints.set(name, endpoint);
  }
}
