package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// `service update`: options that change a `ServiceSpec` that the daemon gave. Members that this
/// program does not know stay as they are.
public final class ServiceUpdate {
  private static final String CONTAINER = "/TaskTemplate/ContainerSpec";

  private final ObjectNode spec;
  private final OptionValues values;
  private final Map<String, String> networkIds;

  private ServiceUpdate(ObjectNode spec, OptionValues values, Map<String, String> networkIds) {
    this.spec = spec;
    this.values = values;
    this.networkIds = networkIds;
  }

  /// Changes `spec` in place.
  ///
  /// @param own the caller's environment, for `--env-add NAME`
  /// @param networkIds what [#networksNamed] are: the id of each
  public static void apply(
      ObjectNode spec, OptionValues values, Map<String, String> own, Map<String, String> networkIds)
      throws InvalidValueException {
    var update = new ServiceUpdate(spec, values, networkIds);
    update.labels("--label", "", "Labels");
    update.labels("--container-label", CONTAINER, "Labels");
    update.labels("--sysctl", CONTAINER, "Sysctls");
    if (update.changes("--ulimit")) {
      Ulimits.change(
          spec.withObject(CONTAINER),
          values.list("--ulimit-rm"),
          values.list("--ulimit-add"),
          "--ulimit-add");
    }
    if (values.given("--image")) {
      spec.withObject(CONTAINER).put("Image", values.text("--image"));
    }
    if (values.given("--args")) {
      ArrayNode args = spec.withObject(CONTAINER).putArray("Args");
      ShellWords.split(values.text("--args"), "--args").forEach(args::add);
    }
    update.environment(own);
    update.mounts();
    for (String kind : new String[] {"secret", "config"}) {
      String option = "--" + kind;
      PayloadTargets.change(
          spec, kind, values.list(option + "-rm"), values.list(option + "-add"), option + "-add");
    }
    update.hosts();
    update.plain("--constraint", "/TaskTemplate/Placement", "Constraints");
    PlacementWishes.change(spec, values);
    update.plain("--group", CONTAINER, "Groups");
    update.plain("--dns", CONTAINER + "/DNSConfig", "Nameservers");
    update.plain("--dns-search", CONTAINER + "/DNSConfig", "Search");
    update.plain("--dns-option", CONTAINER + "/DNSConfig", "Options");
    update.networks();
    update.ports();
    update.replicas();
    ServiceSettings.apply(spec, values);
    if (values.flag("--force")) {
      JsonNode count = spec.at("/TaskTemplate/ForceUpdate");
      spec.withObject("/TaskTemplate").put("ForceUpdate", count.asLong(0) + 1);
    }
  }

  /// The networks that the options name, by name or id, each once.
  public static Set<String> networksNamed(OptionValues values) throws InvalidValueException {
    var names = new TreeSet<>(values.list("--network-rm"));
    for (String text : values.list("--network-add")) {
      names.add(NetworkSpecs.ofService(text, "--network-add").path("Target").asText());
    }
    return names;
  }

  private boolean changes(String option) {
    return values.given(option + "-add") || values.given(option + "-rm");
  }

  private ObjectNode at(String place) {
    return place.isEmpty() ? spec : spec.withObject(place);
  }

  private void labels(String option, String place, String member) throws InvalidValueException {
    if (!changes(option)) {
      return;
    }
    ObjectNode parent = at(place);
    ObjectNode labels = parent.withObject("/" + member);
    values.list(option + "-rm").forEach(labels::remove);
    labels.setAll(KeyValues.map(values.list(option + "-add"), option + "-add"));
  }

  private void environment(Map<String, String> own) throws InvalidValueException {
    if (!changes("--env")) {
      return;
    }
    List<String> added = KeyValues.environment(List.of(), values.list("--env-add"), own);
    Set<String> gone = new TreeSet<>(values.list("--env-rm"));
    added.forEach(pair -> gone.add(KeyValues.key(pair)));
    Lists.change(at(CONTAINER), "Env", pair -> gone.contains(KeyValues.key(pair)), added);
  }

  /// Mounts are removed by their target.
  private void mounts() throws InvalidValueException {
    if (!changes("--mount")) {
      return;
    }
    var added = new ArrayList<ObjectNode>();
    Set<String> gone = new TreeSet<>(values.list("--mount-rm"));
    for (String text : values.list("--mount-add")) {
      ObjectNode mount = Mounts.parse(text, "--mount-add");
      gone.add(mount.path("Target").asText());
      added.add(mount);
    }
    var kept = new ArrayList<JsonNode>();
    for (JsonNode mount : at(CONTAINER).path("Mounts")) {
      if (!gone.contains(mount.path("Target").asText())) {
        kept.add(mount);
      }
    }
    at(CONTAINER).putArray("Mounts").addAll(kept).addAll(added);
  }

