package swarm.node.agent;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// An agent of a rehearsal: it is in session with a manager as any other, and says of each task
/// that it was made and runs, or was stopped, at once and without a container. Thread-safe.
public final class RehearsedAgent implements AutoCloseable, SessionClient.Listener {
  private final Clock clock;
  private final StatusReporter reporter;
  private final SessionClient session;

  /// @param manager the address of the manager that it is to be in session with
  /// @param address its node's own
  public RehearsedAgent(
      ClusterClient client,
      String manager,
      Node.Description description,
      String address,
      Clock clock) {
    this.clock = clock;
    this.reporter = new StatusReporter(this::send);
    this.session =
        new SessionClient(
            client,
            () -> Optional.of(manager),
            List::of,
            () -> new SessionMessages.Hello(description, address),
            () -> new SessionMessages.Beat(null),
            this);
  }

  private void send(SessionMessages.FromAgent message) {
    SessionClient now = session;
    if (now != null) { // not while this is still being built
      now.send(message);
    }
  }

  /// Waits for the first session.
  ///
  /// @return whether it began in time
  public boolean awaitSession(Duration limit) throws InterruptedException {
    return session.awaitFirst(limit);
  }

  @Override
  public void begun() {
    reporter.again();
  }

  @Override
  public void received(SessionMessages.FromManager message) {
    switch (message) {
      case SessionMessages.Assignments assignments -> assignments.tasks().forEach(this::perform);
      case SessionMessages.StatusesKept kept -> reporter.kept(kept.sequence());
      case SessionMessages.Managers _,
          SessionMessages.Subscribe _,
          SessionMessages.Unsubscribe _,
          SessionMessages.LogCredit _ -> {
        // nothing that a rehearsal needs
      }
    }
  }

  private void perform(Task task) {
    var progress =
        new TaskProgress(task.id(), task.status().state(), clock, reporter::report, _ -> null);
    if (task.desired().compareTo(TaskState.RUNNING) > 0) {
      progress.end(TaskState.SHUTDOWN, "", Optional.empty());
      return;
    }
    if (task.status().state().compareTo(TaskState.RUNNING) < 0) {
      progress.advance(TaskState.PREPARING, "preparing", null);
      progress.advance(TaskState.RUNNING, "started", null);
    }
  }

  @Override
  public void cutOff(Duration since) {
    // it ends soon anyway
  }

  @Override
  public void close() {
    session.close();
  }
}
