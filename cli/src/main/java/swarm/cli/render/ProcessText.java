package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// The processes of a container as `docker top` prints them: columns of at least twenty characters.
public final class ProcessText {
  private static final int MINIMUM = 20;
  private static final int PADDING = 3;

  private ProcessText() {}

  /// @param top the API's answer
  public static String of(JsonNode top) {
    var rows = new ArrayList<List<String>>();
    rows.add(cells(top.path("Titles")));
    top.path("Processes").forEach(row -> rows.add(cells(row)));
    var widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length && i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length() + PADDING);
      }
    }
    var out = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        out.append(row.get(i));
        if (i < row.size() - 1 && i < widths.length) {
          out.repeat(' ', Math.max(MINIMUM, widths[i]) - row.get(i).length());
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static List<String> cells(JsonNode row) {
    var cells = new ArrayList<String>();
    row.forEach(cell -> cells.add(cell.asText()));
    return cells;
  }
}
