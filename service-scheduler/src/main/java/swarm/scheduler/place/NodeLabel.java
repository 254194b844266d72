package swarm.scheduler.place;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// A label that an operator gave a node (`node.labels.KEY`), or that its daemon has
/// (`engine.labels.KEY`). The case of the prefix does not matter, that of the key does. Immutable.
record NodeLabel(boolean ofEngine, String key) {
  private static final String NODE = "node.labels.";
  private static final String ENGINE = "engine.labels.";

  /// Reads a name; null where it names no label.
  static @Nullable NodeLabel parse(String name) {
    if (begins(name, NODE)) {
      return new NodeLabel(false, name.substring(NODE.length()));
    }
    return begins(name, ENGINE) ? new NodeLabel(true, name.substring(ENGINE.length())) : null;
  }

  private static boolean begins(String name, String prefix) {
    return name.length() > prefix.length()
        && name.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  /// Its value; empty where the node has no such label.
  String of(Node node) {
    Map<String, String> labels =
        ofEngine ? node.description().engineLabels() : node.spec().labelsOrEmpty();
    String value = labels.get(key);
    return value == null ? "" : value;
  }
}
