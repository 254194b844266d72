package swarm.node.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Tasks of this node that have ended while they took calls, for as long as the others are to be
/// told by gossip: until managers have kept it, and a while longer, as hosts hear of it from
/// managers at different times. Confined to one thread at a time. Times are milliseconds.
final class OwnEnded {
  private static final long TOLD_MILLIS = 10_000;

  /// The oldest go first, of more than fit into a packet.
  private static final int MOST = 256;

  private final Map<String, Long> ended = new LinkedHashMap<>();

  /// @return whether that is new
  boolean add(String taskId, long now) {
    if (ended.putIfAbsent(taskId, now) != null) {
      return false;
    }
    if (ended.size() > MOST) {
      ended.remove(ended.keySet().iterator().next());
    }
    return true;
  }

  /// Those to tell of, the newest first.
  ///
  /// @param waiting whether managers have yet to keep a task's end
  List<String> tell(Predicate<String> waiting, long now) {
    ended
        .entrySet()
        .removeIf(each -> now - each.getValue() >= TOLD_MILLIS && !waiting.test(each.getKey()));
    return new ArrayList<>(ended.keySet()).reversed();
  }

  /// Whether this is to be asked again in a while.
  boolean any() {
    return !ended.isEmpty();
  }
}
