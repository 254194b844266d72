package swarm.node.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.CommandFormat;

/// Which commands the other managers can follow, as they tell whoever leads. Thread-safe.
final class AnnouncedFormats {
  private final String self;
  private final Map<String, Integer> formats = new ConcurrentHashMap<>();

  /// @param self the id of this manager's node, which reads all that this build does
  AnnouncedFormats(String self) {
    this.self = self;
  }

  /// A manager says what it reads. Its last word counts, also while it is away: it may come back as
  /// it was.
  void heard(String nodeId, int format) {
    formats.put(nodeId, format);
  }

  /// Whether a command may go into the log.
  sealed interface Answer {
    /// All managers that are up can follow it.
    record Yes() implements Answer {}

    /// One that is up has not said; it does so several times a second.
    record NotYet(String why) implements Answer {}

    /// One cannot.
    record No(String why) implements Answer {}
  }

  /// @param format of the command, as [CommandFormat] has it
  Answer allows(int format, ClusterState state) {
    if (format <= CommandFormat.FIRST) {
      return new Answer.Yes();
    }
    var older = new ArrayList<String>();
    var silent = new ArrayList<String>();
    for (Node node : state.nodes().values()) {
      if (node.manager() == null || node.id().equals(self)) {
        continue;
      }
      Integer said = formats.get(node.id());
      if (said != null && said < format) {
        older.add(name(node));
      } else if (said == null && node.status().state() == Node.State.READY) {
        silent.add(name(node));
      }
    }
    if (!older.isEmpty()) {
      return new Answer.No(
          "managers of an earlier version could not follow this: upgrade them first, or remove"
              + " those that are gone: "
              + String.join(", ", older));
    }
    return silent.isEmpty() ? new Answer.Yes() : new Answer.NotYet(unheard(silent));
  }

  private static String unheard(List<String> names) {
    return "managers have not said yet whether their version can follow this: "
        + String.join(", ", names);
  }

  private static String name(Node node) {
    return node.description().hostname().isEmpty() ? node.id() : node.description().hostname();
  }
}
