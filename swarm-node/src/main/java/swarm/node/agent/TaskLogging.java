package swarm.node.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.logs.LogOptions;
import swarm.scheduler.model.TaskSpec;

/// Where a task's output goes. Pure.
final class TaskLogging {
  private TaskLogging() {}

  /// @throws InvalidLogOptionException where a manager of another version let through what this
  ///   node cannot do
  static LogConfig of(TaskSpec task) throws InvalidLogOptionException {
    JsonNode driver = task.logDriver();
    var options = new LinkedHashMap<String, String>();
    driver
        .path("Options")
        .properties()
        .forEach(o -> options.put(o.getKey(), o.getValue().asText()));
    return LogOptions.parse(driver.path("Name").asText(""), options);
  }
}
