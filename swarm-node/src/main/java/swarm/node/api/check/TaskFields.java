package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.TaskSpec;

/// What a task's specification says of health checks and logs. The managers keep it as it was
/// posted; the agent that runs the task reads it. Pure.
final class TaskFields {
  private TaskFields() {}

  /// @throws ApiException 400 where the values make no sense
  static void check(TaskSpec task) throws ApiException {
    if (task.containerSpec() != null) {
      JsonNode health = task.containerSpec().healthCheck();
      object("ContainerSpec.HealthCheck", health);
      try {
        HealthFields.check(health);
      } catch (ApiException e) {
        throw Refusals.invalid("ContainerSpec: " + e.getMessage());
      }
    }
    JsonNode driver = task.logDriver();
    object("LogDriver", driver);
    LOG.check(driver, "LogDriver.");
    try {
      var _ = LogFields.read(driver.path("Name").asText(""), driver.path("Options"));
    } catch (ApiException e) {
      throw Refusals.invalid("LogDriver: " + e.getMessage());
    }
  }

  private static final JsonShape LOG =
      new JsonShape().with(JsonShape.Kind.TEXT, "Name").with(JsonShape.Kind.MAP, "Options");

  private static void object(String what, JsonNode value) throws ApiException {
    if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
      throw JsonBody.misfit(what, "an object", value);
    }
  }
}
