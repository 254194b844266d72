package swarm.scheduler.turn;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which services wait for which others. Not thread-safe.
final class Followers {
  /// Name of a service to the ids of those that wait for it.
  private final Map<String, SortedSet<String>> byName = new HashMap<>();

  /// The same by those that wait.
  private final Map<String, Collection<String>> names = new HashMap<>();

  /// Names of services that something happened to since work was last taken: a plan made before
  /// that does not know.
  private final Set<String> touched = new HashSet<>();

  /// Something happened to a service.
  ///
  /// @return the ids of those that waited for it
  Collection<String> touched(String name) {
    touched.add(name);
    if (byName.isEmpty()) {
      return List.of();
    }
    @Nullable SortedSet<String> waiting = byName.remove(name);
    return waiting == null ? List.of() : waiting;
  }

  /// These are looked at now: whom they wait for is told anew.
  void taken(Collection<String> ids) {
    touched.clear();
    if (names.isEmpty()) {
      return;
    }
    for (String id : ids) {
      @Nullable Collection<String> known = names.remove(id);
      for (String name : known == null ? List.<String>of() : known) {
        @Nullable SortedSet<String> waiting = byName.get(name);
        if (waiting != null && waiting.remove(id) && waiting.isEmpty()) {
          byName.remove(name);
        }
      }
    }
  }

  /// A service waits for others.
  ///
  /// @return its own id, where something happened to one of them meanwhile
  Collection<String> waits(String id, Collection<String> others) {
    names.put(id, others);
    boolean missed = false;
    for (String name : others) {
      missed |= touched.contains(name);
      byName.computeIfAbsent(name, _ -> new TreeSet<>()).add(id);
    }
    return missed ? List.of(id) : List.of();
  }

  void clear() {
    byName.clear();
    names.clear();
    touched.clear();
  }
}
