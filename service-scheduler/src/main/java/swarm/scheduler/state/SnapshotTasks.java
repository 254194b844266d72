package swarm.scheduler.state;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Tasks in a snapshot. What the tasks of a service were made from is most of what they are, and
/// the same for all of them: it is written once, and shared again by those that are read, as it was
/// before. A million tasks would else take gigabytes.
final class SnapshotTasks {
  private SnapshotTasks() {}

  /// What tasks are made from; those that follow name it by its number, which counts from 0.
  record Template(
      String serviceId,
      String serviceName,
      long specVersion,
      TaskSpec spec,
      List<PortConfig> hostPorts) {}

  /// A task, without what is in its template.
  record Made(
      int template,
      String id,
      Version version,
      int slot,
      String nodeId,
      int attempt,
      TaskState desired,
      Task.Status status,
      int ingressAddress,
      Instant startAfter,
      long born,
      @Nullable Instant runningSince,
      @Nullable Instant endedAt,
      @Nullable List<GenericResource> generic,
      @Nullable Long jobIteration,
      @Nullable String preempted,
      @Nullable List<NetworkAddress> networks) {}

  /// Numbers templates. Not thread-safe.
  static final class Writer {
    private final Map<String, Integer> newest = new HashMap<>();
    private final List<Template> templates = new ArrayList<>();

    /// The template that must be written before the task is; null where that has been done.
    @Nullable Template newTemplate(Task task) {
      Integer number = newest.get(task.serviceId());
      if (number != null && made(task, templates.get(number))) {
        return null;
      }
      var template =
          new Template(
              task.serviceId(),
              task.serviceName(),
              task.specVersion(),
              task.spec(),
              task.hostPorts());
      newest.put(task.serviceId(), templates.size());
      templates.add(template);
      return template;
    }

    private static boolean made(Task task, Template template) {
      return task.specVersion() == template.specVersion()
          && task.serviceName().equals(template.serviceName())
          && task.spec().equals(template.spec())
          && task.hostPorts().equals(template.hostPorts());
    }

    /// The task, as it is written after its template.
    Made made(Task task) {
      Integer number = newest.get(task.serviceId());
      if (number == null) {
        throw new IllegalStateException("task " + task.id() + " is written before its template");
      }
      return new Made(
          number,
          task.id(),
          task.version(),
          task.slot(),
          task.nodeId(),
          task.attempt(),
          task.desired(),
          task.status(),
          task.ingressAddress(),
          task.startAfter(),
          task.born(),
          task.runningSince(),
          task.endedAt(),
          task.generic(),
          task.jobIteration(),
          task.preempted(),
          task.networks());
    }
  }

  /// Makes tasks again, with parts that they share. Not thread-safe.
  static final class Reader {
    private final Function<String, @Nullable Service> services;
    private final List<Template> templates = new ArrayList<>();
    private final Map<String, String> nodeIds = new HashMap<>();

    /// @param services those read so far, by id
    Reader(Function<String, @Nullable Service> services) {
      this.services = services;
    }

    void learn(Template template) {
      Service service = services.apply(template.serviceId());
      boolean same = service != null && service.spec().template().equals(template.spec());
      templates.add(
          new Template(
              service == null ? template.serviceId() : service.id(),
              template.serviceName(),
              template.specVersion(),
              service != null && same ? service.spec().template() : template.spec(),
              template.hostPorts().isEmpty() ? List.of() : template.hostPorts()));
    }

    /// @throws IOException where the task's template is missing
    Task task(Made made) throws IOException {
      if (made.template() < 0 || made.template() >= templates.size()) {
        throw new IOException(
            "the snapshot is damaged: task "
                + made.id()
                + " is made from template "
                + made.template()
                + " of "
                + templates.size());
      }
      Template from = templates.get(made.template());
      return new Task(
          made.id(),
          made.version(),
          from.serviceId(),
          from.serviceName(),
          made.slot(),
          nodeIds.computeIfAbsent(made.nodeId(), id -> id),
          from.spec(),
          from.specVersion(),
          made.attempt(),
          made.desired(),
          made.status(),
          made.ingressAddress(),
          made.startAfter(),
          from.hostPorts(),
          made.born(),
          made.runningSince(),
          made.endedAt(),
          made.generic(),
          made.jobIteration(),
          made.preempted(),
          made.networks());
    }
  }
}
