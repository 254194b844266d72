package swarm.node.template;

import java.util.Map;
import swarm.scheduler.model.Task;
import swarm.template.Value;

/// What a task's templates may speak of, as in swarmkit: `.Service`, `.Node` and `.Task`.
///
/// @param labels the service's
/// @param slot the id of the node for a task without one
public record TaskContext(
    String serviceId,
    String serviceName,
    Map<String, String> labels,
    String nodeId,
    String hostname,
    String os,
    String architecture,
    String taskId,
    String taskName,
    String slot) {

  /// Where a task runs.
  public record Place(String hostname, String os, String architecture) {}

  /// A task's.
  public static TaskContext of(Task task, Map<String, String> serviceLabels, Place place) {
    return new TaskContext(
        task.serviceId(),
        task.serviceName(),
        serviceLabels,
        task.nodeId(),
        place.hostname(),
        place.os(),
        place.architecture(),
        task.id(),
        task.containerName(),
        task.slot() == 0 ? task.nodeId() : Integer.toString(task.slot()));
  }

  /// One to check a service's templates with before it has tasks.
  public static TaskContext example(String serviceName, Map<String, String> labels) {
    return new TaskContext(
        "serviceid",
        serviceName,
        labels,
        "nodeid",
        "nodeHostname",
        "os",
        "architecture",
        "taskid",
        serviceName + ".1.taskid",
        "1");
  }

  Value.Struct value() {
    return object(
        "*template.Context",
        Map.of(
            "Service",
            object(
                "struct { ID string; Name string; Labels map[string]string }",
                Map.of("ID", text(serviceId), "Name", text(serviceName), "Labels", texts(labels))),
            "Node",
            object(
                "struct { ID string; Hostname string; Platform template.Platform }",
                Map.of(
                    "ID",
                    text(nodeId),
                    "Hostname",
                    text(hostname),
                    "Platform",
                    object(
                        "template.Platform",
                        Map.of("OS", text(os), "Architecture", text(architecture))))),
            "Task",
            object(
                "struct { ID string; Name string; Slot string }",
                Map.of("ID", text(taskId), "Name", text(taskName), "Slot", text(slot)))));
  }

  private static Value.Struct object(String type, Map<String, Value> fields) {
    return Value.Struct.opaque(type, fields);
  }

  private static Value text(String text) {
    return Value.Text.of(text);
  }

  private static Value texts(Map<String, String> texts) {
    return Value.Entries.ofTexts(texts);
  }
}
