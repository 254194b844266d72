package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.cli.client.Json;

/// What a Compose file asks the cluster to have, as the API's specifications, by the cluster's
/// names.
///
/// @param networks bodies of `/networks/create`
/// @param external names of networks that must be there
/// @param secrets bodies of `/secrets/create`
/// @param configs bodies of `/configs/create`
/// @param services `ServiceSpec`s, whose references to secrets and configs have no ids yet
/// @param order the names of the services, each after those that it depends on
public record Stack(
    StackNames names,
    SortedMap<String, ObjectNode> networks,
    List<String> external,
    SortedMap<String, ObjectNode> secrets,
    SortedMap<String, ObjectNode> configs,
    SortedMap<String, ObjectNode> services,
    List<String> order) {

  public Stack {
    networks = Collections.unmodifiableSortedMap(new TreeMap<>(networks));
    external = List.copyOf(external);
    secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
    configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    order = List.copyOf(order);
  }

  /// @param source reads the files of secrets and configs
  public static Stack of(String name, ComposeFile file, ComposeLoader.Source source)
      throws ComposeException {
    var names = new StackNames(name);
    var services = new TreeMap<String, ObjectNode>();
    for (var each : file.services().properties()) {
      var specs = new StackService(file, names, each.getKey());
      services.put(names.scoped(each.getKey()), specs.spec());
    }
    var networks = new TreeMap<String, ObjectNode>();
    var external = new ArrayList<String>();
    networks(file, names, networks, external);
    return new Stack(
        names,
        networks,
        external,
        payloads(file, "secrets", names, source),
        payloads(file, "configs", names, source),
        services,
        StackOrder.of(services));
  }

  /// Only those that a service uses.
  private static void networks(
      ComposeFile file, StackNames names, Map<String, ObjectNode> own, List<String> external) {
    var used = new TreeSet<String>();
    for (var each : file.services().properties()) {
      JsonNode networks = each.getValue().path("networks");
      networks.fieldNames().forEachRemaining(used::add);
      if (networks.isEmpty()) {
        used.add("default");
      }
    }
    for (String name : used) {
      JsonNode network = file.networks().path(name);
      if (External.is(network)) {
        external.add(names.of(name, network));
        continue;
      }
      ObjectNode body = Json.object().put("Name", names.of(name, network));
      body.put("Driver", network.path("driver").asText("overlay"));
      body.set("Labels", names.labels(network.path("labels")));
      ComposeService.copy(network, "driver_opts", body, "Options");
      ComposeService.copy(network, "internal", body, "Internal");
      ComposeService.copy(network, "attachable", body, "Attachable");
      JsonNode ipam = network.path("ipam");
      if (!ipam.isEmpty()) {
        ObjectNode addresses = body.putObject("IPAM");
        ComposeService.copy(ipam, "driver", addresses, "Driver");
        for (JsonNode pool : ipam.path("config")) {
          addresses.withArray("Config").addObject().put("Subnet", pool.path("subnet").asText(""));
        }
      }
      own.put(names.of(name, network), body);
    }
  }

  private static SortedMap<String, ObjectNode> payloads(
      ComposeFile file, String kind, StackNames names, ComposeLoader.Source source)
      throws ComposeException {
    var all = new TreeMap<String, ObjectNode>();
    for (var each : file.section(kind).properties()) {
      JsonNode payload = each.getValue();
      if (External.is(payload)) {
        continue;
      }
      String name = names.of(each.getKey(), payload);
      ObjectNode body = Json.object().put("Name", name);
      body.set("Labels", names.labels(payload.path("labels")));
      if (payload.has("driver")) {
        ObjectNode driver = body.putObject("Driver");
        driver.put("Name", payload.path("driver").asText());
        ComposeService.copy(payload, "driver_opts", driver, "Options");
      } else {
        body.put("Data", data(file, kind + "." + each.getKey(), payload, source));
      }
      if (payload.has("template_driver")) {
        body.putObject("Templating").put("Name", payload.path("template_driver").asText());
      }
      all.put(name, body);
    }
    return all;
  }

  private static String data(
      ComposeFile file, String path, JsonNode payload, ComposeLoader.Source source)
      throws ComposeException {
    try {
      return Base64.getEncoder().encodeToString(source.read(payload.path("file").asText("")));
    } catch (ComposeException e) {
      throw file.places().failure(path, e.reason());
    }
  }
}
