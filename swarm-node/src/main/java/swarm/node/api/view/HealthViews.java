package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import swarm.runtime.container.Container;
import swarm.runtime.health.Health;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.health.ProbeResult;
import swarm.scheduler.model.Wire;

/// How a container's health looks in the API. Pure.
public final class HealthViews {
  private HealthViews() {}

  /// As filters call it.
  public static String word(Container c) {
    return c.health().status().name().toLowerCase(Locale.ROOT);
  }

  /// What a list says behind the time that a container is up.
  static String suffix(Container c) {
    return switch (c.health().status()) {
      case NONE -> "";
      case STARTING -> " (health: starting)";
      case HEALTHY, UNHEALTHY -> " (" + word(c) + ")";
    };
  }

  /// What its probes found; nothing is put where there are none.
  static void putState(ObjectNode state, Container c) {
    Health health = c.health();
    if (health.status() == Health.Status.NONE) {
      return;
    }
    ObjectNode shown = state.putObject("Health");
    shown.put("Status", word(c)).put("FailingStreak", health.failingStreak());
    ArrayNode log = shown.putArray("Log");
    for (ProbeResult result : health.log()) {
      log.addObject()
          .put("Start", result.start().toString())
          .put("End", result.end().toString())
          .put("ExitCode", result.exitCode())
          .put("Output", result.output());
    }
  }

  /// How it is checked; nothing is put where nobody said anything of it.
  static void putConfig(ObjectNode config, HealthCheck check) {
    ObjectNode shown = Wire.JSON.createObjectNode();
    if (!check.test().isEmpty()) {
      check.test().forEach(shown.putArray("Test")::add);
    }
    number(shown, "Interval", check.interval());
    number(shown, "Timeout", check.timeout());
    number(shown, "StartPeriod", check.startPeriod());
    number(shown, "StartInterval", check.startInterval());
    number(shown, "Retries", check.retries());
    if (!shown.isEmpty()) {
      config.set("Healthcheck", shown);
    }
  }

  private static void number(ObjectNode shown, String field, long value) {
    if (value != 0) {
      shown.put(field, value);
    }
  }
}
