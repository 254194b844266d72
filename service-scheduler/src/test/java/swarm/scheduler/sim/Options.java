package swarm.scheduler.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;

/// Words of a script: `key=value`, and what they mean.
final class Options {
  private Options() {}

  static Map<String, List<String>> of(String[] words, int from) {
    var all = new TreeMap<String, List<String>>();
    for (int i = from; i < words.length; i++) {
      int at = words[i].indexOf('=');
      String key = at < 0 ? words[i] : words[i].substring(0, at);
      all.computeIfAbsent(key, _ -> new ArrayList<>())
          .add(at < 0 ? "" : words[i].substring(at + 1));
    }
    return all;
  }

  static String one(Map<String, List<String>> options, String key, String otherwise) {
    return options.getOrDefault(key, List.of(otherwise)).getLast();
  }

  static Duration duration(String text) {
    boolean negative = text.startsWith("-");
    Duration d =
        Duration.parse("PT" + (negative ? text.substring(1) : text).toUpperCase(Locale.ROOT));
    return negative ? d.negated() : d;
  }

  static long nanos(String cpus) {
    return Math.round(Double.parseDouble(cpus) * 1e9);
  }

  static long bytes(String text) {
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'm' -> number << 20;
      case 'g' -> number << 30;
      default -> throw new IllegalArgumentException("say " + text + " with m or g");
    };
  }

  static int address(String text) {
    int all = 0;
    for (String part : text.split("\\.")) {
      all = all << 8 | Integer.parseInt(part);
    }
    return all;
  }

  /// A spec as a client would post it: built as JSON, so that the scenarios go through the real
  /// reader.
  static ServiceSpec spec(String name, Map<String, List<String>> o) throws IOException {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", name);
    for (String label : o.getOrDefault("label", List.of())) {
      int colon = label.indexOf(':'); // a space in a value is written as ~
      spec.withObject("Labels")
          .put(label.substring(0, colon), label.substring(colon + 1).replace('~', ' '));
    }
    if (o.containsKey("job")) {
      ObjectNode job = spec.putObject("Mode").putObject("ReplicatedJob");
      job.put("TotalCompletions", Long.parseLong(one(o, "job", "1")));
      job.put("MaxConcurrent", Long.parseLong(one(o, "concurrent", one(o, "job", "1"))));
    } else if (o.containsKey("global-job")) {
      spec.putObject("Mode").putObject("GlobalJob");
    } else if (o.containsKey("global")) {
      spec.putObject("Mode").putObject("Global");
    } else {
      spec.putObject("Mode")
          .putObject("Replicated")
          .put("Replicas", Long.parseLong(one(o, "replicas", "1")));
    }
    ObjectNode task = spec.putObject("TaskTemplate");
    task.putObject("ContainerSpec").put("Image", one(o, "image", "nginx:1"));
    if (o.containsKey("force")) {
      task.put("ForceUpdate", Long.parseLong(one(o, "force", "1")));
    }
    restart(task, o);
    placement(task, o);
    update(spec, "UpdateConfig", "update-", o);
    update(spec, "RollbackConfig", "rollback-", o);
    for (String port : o.getOrDefault("publish", List.of())) {
      String[] parts = port.split("[:/]");
      spec.withObject("EndpointSpec")
          .withArray("Ports")
          .addObject()
          .put("PublishedPort", Integer.parseInt(parts[0]))
          .put("TargetPort", Integer.parseInt(parts[1]))
          .put("Protocol", parts.length > 2 && parts[2].equals("udp") ? "udp" : "tcp")
          .put("PublishMode", port.endsWith("host") ? "host" : "ingress");
    }
    return Wire.JSON.treeToValue(spec, ServiceSpec.class);
  }

  private static void restart(ObjectNode task, Map<String, List<String>> o) {
    ObjectNode policy = task.putObject("RestartPolicy").put("Condition", one(o, "restart", "any"));
    policy.put("Delay", duration(one(o, "delay", "5s")).toNanos());
    policy.put("MaxAttempts", Long.parseLong(one(o, "attempts", "0")));
    policy.put("Window", duration(one(o, "window", "0s")).toNanos());
  }

  private static void placement(ObjectNode task, Map<String, List<String>> o) {
    for (String constraint : o.getOrDefault("constraint", List.of())) {
      task.withObject("Placement").withArray("Constraints").add(constraint);
    }
    if (o.containsKey("max-per-node")) {
      task.withObject("Placement").put("MaxReplicas", Long.parseLong(one(o, "max-per-node", "0")));
    }
    for (String label : o.getOrDefault("spread", List.of())) {
      task.withObject("Placement")
          .withArray("Preferences")
          .addObject()
          .putObject("Spread")
          .put("SpreadDescriptor", label);
    }
    for (String generic : o.getOrDefault("generic", List.of())) {
      String[] parts = generic.split(":");
      task.withObject("Resources")
          .withObject("Reservations")
          .withArray("GenericResources")
          .addObject()
          .putObject("DiscreteResourceSpec")
          .put("Kind", parts[0])
          .put("Value", Long.parseLong(parts[1]));
    }
    if (o.containsKey("arch")) {
      task.withObject("Placement")
          .withArray("Platforms")
          .addObject()
          .put("Architecture", one(o, "arch", ""))
          .put("OS", "linux");
    }
    if (o.containsKey("cpus")) {
      task.withObject("Resources")
          .withObject("Reservations")
          .put("NanoCPUs", nanos(one(o, "cpus", "0")));
    }
    if (o.containsKey("memory")) {
      task.withObject("Resources")
          .withObject("Reservations")
          .put("MemoryBytes", bytes(one(o, "memory", "0m")));
    }
  }

  private static void update(
      ObjectNode spec, String field, String prefix, Map<String, List<String>> o) {
    if (o.keySet().stream().noneMatch(key -> key.startsWith(prefix))) {
      return;
    }
    spec.putObject(field)
        .put("Parallelism", Long.parseLong(one(o, prefix + "parallelism", "1")))
        .put("Delay", duration(one(o, prefix + "delay", "0s")).toNanos())
        .put("Monitor", duration(one(o, prefix + "monitor", "5s")).toNanos())
        .put("FailureAction", one(o, prefix + "failure", "pause"))
        .put("MaxFailureRatio", Double.parseDouble(one(o, prefix + "ratio", "0")))
        .put("Order", one(o, prefix + "order", "stop-first"));
  }
}
