package swarm.runtime.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// Reads a health check as Docker writes it in images, containers and services. Pure.
public final class HealthJson {
  private HealthJson() {}

  /// @param health its fields; what is missing or of another type says nothing
  /// @param shell a list of words, or nothing
  public static HealthCheck read(JsonNode health, JsonNode shell) {
    return new HealthCheck(
        texts(health.path("Test")),
        health.path("Interval").asLong(),
        health.path("Timeout").asLong(),
        health.path("StartPeriod").asLong(),
        health.path("StartInterval").asLong(),
        health.path("Retries").asInt(),
        texts(shell));
  }

  private static List<String> texts(JsonNode list) {
    var all = new ArrayList<String>();
    if (list.isTextual()) {
      all.add(list.asText());
    }
    list.forEach(item -> all.add(item.asText()));
    return all;
  }
}
