package swarm.node.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Change;

/// Whether some node waits for load balancers to let go of a task, on whichever manager: while one
/// does, managers tell each other more often how far those are. Thread-safe; the clock is the
/// caller's.
final class StopsUnderWay {
  private long awaited;
  private long sinceNanos;

  /// @return whether these changes are some that a node may wait with
  synchronized boolean changed(List<Change> changes, long nowNanos) {
    long newest = 0;
    for (Change change : changes) {
      if (change instanceof Change.OfTask t) {
        newest = Math.max(newest, stopped(t.before(), t.after()));
      }
    }
    if (newest <= awaited) {
      return false;
    }
    awaited = newest;
    sinceNanos = nowNanos;
    return true;
  }

  /// The index at which a task that takes calls was told to stop; 0 where this is no such change.
  private static long stopped(@Nullable Task before, @Nullable Task after) {
    return before != null
            && after != null
            && after.takesCalls()
            && after.status().state() == TaskState.RUNNING
            && after.desired().isEnd()
            && !before.desired().isEnd()
        ? after.version().index()
        : 0;
  }

  synchronized boolean any(long balancedThrough, long nowNanos) {
    return balancedThrough < awaited && nowNanos - sinceNanos < HeldStops.LIMIT.toNanos();
  }
}
