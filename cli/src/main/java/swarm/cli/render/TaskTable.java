package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Tasks as `service ps` and `node ps` show them: each slot's newest first, those before it marked.
public final class TaskTable {
  private static final int ERROR_LENGTH = 30;

  private TaskTable() {}

  private record Named(String name, JsonNode task) {}

  /// @param services names by id
  /// @param nodes host names by id
  /// @param cut whether ids and errors are shortened
  /// @param indent whether earlier tasks of a slot are marked with ` \_ `
  public static Listing of(
      List<JsonNode> tasks,
      Map<String, String> services,
      Map<String, String> nodes,
      Instant now,
      boolean cut,
      boolean indent) {
    var named = new ArrayList<Named>();
    tasks.forEach(task -> named.add(new Named(name(task, services), task)));
    named.sort(
        Comparator.comparing(Named::name, Words.NATURAL)
            .thenComparing(n -> n.task().path("CreatedAt").asText(), Comparator.reverseOrder()));
    var rows = new ArrayList<Row>();
    String before = "";
    for (Named one : named) {
      JsonNode task = one.task();
      String mark = indent && one.name().equals(before) ? " \\_ " : "";
      before = one.name();
      String id = task.path("ID").asText();
      String image = task.at("/Spec/ContainerSpec/Image").asText("");
      String node = task.path("NodeID").asText("");
      rows.add(
          Row.of(
              "ID", cut ? Words.shortId(id) : id,
              "Name", mark + one.name(),
              "Image", cut ? Words.image(image) : image,
              "Node", nodes.getOrDefault(node, node),
              "DesiredState", Words.capital(task.path("DesiredState").asText()),
              "CurrentState", state(task, now),
              "Error", error(task, cut),
              "Ports", PortText.ofTask(task.at("/Status/PortStatus/Ports"))));
    }
    return new Listing(
        Tables.TASK,
        Listing.columns(
            "ID", "ID",
            "Name", "NAME",
            "Image", "IMAGE",
            "Node", "NODE",
            "DesiredState", "DESIRED STATE",
            "CurrentState", "CURRENT STATE",
            "Error", "ERROR",
            "Ports", "PORTS"),
        rows);
  }

  private static String name(JsonNode task, Map<String, String> services) {
    String service = task.path("ServiceID").asText("");
    return services.getOrDefault(service, service)
        + "."
        + (task.path("Slot").asInt() != 0
            ? task.path("Slot").asText()
            : task.path("NodeID").asText(""));
  }

  private static String state(JsonNode task, Instant now) {
    JsonNode status = task.path("Status");
    return Words.capital(status.path("State").asText())
        + " "
        + Human.ago(status.path("Timestamp").asText(), now).toLowerCase(java.util.Locale.ROOT);
  }

  private static String error(JsonNode task, boolean cut) {
    String error = task.at("/Status/Err").asText("");
    if (error.isEmpty()) {
      return "";
    }
    return "\"" + (cut ? Words.ellipsis(error, ERROR_LENGTH) : error) + "\"";
  }
}
