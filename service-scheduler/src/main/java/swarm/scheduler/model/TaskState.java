package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// The life of a task. A task's observed state only ever advances in this order: of two
/// observations, the greater is the newer one (swarmkit, `api/types.proto`).
public enum TaskState {
  NEW,
  ALLOCATED,
  PENDING,
  ASSIGNED,
  ACCEPTED,
  PREPARING,
  READY,
  STARTING,
  RUNNING,
  COMPLETE,
  SHUTDOWN,
  FAILED,
  REJECTED,
  REMOVE,
  ORPHANED;

  /// Whether the attempt is over: nothing of it runs any more, and it will never run again.
  public boolean terminal() {
    return compareTo(RUNNING) > 0;
  }

  /// Whether one of which this is desired is told to end: a job's tasks are to complete, by
  /// themselves.
  public boolean isEnd() {
    return compareTo(COMPLETE) > 0;
  }

  /// The name in the Docker Engine API: lower case.
  @JsonValue
  public String apiName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reverses [#apiName].
  ///
  /// @throws IllegalArgumentException for a name that is no state
  @JsonCreator
  public static TaskState of(String apiName) {
    return valueOf(apiName.toUpperCase(Locale.ROOT));
  }
}
