package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.TimeUnit;
import swarm.node.agent.TaskContainer;
import swarm.scheduler.model.RestartPolicy;
import swarm.scheduler.model.UpdateConfig;

/// What holds where a service's spec says nothing, as `insertDefaults` asks for and swarmkit's
/// `api/defaults` has it. Pure.
final class ServiceDefaults {
  private static final long GRACE = TimeUnit.SECONDS.toNanos(TaskContainer.DEFAULT_GRACE_SECONDS);
  private static final long DELAY = RestartPolicy.DEFAULT.delayOrDefault().toNanos();
  private static final long MONITOR = UpdateConfig.DEFAULT.monitorOrDefault().toNanos();

  private ServiceDefaults() {}

  /// Fills in a spec as the API shows it.
  static void fill(ObjectNode spec) {
    ObjectNode task = object(spec, "TaskTemplate");
    if (isSaid(task, "ContainerSpec")) {
      ObjectNode container = object(task, "ContainerSpec");
      number(container, "StopGracePeriod", GRACE);
      object(container, "DNSConfig");
      text(container, "Isolation", "default");
    }
    ObjectNode resources = object(task, "Resources");
    object(resources, "Limits");
    object(resources, "Reservations");
    restart(object(task, "RestartPolicy"));
    object(task, "Placement");
    number(task, "ForceUpdate", 0);
    text(task, "Runtime", "container");
    update(spec, "UpdateConfig");
    update(spec, "RollbackConfig");
    text(object(spec, "EndpointSpec"), "Mode", "vip");
  }

  private static void restart(ObjectNode policy) {
    text(policy, "Condition", "any");
    number(policy, "Delay", DELAY);
    number(policy, "MaxAttempts", 0);
  }

  private static void update(ObjectNode spec, String which) {
    ObjectNode config = object(spec, which);
    number(config, "Parallelism", UpdateConfig.DEFAULT.slotsAtOnce());
    text(config, "FailureAction", "pause");
    number(config, "Monitor", MONITOR);
    number(config, "MaxFailureRatio", 0);
    text(config, "Order", "stop-first");
  }

  private static boolean isSaid(ObjectNode object, String field) {
    JsonNode value = object.path(field);
    return !value.isMissingNode() && !value.isNull();
  }

  private static ObjectNode object(ObjectNode object, String field) {
    return object.path(field) instanceof ObjectNode there ? there : object.putObject(field);
  }

  private static void number(ObjectNode object, String field, long number) {
    if (!isSaid(object, field)) {
      object.put(field, number);
    }
  }

  private static void text(ObjectNode object, String field, String text) {
    if (object.path(field).asText("").isEmpty()) {
      object.put(field, text);
    }
  }
}
