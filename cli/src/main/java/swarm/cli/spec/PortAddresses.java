package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// `host_ip=` of a service's published ports, which Docker's specifications have no field for: kept
/// as a label of the service. What may stand there is the daemon's to judge.
final class PortAddresses {
  static final String LABEL = "swarm.publish.host-ip";

  private PortAddresses() {}

  /// Writes what was given into a specification that has its ports already. What the label says of
  /// ports that are published anew, or no longer, goes.
  static void change(ObjectNode spec, List<String> published, String option)
      throws InvalidValueException {
    var all = new TreeMap<String, String>();
    String before = spec.path("Labels").path(LABEL).asText("");
    for (String entry : before.isEmpty() ? new String[0] : before.split(",")) {
      String port = KeyValues.key(entry).strip();
      all.put(port.contains("/") ? port : port + "/tcp", KeyValues.value(entry).strip());
    }
    var there = new TreeSet<String>();
    for (JsonNode port : spec.at("/EndpointSpec/Ports")) {
      there.add(port.path("PublishedPort").asInt() + "/" + port.path("Protocol").asText("tcp"));
    }
    all.keySet().retainAll(there);
    for (String text : published) {
      for (Ports.Place place : Ports.places(text, option)) {
        all.put(place.port(), place.address());
      }
    }
    all.values().removeIf(String::isEmpty);
    if (!all.isEmpty()) {
      spec.withObject("/Labels").put(LABEL, String.join(",", entries(all)));
    } else if (!before.isEmpty()) {
      spec.withObject("/Labels").remove(LABEL);
    }
  }

  private static List<String> entries(Map<String, String> all) {
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }
}
