package swarm.cli.render;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A line of a service's log as the API sends it with details: perhaps a time, then which task on
/// which node wrote it, then the text.
///
/// @param time empty where none was asked for
/// @param details the logger's own, without those that name the task
/// @param message the text with its line end
public record TaskLogLine(String time, String task, String node, String details, String message) {
  private static final String PREFIX = "com.docker.swarm.";

  /// @return null where the line names no task
  public static @Nullable TaskLogLine parse(String line, boolean timed) {
    String rest = line;
    String time = "";
    if (timed) {
      int blank = rest.indexOf(' ');
      if (blank < 0) {
        return null;
      }
      time = rest.substring(0, blank);
      rest = rest.substring(blank + 1);
    }
    int blank = rest.indexOf(' ');
    if (blank < 0) {
      return null;
    }
    var details = new TreeMap<String, String>();
    for (String pair : rest.substring(0, blank).split(",")) {
      int equal = pair.indexOf('=');
      if (equal < 0) {
        return null;
      }
      details.put(pair.substring(0, equal), pair.substring(equal + 1));
    }
    String task = details.remove(PREFIX + "task.id");
    String node = details.remove(PREFIX + "node.id");
    details.remove(PREFIX + "service.id");
    if (task == null || node == null) {
      return null;
    }
    String others =
        String.join(
            ",", details.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    return new TaskLogLine(time, task, node, others, rest.substring(blank + 1));
  }

  /// @param name as [#name] made it
  public String text(String name, boolean withDetails) {
    return (time.isEmpty() ? "" : time + " ")
        + name
        + "    | "
        + (withDetails ? details + " " : "")
        + message;
  }

  /// `web.1.abcdefghijkl@node1`.
  ///
  /// @param task empty for a name without it
  public static String name(String service, int slot, String task, boolean cut, String node) {
    return service
        + "."
        + slot
        + (task.isEmpty() ? "" : "." + (cut ? Words.shortId(task) : task))
        + "@"
        + node;
  }
}
