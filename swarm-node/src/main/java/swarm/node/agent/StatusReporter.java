package swarm.node.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import swarm.node.rpc.Messages;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// What was observed of tasks and is not yet known to be in the log. One message is under way at a
/// time; what happens meanwhile gathers, and of each task only its newest status goes. Thread-safe.
final class StatusReporter {
  private final Map<String, Task.Status> gathered = new LinkedHashMap<>();
  private final Map<String, Task.Status> underWay = new LinkedHashMap<>();
  private long sequence;
  private final Consumer<Messages.FromAgent> send;

  StatusReporter(Consumer<Messages.FromAgent> send) {
    this.send = send;
  }

  synchronized void report(String taskId, Task.Status status) {
    gathered.put(taskId, status);
    if (underWay.isEmpty()) {
      next();
    }
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
    underWay.putAll(gathered);
    gathered.clear();
    sequence++;
    var all = new ArrayList<Observation>();
    underWay.forEach((id, status) -> all.add(new Observation(id, status)));
    send.accept(new Messages.Statuses(sequence, all));
  }
}
