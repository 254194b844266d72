package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import swarm.cli.spec.GoDuration;

/// `swarm service inspect --pretty`, laid out as Docker's is, blanks at the ends of lines included.
public final class ServiceText {
  private final StringBuilder out = new StringBuilder();

  private ServiceText() {}

  /// @param service as `GET /services/ID` has it
  /// @param networks names by id; a network that is missing is shown by what the service calls it
  /// @return the text with its line ends
  public static String of(JsonNode service, Map<String, String> networks, Instant now) {
    JsonNode spec = service.path("Spec");
    JsonNode task = spec.path("TaskTemplate");
    var text = new ServiceText();
    text.identity(service.path("ID").asText(), spec);
    text.job(service.path("JobStatus"));
    text.updateStatus(service.path("UpdateStatus"), now);
    text.placement(task.path("Placement"));
    text.updates("UpdateConfig:", " Update order:      ", spec.path("UpdateConfig"));
    text.updates("RollbackConfig:", " Rollback order:    ", spec.path("RollbackConfig"));
    text.container(task.path("ContainerSpec"));
    text.files(task.path("ContainerSpec"));
    text.logDriver(task.path("LogDriver"));
    text.resources(task.path("Resources"));
    text.endpoint(task.path("Networks"), networks, spec, service.at("/Endpoint/Ports"));
    text.healthcheck(task.at("/ContainerSpec/Healthcheck"));
    return text.out.append("\n\n").toString();
  }

  private void identity(String id, JsonNode spec) {
    line("ID:\t\t" + id);
    line("Name:\t\t" + spec.path("Name").asText());
    pairs("Labels:", " ", "=", spec.path("Labels"));
    JsonNode mode = spec.path("Mode");
    if (mode.path("Global").isObject()) {
      line("Service Mode:\tGlobal");
    } else if (mode.path("Replicated").isObject()) {
      line("Service Mode:\tReplicated");
      given(" Replicas:\t", mode.at("/Replicated/Replicas"));
    } else {
      line("Service Mode:");
    }
  }

  /// Only of one that is scheduled: Docker's command shows nothing of others.
  private void job(JsonNode status) {
    if (status.path("NextExecution").isTextual()) {
      line("Schedule:");
      given(" Last Execution:\t", status.path("LastExecution"));
      line(" Next Execution:\t" + status.path("NextExecution").asText());
    }
  }

  private void updateStatus(JsonNode status, Instant now) {
    String state = status.path("State").asText("");
    if (state.isEmpty()) {
      return;
    }
    line("UpdateStatus:");
    line(" State:\t\t" + state);
    if (status.path("StartedAt").isTextual()) {
      line(" Started:\t" + Human.ago(status.path("StartedAt").asText(), now));
    }
    if (state.equals("completed") && status.path("CompletedAt").isTextual()) {
      line(" Completed:\t" + Human.ago(status.path("CompletedAt").asText(), now));
    }
    line(" Message:\t" + status.path("Message").asText());
  }

  private void placement(JsonNode placement) {
    line("Placement:");
    list(" Constraints:\t", texts(placement.path("Constraints")));
    var preferences = new ArrayList<String>();
    for (JsonNode one : placement.path("Preferences")) {
      if (one.path("Spread").isObject()) {
        preferences.add("spread=" + one.at("/Spread/SpreadDescriptor").asText());
      }
    }
    list(" Preferences:   ", preferences);
    positive(" Max Replicas Per Node:   ", placement.path("MaxReplicas"));
  }

  private void updates(String title, String order, JsonNode config) {
    if (!config.isObject()) {
      return;
    }
    line(title);
    line(" Parallelism:\t" + config.path("Parallelism").asLong());
    duration(" Delay:\t\t", config.path("Delay"));
    line(" On failure:\t" + config.path("FailureAction").asText());
    duration(" Monitoring Period: ", config.path("Monitor"));
    // Go keeps it in 32 bits, and shows as many digits as those need
    String ratio = Float.toString((float) config.path("MaxFailureRatio").asDouble());
    line(" Max failure ratio: " + decimal(new BigDecimal(ratio)));
    line(order + config.path("Order").asText());
  }

  private void container(JsonNode container) {
    line("ContainerSpec:");
    line(" Image:\t\t" + container.path("Image").asText());
    words(" Args:\t\t", container.path("Args"));
    words(" Env:\t\t", container.path("Env"));
    given(" Dir:\t\t", container.path("Dir"));
    given(" Init:\t\t", container.path("Init"));
    given(" User: ", container.path("User"));
    List<String> added = texts(container.path("CapabilityAdd"));
    List<String> dropped = texts(container.path("CapabilityDrop"));
    if (!added.isEmpty() || !dropped.isEmpty()) {
      line("Capabilities:");
    }
    if (!added.isEmpty()) {
      line(" Add: " + String.join(", ", added));
    }
    if (!dropped.isEmpty()) {
      line(" Drop: " + String.join(", ", dropped));
    }
    pairs("SysCtls:", " ", ": ", container.path("Sysctls"));
    ulimits(container.path("Ulimits"));
  }

  private void ulimits(JsonNode all) {
    var limits = new ArrayList<JsonNode>();
    all.forEach(limits::add);
    if (limits.isEmpty()) {
      return;
    }
    limits.sort(Comparator.comparing(limit -> limit.path("Name").asText()));
    line("Ulimits:");
    for (JsonNode limit : limits) {
      line(
          String.format(
              Locale.ROOT,
              " %s: %d:%d",
              limit.path("Name").asText(),
              limit.path("Soft").asLong(),
              limit.path("Hard").asLong()));
    }
  }

