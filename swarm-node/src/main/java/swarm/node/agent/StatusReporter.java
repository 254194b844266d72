package swarm.node.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// What was observed of tasks and is not yet known to be in the log. One message is under way at a
/// time, of a size that a manager reads; what happens meanwhile gathers, and of each task only its
/// newest status goes. Thread-safe.
final class StatusReporter {
  private final Map<String, Task.Status> gathered = new LinkedHashMap<>();
  private final Map<String, Task.Status> underWay = new LinkedHashMap<>();
  private long sequence;
  private final Consumer<SessionMessages.FromAgent> send;

  StatusReporter(Consumer<SessionMessages.FromAgent> send) {
    this.send = send;
  }

  synchronized void report(String taskId, Task.Status status) {
    gathered.put(taskId, status.bounded());
    if (underWay.isEmpty()) {
      next();
    }
  }

  /// Whether something of a task is not yet known to be in the log.
  synchronized boolean isWaiting(String taskId) {
    return gathered.containsKey(taskId) || underWay.containsKey(taskId);
  }

  /// The managers have everything up to `kept`.
  synchronized void kept(long kept) {
    if (kept == sequence) {
      underWay.clear();
      next();
    }
  }

  /// A new session: what was under way may be lost.
  synchronized void again() {
    var all = new LinkedHashMap<>(underWay);
    all.putAll(gathered);
    gathered.clear();
    underWay.clear();
    gathered.putAll(all);
    next();
  }

  private void next() {
    if (gathered.isEmpty()) {
      return;
    }
    var all = new ArrayList<Observation>();
    gathered.forEach((id, status) -> all.add(new Observation(id, status)));
    List<Observation> now = Pieces.of(all).getFirst(); // the rest waits for its acknowledgement
    for (Observation each : now) {
      underWay.put(each.taskId(), each.status());
      gathered.remove(each.taskId());
    }
    sequence++;
    send.accept(new SessionMessages.Statuses(sequence, now));
  }
}
