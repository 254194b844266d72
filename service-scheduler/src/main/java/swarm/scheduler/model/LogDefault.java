package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The log driver of tasks whose service names none (`TaskDefaults.LogDriver` of the `SwarmSpec`).
/// Pure.
public final class LogDefault {
  private static final String FIELD = "LogDriver";

  private LogDefault() {}

  /// The driver, as it was posted; empty where the cluster has none for all.
  ///
  /// @param swarmSpec of the cluster
  public static Optional<JsonNode> of(JsonNode swarmSpec) {
    JsonNode driver = swarmSpec.path("TaskDefaults").path(FIELD);
    return Meaning.says(driver) ? Optional.of(driver) : Optional.empty();
  }

  /// A task's spec with it, where it names no driver itself; what it says counts even where that is
  /// nothing (`{}`), as in swarmkit.
  public static TaskSpec of(TaskSpec spec, JsonNode swarmSpec) {
    Optional<JsonNode> driver = of(swarmSpec);
    JsonNode own = spec.logDriver();
    if (driver.isEmpty() || !(own.isMissingNode() || own.isNull())) {
      return spec;
    }
    Map<String, JsonNode> other = new TreeMap<>();
    if (spec.other() != null) {
      other.putAll(spec.other());
    }
    other.put(FIELD, driver.get());
    return spec.with(other);
  }
}
