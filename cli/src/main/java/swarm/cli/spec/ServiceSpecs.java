package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `service create`: options to a `ServiceSpec`.
public final class ServiceSpecs {
  private ServiceSpecs() {}

  /// @param arguments the image, then what its entrypoint is given
  /// @param environment as [KeyValues#environment] made it
  public static ObjectNode create(
      OptionValues values, List<String> arguments, List<String> environment)
      throws InvalidValueException {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("Name", values.text("--name"));
    spec.set("Labels", KeyValues.map(values.list("--label"), "-l, --label"));
    ObjectNode container = spec.putObject("TaskTemplate").putObject("ContainerSpec");
    container.put("Image", arguments.getFirst());
    List<String> args = arguments.subList(1, arguments.size());
    strings(container, "Args", args);
    strings(container, "Env", environment);
    if (values.given("--container-label")) {
      container.set("Labels", KeyValues.map(values.list("--container-label"), "--container-label"));
    }
    strings(container, "Hosts", hosts(values.list("--host"), "--host"));
    strings(container, "Groups", values.list("--group"));
    for (String mount : values.list("--mount")) {
      container.withArray("/Mounts").add(Mounts.parse(mount, "--mount"));
    }
    for (String kind : new String[] {"secret", "config"}) {
      PayloadTargets.change(spec, kind, List.of(), values.list("--" + kind), "--" + kind);
    }
    if (values.given("--sysctl")) {
      container.set("Sysctls", KeyValues.map(values.list("--sysctl"), "--sysctl"));
    }
    Ulimits.change(container, List.of(), values.list("--ulimit"), "--ulimit");
    dns(container, values);
    placement(spec, values);
    mode(spec, values);
    publish(spec, values);
    ServiceSettings.apply(spec, values);
    if (spec.path("Mode").properties().stream().anyMatch(mode -> mode.getKey().endsWith("Job"))
        && (spec.has("UpdateConfig") || spec.has("RollbackConfig"))) {
      throw new InvalidValueException(
          "update and rollback configuration is not supported for jobs");
    }
    return spec;
  }

  private static void dns(ObjectNode container, OptionValues values) {
    if (values.given("--dns") || values.given("--dns-search") || values.given("--dns-option")) {
      ObjectNode dns = container.putObject("DNSConfig");
      strings(dns, "Nameservers", values.list("--dns"));
      strings(dns, "Search", values.list("--dns-search"));
      strings(dns, "Options", values.list("--dns-option"));
    }
  }

  private static void placement(ObjectNode spec, OptionValues values) throws InvalidValueException {
    spec.withObject("/TaskTemplate/Placement"); // docker's command breaks down where it is missing
    for (String constraint : values.list("--constraint")) {
      spec.withArray("/TaskTemplate/Placement/Constraints").add(constraint);
    }
    for (String preference : values.list("--placement-pref")) {
      spec.withArray("/TaskTemplate/Placement/Preferences")
          .add(PlacementWishes.preference(preference, "--placement-pref"));
    }
    for (String resource : values.list("--generic-resource")) {
      spec.withArray(PlacementWishes.GENERIC)
          .add(PlacementWishes.generic(resource, "--generic-resource"));
    }
    for (String network : values.list("--network")) {
      spec.withArray("/TaskTemplate/Networks").add(NetworkSpecs.ofService(network, "--network"));
    }
  }

  private static void mode(ObjectNode spec, OptionValues values) throws InvalidValueException {
    String mode = values.given("--mode") ? values.text("--mode") : "replicated";
    if (mode.startsWith("global")) {
      for (String option : new String[] {"--replicas", "--replicas-max-per-node"}) {
        if (values.given(option)) {
          throw new InvalidValueException(
              option.substring(2) + " can only be used with replicated or replicated-job mode");
        }
      }
    }
    long atOnce = values.given("--max-concurrent") ? values.number("--max-concurrent") : 1;
    long replicas =
        values.given("--replicas")
            ? values.number("--replicas")
            : mode.equals("replicated-job") ? atOnce : 1;
    ObjectNode node = spec.putObject("Mode");
    switch (mode) {
      case "replicated" -> node.putObject("Replicated").put("Replicas", replicas);
      case "global" -> node.putObject("Global");
      case "global-job" -> node.putObject("GlobalJob");
      case "replicated-job" ->
          node.putObject("ReplicatedJob")
              .put("MaxConcurrent", values.given("--max-concurrent") ? atOnce : replicas)
              .put("TotalCompletions", replicas);
      default ->
          throw new InvalidValueException(
              "unknown mode: " + mode + ", only replicated and global supported");
    }
    if (values.given("--max-concurrent") && !mode.equals("replicated-job")) {
      throw new InvalidValueException("max-concurrent can only be used with replicated-job mode");
    }
  }

  private static void publish(ObjectNode spec, OptionValues values) throws InvalidValueException {
    for (String port : values.list("--publish")) {
      for (ObjectNode one : Ports.ofService(port, "-p, --publish")) {
        spec.withArray("/EndpointSpec/Ports").add(one);
      }
    }
    PortAddresses.change(spec, values.list("--publish"), "-p, --publish");
  }

  /// `HOST:ADDRESS` as the specification has it: `ADDRESS HOST`.
  static List<String> hosts(List<String> pairs, String option) throws InvalidValueException {
    var all = new java.util.ArrayList<String>();
    for (String pair : pairs) {
      int part = pair.indexOf(':') < 0 ? pair.indexOf('=') : pair.indexOf(':');
      if (part <= 0 || part == pair.length() - 1) {
        throw InvalidValueException.of(pair, option, "write it as HOST:ADDRESS");
      }
      all.add(pair.substring(part + 1) + " " + pair.substring(0, part));
    }
    return all;
  }

  private static void strings(ObjectNode parent, String member, List<String> items) {
    if (!items.isEmpty()) {
      ArrayNode array = parent.putArray(member);
      items.forEach(array::add);
    }
  }
}