  /// `HOST` or `HOST:ADDRESS` is removed; an entry may name several hosts.
  private void hosts() throws InvalidValueException {
    if (!changes("--host")) {
      return;
    }
    var all = new ArrayList<String>();
    for (JsonNode entry : at(CONTAINER).path("Hosts")) {
      var names = new ArrayList<>(List.of(entry.asText().strip().split("\\s+")));
      String address = names.removeFirst();
      for (String gone : values.list("--host-rm")) {
        int colon = gone.indexOf(':');
        if (colon < 0) {
          names.remove(gone);
        } else if (gone.substring(colon + 1).equals(address)) {
          names.remove(gone.substring(0, colon));
        }
      }
      if (!names.isEmpty()) {
        all.add(address + " " + String.join(" ", names));
      }
    }
    at(CONTAINER).putArray("Hosts");
    all.addAll(ServiceSpecs.hosts(values.list("--host-add"), "--host-add"));
    Lists.change(at(CONTAINER), "Hosts", _ -> false, all);
  }

  private void plain(String option, String place, String member) {
    if (changes(option)) {
      Lists.change(
          at(place), member, values.list(option + "-rm")::contains, values.list(option + "-add"));
    }
  }

  /// As Docker's command does: what older clients wrote beside the template moves into it, and all
  /// are named by id, in their order.
  private void networks() throws InvalidValueException {
    if (!changes("--network")) {
      return;
    }
    ObjectNode task = at("/TaskTemplate");
    JsonNode before =
        task.path("Networks").isEmpty() ? spec.path("Networks") : task.path("Networks");
    Set<String> gone = new TreeSet<>();
    values.list("--network-rm").forEach(name -> gone.add(networkId(name)));
    var kept = new TreeMap<String, JsonNode>();
    for (JsonNode network : before) {
      String id = network.path("Target").asText();
      if (!gone.contains(id)) {
        kept.put(id, network);
      }
    }
    for (String text : values.list("--network-add")) {
      ObjectNode network = NetworkSpecs.ofService(text, "--network-add");
      String name = network.path("Target").asText();
      String id = networkId(name);
      if (kept.putIfAbsent(id, network.put("Target", id)) != null) {
        throw new InvalidValueException("service is already attached to network " + name);
      }
    }
    spec.remove("Networks");
    task.putArray("Networks").addAll(kept.values());
  }

  private String networkId(String name) {
    return networkIds.getOrDefault(name, name);
  }

  private void ports() throws InvalidValueException {
    if (!changes("--publish")) {
      return;
    }
    var removed = new ArrayList<ObjectNode>();
    for (String text : values.list("--publish-rm")) {
      removed.addAll(Ports.ofService(text, "--publish-rm"));
    }
    var added = new ArrayList<ObjectNode>();
    for (String text : values.list("--publish-add")) {
      added.addAll(Ports.ofService(text, "--publish-add"));
    }
    ObjectNode endpoint = at("/EndpointSpec");
    List<ObjectNode> all = Ports.change(endpoint.path("Ports"), removed, added);
    endpoint.putArray("Ports").addAll(all);
    PortAddresses.change(spec, values.list("--publish-add"), "--publish-add");
  }

  private void replicas() throws InvalidValueException {
    if (values.given("--replicas")) {
      scale(spec, values.number("--replicas"));
    }
    if (values.given("--max-concurrent")) {
      if (!spec.path("Mode").path("ReplicatedJob").isObject()) {
        throw new InvalidValueException("max-concurrent can only be used with replicated-job mode");
      }
      spec.withObject("/Mode/ReplicatedJob")
          .put("MaxConcurrent", values.number("--max-concurrent"));
    }
  }

  /// Sets how many replicas a service has.
  public static void scale(ObjectNode spec, long replicas) throws InvalidValueException {
    if (spec.path("Mode").path("Replicated").isObject()) {
      spec.withObject("/Mode/Replicated").put("Replicas", replicas);
    } else if (spec.path("Mode").path("ReplicatedJob").isObject()) {
      spec.withObject("/Mode/ReplicatedJob").put("TotalCompletions", replicas);
    } else {
      throw new InvalidValueException(
          "scale can only be used with replicated or replicated-job mode");
    }
  }
}
