package swarm.node.rpc;

import static java.util.Objects.requireNonNull;

import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// Checks parts of messages whose records are the scheduler's: those are read from the log too,
/// where nothing may be refused any more.
final class Parts {
  private Parts() {}

  /// @throws NullPointerException where a part is missing
  static void require(Node.Description description) {
    requireNonNull(description, "an agent without its description");
    requireNonNull(description.hostname(), "an agent without its host's name");
    requireNonNull(description.os(), "an agent without its operating system");
    requireNonNull(description.architecture(), "an agent without its architecture");
    requireNonNull(description.engineVersion(), "an agent without its version");
    requireNonNull(description.engineLabels(), "an agent without its labels");
    if (description.genericResources() != null) {
      description
          .genericResources()
          .forEach(each -> requireNonNull(each, "a generic resource that is none"));
    }
    Node.Tls tls = description.tls();
    if (tls != null) {
      requireNonNull(tls.trustRoot(), "a certificate without its root");
      requireNonNull(tls.issuerSubject(), "a certificate without its issuer");
      requireNonNull(tls.issuerPublicKey(), "a certificate without its issuer's key");
      requireNonNull(tls.notAfter(), "a certificate without its end");
    }
    description.engineLabels().forEach((_, v) -> requireNonNull(v, "a label without its value"));
  }

  /// @throws NullPointerException where a part is missing
  static void require(Observation observation) {
    requireNonNull(observation, "an observation of nothing");
    requireNonNull(observation.taskId(), "an observation without its task");
    Task.Status status = requireNonNull(observation.status(), "an observation without a status");
    requireNonNull(status.state(), "a status without its state");
    requireNonNull(status.at(), "a status without its time");
    requireNonNull(status.message(), "a status without its message");
    requireNonNull(status.error(), "a status without its error");
    if (status.container() != null) {
      requireNonNull(status.container().id(), "a container without its id");
    }
  }
}
