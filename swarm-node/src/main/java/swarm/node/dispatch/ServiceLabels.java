package swarm.node.dispatch;

import java.util.Map;
import java.util.TreeMap;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;

/// The labels of services, which tasks do not carry and templates may ask for. Pure.
final class ServiceLabels {
  private ServiceLabels() {}

  /// Whether a task that is still to start may ask for them.
  static boolean wanted(ClusterState state, Task task) {
    ContainerSpec spec = task.spec().containerSpec();
    if (spec == null || task.leaving() || task.runningSince() != null) {
      return false;
    }
    return spec.templated() || spec.payloads().stream().anyMatch(each -> templated(state, each));
  }

  private static boolean templated(ClusterState state, PayloadReference reference) {
    Payload payload = state.payloads(reference.kind()).find(reference.id());
    return payload != null && payload.spec().templated();
  }

  /// Those of a task's service; none where it is gone.
  static Map<String, String> of(ClusterState state, Task task) {
    var labels = new TreeMap<String, String>();
    Service service = state.services().get(task.serviceId());
    if (service != null) {
      service
          .spec()
          .labelsOrEmpty()
          .forEach((key, value) -> labels.put(key, value == null ? "" : value));
    }
    return labels;
  }
}
