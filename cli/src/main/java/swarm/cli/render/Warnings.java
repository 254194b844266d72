package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What Docker's tables have no column for.
public final class Warnings {
  private Warnings() {}

  /// A line for each node that is ready and says that something is wrong with it all the same, such
  /// as a manager whose disk is full.
  ///
  /// @param nodes the API's list
  public static List<String> ofNodes(JsonNode nodes) {
    var lines = new ArrayList<String>();
    for (JsonNode node : nodes) {
      String message = node.at("/Status/Message").asText("");
      if (node.at("/Status/State").asText().equals("ready") && !message.isEmpty()) {
        lines.add("WARNING: node " + node.at("/Description/Hostname").asText() + ": " + message);
      }
    }
    return lines;
  }
}
