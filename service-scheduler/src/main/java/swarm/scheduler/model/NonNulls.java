package swarm.scheduler.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lists as JSON has them: absent, or with `null` among the elements, which no type forbids there.
final class NonNulls {
  private NonNulls() {}

  /// The elements that are there, in their order.
  static <T> List<T> of(@Nullable List<T> list) {
    if (list == null) {
      return List.of();
    }
    for (T each : list) { // a loop: this is asked for every task of a turn
      if (each == null) {
        return list.stream().filter(Objects::nonNull).toList();
      }
    }
    return list;
  }
}
