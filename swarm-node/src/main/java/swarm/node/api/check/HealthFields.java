package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// How the health of a container, or of a service's tasks, is to be checked. Pure.
public final class HealthFields {
  private static final long SHORTEST_NANOS = 1_000_000;
  private static final JsonShape SHAPE =
      new JsonShape()
          .with(JsonType.TEXTS, "Test")
          .with(JsonType.INTEGER, "Interval", "Timeout", "StartPeriod", "StartInterval")
          .with(JsonType.INTEGER, "Retries");

  private HealthFields() {}

  /// @throws ApiException 400 in Docker's words where the values make no sense
  public static void check(JsonNode health) throws ApiException {
    SHAPE.check(health, "Healthcheck.");
    for (String field : List.of("Interval", "Timeout", "StartPeriod", "StartInterval")) {
      long nanos = health.path(field).asLong();
      if (nanos != 0 && nanos < SHORTEST_NANOS) {
        throw ApiException.bad(field + " in Healthcheck cannot be less than 1ms");
      }
    }
    long retries = health.path("Retries").asLong();
    if (retries < 0) {
      throw ApiException.bad("Retries in Healthcheck cannot be negative");
    }
    if (retries > Integer.MAX_VALUE) {
      throw ApiException.bad(
          "Retries in Healthcheck cannot be more than " + Integer.MAX_VALUE + ": " + retries);
    }
    String kind = health.path("Test").path(0).asText("");
    if (!List.of("", "NONE", "CMD", "CMD-SHELL").contains(kind)) {
      throw ApiException.bad(
          "Unknown probe type '" + kind + "' in Healthcheck: use CMD, CMD-SHELL or NONE");
    }
    if (kind.startsWith("CMD") && health.path("Test").size() < 2) {
      throw ApiException.bad("Test in Healthcheck names no command after '" + kind + "'");
    }
  }
}
