package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/// Published ports as Docker's tables show them, neighbours joined into ranges.
public final class PortText {
  private PortText() {}

  /// `*:8080-8081->80-81/tcp`; only what the routing mesh publishes.
  static String ofService(JsonNode ports) {
    var sorted = new ArrayList<JsonNode>();
    ports.forEach(sorted::add);
    sorted.sort(
        Comparator.comparing((JsonNode p) -> p.path("Protocol").asText())
            .thenComparingInt(p -> p.path("PublishedPort").asInt()));
    var all = new ArrayList<Range>();
    for (JsonNode port : sorted) {
      if (port.path("PublishMode").asText("ingress").equals("ingress")) {
        add(all, port);
      }
    }
    return String.join(", ", all.stream().map(Range::text).toList());
  }

  private record Range(int published, int toPublished, int target, int toTarget, String protocol) {
    String text() {
      return "*:" + span(published, toPublished) + "->" + span(target, toTarget) + "/" + protocol;
    }

    /// Several published ports may lead to one target, or as many to as many; not a mixture.
    boolean takes(int nextPublished, int nextTarget, String nextProtocol) {
      boolean many = toTarget != target;
      return nextProtocol.equals(protocol)
          && nextPublished - toPublished <= 1
          && (nextTarget == toTarget ? !many : nextTarget == toTarget + 1)
          && (nextTarget == toTarget || many || toPublished == published);
    }
  }

  private static void add(List<Range> all, JsonNode port) {
    int published = port.path("PublishedPort").asInt();
    int target = port.path("TargetPort").asInt();
    String protocol = port.path("Protocol").asText();
    if (!all.isEmpty() && all.getLast().takes(published, target, protocol)) {
      Range last = all.removeLast();
      all.add(new Range(last.published(), published, last.target(), target, protocol));
    } else {
      all.add(new Range(published, published, target, target, protocol));
    }
  }

  private static String span(int first, int last) {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  /// `*:8080->80/tcp` for each port of one task.
  static String ofTask(JsonNode ports) {
    var all = new ArrayList<String>();
    for (JsonNode port : ports) {
      all.add(
          "*:"
              + port.path("PublishedPort").asInt()
              + "->"
              + port.path("TargetPort").asInt()
              + "/"
              + port.path("Protocol").asText());
    }
    return String.join(",", all);
  }

  /// `0.0.0.0:8080->80/tcp, 443/tcp`.
  static String ofContainer(JsonNode ports) {
    var sorted = new ArrayList<JsonNode>();
    ports.forEach(sorted::add);
    sorted.sort(
        Comparator.comparingInt((JsonNode p) -> p.path("PrivatePort").asInt())
            .thenComparing(p -> p.path("IP").asText(""))
            .thenComparingInt(p -> p.path("PublicPort").asInt())
            .thenComparing(p -> p.path("Type").asText()));
    var result = new ArrayList<String>();
    var mappings = new ArrayList<String>();
    var groups = new LinkedHashMap<String, int[]>();
    for (JsonNode port : sorted) {
      int inside = port.path("PrivatePort").asInt();
      int outside = port.path("PublicPort").asInt();
      String address = port.path("IP").asText("");
      String shown = address.contains(":") ? "[" + address + "]" : address;
      if (!address.isEmpty() && outside != inside) {
        mappings.add(shown + ":" + outside + "->" + inside + "/" + port.path("Type").asText());
        continue;
      }
      String key = shown + "/" + port.path("Type").asText();
      int[] group = groups.get(key);
      if (group != null && inside == group[1] + 1) {
        group[1] = inside;
        continue;
      }
      if (group != null) {
        result.add(group(key, group));
      }
      groups.put(key, new int[] {inside, inside});
    }
    groups.forEach((key, group) -> result.add(group(key, group)));
    result.addAll(mappings);
    return String.join(", ", result);
  }

  /// `80/tcp -> 0.0.0.0:8080`, a line for each place where a port is published.
  ///
  /// @param ports of `NetworkSettings`
  public static String published(JsonNode ports) {
    var lines = new java.util.TreeSet<String>();
    for (var port : ports.properties()) {
      for (JsonNode binding : port.getValue()) {
        lines.add(port.getKey() + " -> " + address(binding) + "\n");
      }
    }
    return String.join("", lines);
  }

  /// `0.0.0.0:8080`, a line for each place where this port is published; empty where none is.
  public static String published(JsonNode ports, String port) {
    var lines = new StringBuilder();
    ports.path(port).forEach(binding -> lines.append(address(binding)).append('\n'));
    return lines.toString();
  }

  private static String address(JsonNode binding) {
    String ip = binding.path("HostIp").asText("");
    return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + binding.path("HostPort").asText();
  }

  private static String group(String key, int[] group) {
    int slash = key.lastIndexOf('/');
    String ports = span(group[0], group[1]);
    return (slash == 0 ? ports : key.substring(0, slash) + ":" + ports + "->" + ports)
        + key.substring(slash);
  }
}
