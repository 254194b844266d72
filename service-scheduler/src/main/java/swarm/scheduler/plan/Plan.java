package swarm.scheduler.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.scheduler.state.Command;

/// What to propose, which services to look at again without being asked, and when. Grows while one
/// turn is planned; confined to the planning thread.
public final class Plan {
  private final List<Command> commands = new ArrayList<>();
  private final Map<String, Instant> wake = new TreeMap<>();
  private final Map<String, Waiting> waiting = new TreeMap<>();
  private final Map<String, SortedSet<String>> waitingFor = new TreeMap<>();

  /// Why a service has a task that cannot be placed.
  ///
  /// @param room whether it would help if a task ended or a service went; else only another node
  ///   would, or a change of one
  public record Waiting(String reason, boolean room) {}

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
  ///
  /// @param room whether what a task or service gives up could help; else only nodes could
  public void waits(String serviceId, String reason, boolean room) {
    waiting.merge(
        serviceId,
        new Waiting(reason, room),
        (before, now) -> new Waiting(now.reason, before.room || now.room));
  }

  /// Notes that a service waits for others: it is looked at again when something happens to one of
  /// them.
  ///
  /// @param names the names of services that may not be there
  public void waitsFor(String serviceId, Collection<String> names) {
    waitingFor.computeIfAbsent(serviceId, _ -> new TreeSet<>()).addAll(names);
  }

  /// Takes over all of another plan.
  public void addAll(Plan other) {
    commands.addAll(other.commands);
    other.wake.forEach(this::wakeAt);
    other.waiting.forEach((id, why) -> waits(id, why.reason, why.room));
    other.waitingFor.forEach(this::waitsFor);
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
  public Map<String, Waiting> waiting() {
    return waiting;
  }

  /// Service id to the names of the services that it waits for.
  public Map<String, SortedSet<String>> waitingFor() {
    return waitingFor;
  }
}
