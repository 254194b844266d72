package swarm.node.agent;

import java.time.Duration;
import java.util.Map;

/// How long the tasks of a service run on while no manager can be reached. Pure; immutable.
///
/// @param millis service id to milliseconds; a service that is not named keeps its tasks
record Leash(Map<String, Long> millis) {
  static final Leash NONE = new Leash(Map.of());

  /// Whether the tasks of a service must end.
  boolean ended(String serviceId, Duration cutOff) {
    Long limit = millis.get(serviceId);
    return limit != null && cutOff.toMillis() >= limit;
  }

  /// Why, for people.
  String why(String serviceId) {
    return "stopped by the node itself: no manager was reached for "
        + Duration.ofMillis(millis.getOrDefault(serviceId, 0L)).toString().substring(2)
        + ", the service's stop-after-disconnect";
  }
}
