package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.Wire;

/// What a task's specification says of health checks and logs, limits of processes, groups and name
/// servers. The managers keep it as it was posted; the agent that runs the task reads it. Pure.
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
      checkPassed(task.containerSpec());
      PrivilegeFields.check(task.containerSpec().passed("Privileges"));
    }
    checkLogDriver(task.logDriver(), "");
  }

  /// @param where it stands, with a dot behind it; or nothing
  static void checkLogDriver(JsonNode driver, String where) throws ApiException {
    object(where + "LogDriver", driver);
    LOG.check(driver, where + "LogDriver.");
    try {
      var _ = LogFields.read(driver.path("Name").asText(""), driver.path("Options"));
    } catch (ApiException e) {
      throw Refusals.invalid(where + "LogDriver: " + e.getMessage());
    }
  }

  private static void checkPassed(ContainerSpec container) throws ApiException {
    JsonNode all = Wire.JSON.valueToTree(container);
    PASSED.check(all, "ContainerSpec.");
    JsonNode dns = all.path("DNSConfig");
    DNS.check(dns, "ContainerSpec.DNSConfig.");
    JsonNode groups = all.path("Groups");
    for (JsonNode list :
        List.of(groups, dns.path("Nameservers"), dns.path("Search"), dns.path("Options"))) {
      for (JsonNode value : list) {
        if (value.asText("").isBlank()) {
          throw Refusals.invalid("ContainerSpec: Groups and DNSConfig must not hold empty values");
        }
      }
    }
    try {
      ContainerOptions.checkOomScore(all.path("OomScoreAdj"));
      ContainerOptions.checkResolver(
          dns, "DNSConfig.", "Nameservers", List.of("Search", "Options"));
    } catch (ApiException e) {
      throw Refusals.invalid("ContainerSpec: " + e.getMessage());
    }
    for (JsonNode limit : all.path("Ulimits")) {
      checkUlimit(limit);
    }
  }

  private static void checkUlimit(JsonNode limit) throws ApiException {
    ContainerShape.ULIMIT.check(limit, "ContainerSpec.Ulimits.");
    String name = limit.path("Name").asText("");
    if (!ULIMITS.contains(name)) {
      throw Refusals.invalid(
          "ContainerSpec: invalid ulimit type: '"
              + name
              + "' is none of "
              + String.join(", ", ULIMITS));
    }
    long soft = limit.path("Soft").asLong();
    long hard = limit.path("Hard").asLong();
    if (hard != -1 && (soft == -1 || soft > hard)) {
      throw Refusals.invalid(
          "ContainerSpec: ulimit soft limit must be less than or equal to hard limit: %d > %d (%s)"
              .formatted(soft, hard, name));
    }
  }

  private static final JsonShape PASSED =
      new JsonShape()
          .with(JsonType.TEXTS, "Groups")
          .with(JsonType.OBJECT, "DNSConfig")
          .with(JsonType.OBJECTS, "Ulimits")
          .with(JsonType.INTEGER, "OomScoreAdj");
  private static final JsonShape DNS =
      new JsonShape().with(JsonType.TEXTS, "Nameservers", "Search", "Options");

  /// Those of Linux, as Docker's command has them, too.
  private static final List<String> ULIMITS =
      List.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  private static final JsonShape LOG =
      new JsonShape().with(JsonType.TEXT, "Name").with(JsonType.MAP, "Options");

  private static void object(String what, JsonNode value) throws ApiException {
    if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
      throw JsonBody.misfit(what, "an object", value);
    }
  }
}