  private void files(JsonNode container) {
    title("Mounts:", container.path("Mounts"));
    for (JsonNode mount : container.path("Mounts")) {
      line(" Target:\t" + mount.path("Target").asText());
      line("  Source:\t" + mount.path("Source").asText());
      line("  ReadOnly:\t" + mount.path("ReadOnly").asBoolean());
      line("  Type:\t\t" + mount.path("Type").asText());
    }
    references("Configs:", container.path("Configs"), "ConfigName");
    references("Secrets:", container.path("Secrets"), "SecretName");
  }

  private void references(String title, JsonNode all, String name) {
    title(title, all);
    for (JsonNode one : all) {
      line(" Target:\t" + one.at("/File/Name").asText());
      line("  Source:\t" + one.path(name).asText());
    }
  }

  private void logDriver(JsonNode driver) {
    if (!driver.isObject()) {
      return;
    }
    line("Log Driver:");
    given(" Name:\t\t", driver.path("Name"));
    pairs(" LogOpts:", "  ", ":       ", driver.path("Options"));
    line("");
  }

  private void resources(JsonNode resources) {
    if (!resources.isObject()) {
      return;
    }
    line("Resources:");
    JsonNode reserved = resources.path("Reservations");
    if (has(reserved, "NanoCPUs") || has(reserved, "MemoryBytes")) {
      line(" Reservations:");
      amounts(reserved);
    }
    JsonNode limits = resources.path("Limits");
    if (has(limits, "NanoCPUs") || has(limits, "MemoryBytes") || has(limits, "Pids")) {
      line(" Limits:");
      amounts(limits);
    }
    positive("  PIDs:\t\t", limits.path("Pids"));
  }

  private void amounts(JsonNode of) {
    if (has(of, "NanoCPUs")) {
      line("  CPU:\t\t" + decimal(BigDecimal.valueOf(of.path("NanoCPUs").asLong(), 9)));
    }
    if (has(of, "MemoryBytes")) {
      line("  Memory:\t" + Human.memory(of.path("MemoryBytes").asLong()));
    }
  }

  private void endpoint(
      JsonNode attached, Map<String, String> networks, JsonNode spec, JsonNode ports) {
    if (!attached.isEmpty()) {
      line("Networks:");
      for (JsonNode one : attached) {
        String target = one.path("Target").asText();
        out.append(' ').append(networks.getOrDefault(target, target));
      }
      out.append(' ');
    }
    line("Endpoint Mode:\t" + spec.at("/EndpointSpec/Mode").asText(""));
    title("Ports:", ports);
    for (JsonNode port : ports) {
      line(" PublishedPort = " + port.path("PublishedPort").asInt());
      line("  Protocol = " + port.path("Protocol").asText());
      line("  TargetPort = " + port.path("TargetPort").asInt());
      line("  PublishMode = " + port.path("PublishMode").asText());
    }
    if (!ports.isEmpty()) {
      out.append(' ');
    }
  }

  private void healthcheck(JsonNode check) {
    if (!check.isObject()) {
      return;
    }
    line(" Healthcheck:");
    line("  Interval = " + GoDuration.format(check.path("Interval").asLong()));
    line("  Retries = " + check.path("Retries").asInt());
    line("  StartPeriod =\t" + GoDuration.format(check.path("StartPeriod").asLong()));
    line("  Timeout =\t" + GoDuration.format(check.path("Timeout").asLong()));
    List<String> test = texts(check.path("Test"));
    if (!test.isEmpty()) {
      line("  Tests:");
      test.forEach(word -> line("\t Test = " + word));
      out.append(' ');
    }
  }

  private static boolean has(JsonNode of, String amount) {
    return of.path(amount).asLong() > 0;
  }

  private static List<String> texts(JsonNode list) {
    var all = new ArrayList<String>();
    list.forEach(one -> all.add(one.asText()));
    return all;
  }

  /// As Go prints a number: with an exponent where it is below 0.0001.
  private static String decimal(BigDecimal number) {
    BigDecimal plain = number.stripTrailingZeros();
    if (plain.signum() == 0 || plain.abs().compareTo(new BigDecimal("0.0001")) >= 0) {
      return plain.toPlainString();
    }
    int exponent = plain.precision() - plain.scale() - 1;
    String digits = plain.scaleByPowerOfTen(-exponent).toPlainString();
    return String.format(Locale.ROOT, "%se-%02d", digits, -exponent);
  }

  private void title(String title, JsonNode list) {
    if (!list.isEmpty()) {
      line(title);
    }
  }

  private void pairs(String title, String indent, String between, JsonNode map) {
    title(title, map);
    Words.pairs(map, between).forEach(pair -> line(indent + pair));
  }

  private void list(String title, List<String> items) {
    if (!items.isEmpty()) {
      line(title + "[" + String.join(" ", items) + "]");
    }
  }

  private void words(String title, JsonNode list) {
    if (!list.isEmpty()) {
      line(title);
      texts(list).forEach(word -> out.append(word).append(' '));
    }
  }

  private void duration(String title, JsonNode nanos) {
    if (nanos.asLong() > 0) {
      line(title + GoDuration.format(nanos.asLong()));
    }
  }

  private void positive(String title, JsonNode number) {
    if (number.asLong() > 0) {
      line(title + number.asLong());
    }
  }

  private void given(String title, JsonNode value) {
    if (!value.asText("").isEmpty()) {
      line(title + value.asText());
    }
  }

  /// Docker's text begins with an empty line: each line brings the break before it.
  private void line(String line) {
    out.append('\n').append(line);
  }
}
