package swarm.node.agent;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import swarm.node.rpc.SessionMessages;
import swarm.runtime.image.Credentials;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// What the managers gave this node for its tasks beside them: secrets, configs, labels and
/// credentials of services. In memory alone, and only for as long as a task that is to run has
/// them. Thread-safe.
final class TaskInputs {
  private final Map<String, Payload> payloads = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> labels = new ConcurrentHashMap<>();
  private final Map<String, RegistryAuth> auth = new ConcurrentHashMap<>();

  /// Takes what comes with assignments, before their tasks begin.
  void learn(SessionMessages.Assignments assignments) {
    assignments.payloadsOrNone().forEach(payload -> payloads.put(payload.id(), payload));
    labels.putAll(assignments.labelsOrNone());
    auth.putAll(assignments.authOrNone());
  }

  /// Lets go of what none of these tasks can still need: the rule by which a manager knows what it
  /// need not send again.
  void retain(Collection<Task> tasks) {
    var wanted = new TreeSet<String>();
    var services = new TreeSet<String>();
    for (Task task : tasks) {
      if (task.desired().compareTo(TaskState.RUNNING) <= 0) {
        task.spec().payloads().forEach(each -> wanted.add(each.id()));
        services.add(task.serviceId());
      }
    }
    payloads.keySet().retainAll(wanted);
    labels.keySet().retainAll(services);
    auth.keySet().retainAll(services);
  }

  /// The secret or config of a reference.
  Optional<Payload> find(PayloadReference reference) {
    return Optional.ofNullable(payloads.get(reference.id()))
        .filter(payload -> payload.kind() == reference.kind());
  }

  /// What the registry of a service's image wants to see.
  Credentials credentialsOf(String serviceId) {
    RegistryAuth given = auth.get(serviceId);
    return given == null
        ? Credentials.NONE
        : new Credentials(
            given.username(), given.password(), given.identityToken(), given.registryToken());
  }

  /// The labels of a service, as far as its tasks need them.
  Map<String, String> labelsOf(String serviceId) {
    return labels.getOrDefault(serviceId, Map.of());
  }
}
