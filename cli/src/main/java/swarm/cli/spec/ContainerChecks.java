package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// `run` and `create`: options of health checks and log drivers.
public final class ContainerChecks {
  private ContainerChecks() {}

  /// @param body the request that creates a container
  public static void health(OptionValues values, ObjectNode body) throws InvalidValueException {
    boolean any = false;
    for (String option :
        new String[] {
          "--health-cmd",
          "--health-interval",
          "--health-timeout",
          "--health-start-period",
          "--health-start-interval",
          "--health-retries"
        }) {
      any |= values.given(option);
    }
    if (values.flag("--no-healthcheck")) {
      if (any) {
        throw new InvalidValueException("--no-healthcheck conflicts with --health-* options");
      }
      body.putObject("Healthcheck").putArray("Test").add("NONE");
      return;
    }
    if (!any) {
      return;
    }
    ObjectNode health = body.putObject("Healthcheck");
    if (values.given("--health-cmd")) {
      ArrayNode test = health.putArray("Test");
      test.add("CMD-SHELL").add(values.text("--health-cmd"));
    }
    duration(values, "--health-interval", health, "Interval");
    duration(values, "--health-timeout", health, "Timeout");
    duration(values, "--health-start-period", health, "StartPeriod");
    duration(values, "--health-start-interval", health, "StartInterval");
    if (values.given("--health-retries")) {
      health.put("Retries", Numbers.unsigned(values.text("--health-retries"), "--health-retries"));
    }
  }

  private static void duration(OptionValues values, String option, ObjectNode health, String member)
      throws InvalidValueException {
    if (values.given(option)) {
      health.put(member, GoDuration.parse(values.text(option), option));
    }
  }

  /// @param host the request's `HostConfig`
  public static void logging(OptionValues values, ObjectNode host) throws InvalidValueException {
    String driver = values.text("--log-driver");
    boolean options = !values.list("--log-opt").isEmpty();
    if (driver.equals("none") && options) {
      throw new InvalidValueException("invalid logging opts for driver none");
    }
    if (values.given("--log-driver") || options) {
      ObjectNode log = host.putObject("LogConfig").put("Type", driver);
      log.set("Config", KeyValues.map(values.list("--log-opt"), "--log-opt"));
    }
  }
}
