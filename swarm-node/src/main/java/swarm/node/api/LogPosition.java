package swarm.node.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far one task's log was read, so that another stream of it goes on where the last one broke.
/// Pure; confined to one thread.
final class LogPosition {
  private @Nullable Instant last;
  private int linesAtLast;

  /// Lines of that instant that the present stream brings once more; -1 once it has passed them.
  private int again = -1;

  /// Another stream begins.
  ///
  /// @param since where the first one began: RFC 3339, or empty
  /// @return where this one is to begin
  String resume(String since) {
    again = last == null ? -1 : linesAtLast;
    return last == null ? since : last.toString();
  }

  /// Whether anything was read.
  boolean begun() {
    return last != null;
  }

  /// @return whether a line of the present stream is new
  boolean passes(Instant at) {
    if (again >= 0 && last != null) {
      if (at.isBefore(last) || (at.equals(last) && again-- > 0)) {
        return false;
      }
      again = -1;
    }
    linesAtLast = at.equals(last) ? linesAtLast + 1 : 1;
    last = at;
    return true;
  }
}
