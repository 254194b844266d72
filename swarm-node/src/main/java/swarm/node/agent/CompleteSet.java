package swarm.node.agent;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import swarm.node.rpc.SessionMessages;

/// Puts a complete set of assignments together from its parts: what they do not name is only known
/// with the last. Not thread-safe.
final class CompleteSet {
  private final Set<String> named = new HashSet<>();

  /// A new session: the rest of a set that was begun in another does not come.
  void begin() {
    named.clear();
  }

  /// Takes the next assignments of the session.
  ///
  /// @return the ids of all of the node's tasks, where the set is whole now
  Optional<Set<String>> add(SessionMessages.Assignments assignments) {
    if (!assignments.complete()) {
      return Optional.empty();
    }
    assignments.tasks().forEach(task -> named.add(task.id()));
    if (assignments.more()) {
      return Optional.empty();
    }
    Set<String> all = new HashSet<>(named);
    named.clear();
    return Optional.of(all);
  }
}
