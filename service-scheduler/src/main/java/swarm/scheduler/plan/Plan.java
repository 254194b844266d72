package swarm.scheduler.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.scheduler.state.Command;

/// What to propose, which services to look at again without being asked, and when. Grows while one
/// turn is planned; confined to the planning thread.
public final class Plan {
  private final List<Command> commands = new ArrayList<>();
  private final Map<String, Instant> wake = new TreeMap<>();
  private final Map<String, String> waiting = new TreeMap<>();

  /// Adds a command.
  public void add(Command command) {
    commands.add(command);
  }

  /// Asks for another look at a service at `when`, or earlier.
  public void wakeAt(String serviceId, Instant when) {
    wake.merge(serviceId, when, (a, b) -> a.isBefore(b) ? a : b);
  }

  /// Notes that a service has a task that cannot be placed now: it is looked at again when nodes or
  /// resources change.
  public void waits(String serviceId, String reason) {
    waiting.put(serviceId, reason);
  }

  /// Takes over all of another plan.
  public void addAll(Plan other) {
    commands.addAll(other.commands);
    other.wake.forEach(this::wakeAt);
    waiting.putAll(other.waiting);
  }

  /// The commands so far, in order.
  public List<Command> commands() {
    return commands;
  }

  /// Service id to the next instant at which it must be looked at.
  public Map<String, Instant> wake() {
    return wake;
  }

  /// Service id to why a task of it waits.
  public Map<String, String> waiting() {
    return waiting;
  }
}
