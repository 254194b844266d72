package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.Version;
import swarm.cli.client.Answer;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.DiskUsageFormat;
import swarm.cli.render.DiskUsageText;
import swarm.cli.render.Format;
import swarm.cli.render.InfoText;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Times;

/// `swarm version`, `info`, `events` and `system`.
public final class SystemCommands {
  private static final DateTimeFormatter NANOS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnXXX", java.util.Locale.ROOT);

  private static final int UNREADABLE = 64;

  private SystemCommands() {}

  /// `swarm system ...`.
  public static CommandSpec system() {
    return Cmd.group(
        "system", "Manage the daemon", usage(), events(), info(), PruneCommands.system());
  }

  private static CommandSpec usage() {
    return Cmd.named("df", "Show disk usage")
        .text("--format", "string", "'table', 'json' or a template")
        .flag("-v --verbose", "Show detailed information on space usage")
        .example("swarm system df")
        .runs(
            call -> {
              JsonNode usage = call.api().get(Target.of("/system/df"));
              if (!call.flag("--verbose")) {
                return Output.list(call, DiskUsageText.summary(usage));
              }
              String format = call.text("--format");
              if (format.isEmpty() || format.equals("table")) {
                call.print(DiskUsageText.verbose(usage, call.now()));
              } else {
                call.print(
                    DiskUsageFormat.verbose(format, usage, call.now(), call.terminal().zone()));
              }
              return 0;
            });
  }

  public static CommandSpec version() {
    return Cmd.named("version", "Show the swarm version information")
        .text("-f --format", "string", "Format output: 'json' or a template")
        .example("swarm version --format '{{.Server.Version}}'")
        .runs(SystemCommands::version);
  }

  private static int version(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Format format = format(call);
    ObjectNode all = Json.object();
    all.putObject("Client")
        .put("Version", Version.NUMBER)
        .put("ApiVersion", Api.VERSION)
        .put("DefaultAPIVersion", Api.VERSION)
        .put("JavaVersion", Runtime.version().toString())
        .put("Os", "linux")
        .put("Arch", System.getProperty("os.arch", ""))
        .put("Context", "default");
    IOException unreachable = null;
    try {
      all.set("Server", call.api().get(Target.of("/version")));
    } catch (IOException e) {
      unreachable = e;
    }
    if (format != null) {
      call.print(rendered(call, format, all, "system.versionInfo") + "\n");
    } else {
      call.print(InfoText.version(all));
    }
    if (unreachable != null) {
      throw unreachable;
    }
    return 0;
  }

  public static CommandSpec info() {
    return Cmd.named("info", "Display system-wide information")
        .text("-f --format", "string", "Format output: 'json' or a template")
        .example("swarm info --format '{{.Swarm.LocalNodeState}}'")
        .runs(SystemCommands::info);
  }

  private static int info(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Format format = format(call);
    JsonNode info = call.api().get(Target.of("/info"));
    if (format != null) {
      call.print(rendered(call, format, info, "system.dockerInfo") + "\n");
    } else {
      call.print(InfoText.info(info, Version.NUMBER));
    }
    warnings(call, info);
    return 0;
  }

  /// Where it cannot be, there is an empty line, as Docker prints one.
  private static String rendered(Invocation call, Format format, JsonNode all, String type)
      throws InvalidValueException {
    try {
      return format.render(all, type);
    } catch (InvalidValueException e) {
      call.print("\n");
      throw e;
    }
  }

  private static @Nullable Format format(Invocation call) throws InvalidValueException {
    String format = call.text("--format");
    return format.isEmpty() ? null : Format.ofObject(format);
  }

  /// What the daemon finds wrong with its host or its settings.
  static void warnings(Invocation call, JsonNode info) {
    for (JsonNode warning : info.path("Warnings")) {
      call.err().println(warning.asText());
    }
  }

  public static CommandSpec events() {
    return Cmd.named("events", "Get real time events from the server")
        .list("-f --filter", "filter", "Filter output based on conditions provided")
        .text("--since", "string", "Show all events created since timestamp")
        .text("--until", "string", "Stream events until this timestamp")
        .text("--format", "string", "Format output: 'json' or a template")
        .example("swarm events --since 10m --filter type=container")
        .runs(SystemCommands::events);
  }

  private static int events(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Format template = events(call.text("--format"));
    Target target = Target.of("/events").withFilters(call.filters());
    for (String bound : new String[] {"--since", "--until"}) {
      if (call.given(bound)) {
        target.with(
            bound.substring(2),
            Times.parse(call.text(bound), bound, call.now(), call.terminal().zone()));
      }
    }
    try (Answer answer = call.api().stream("GET", target);
        Json.Sequence events = Json.sequence(answer.body())) {
      for (JsonNode event = events.next(); event != null; event = events.next()) {
        call.print((template == null ? line(call, event) : template.render(event, EVENT)) + "\n");
        if (!call.terminal().flush()) {
          break;
        }
      }
    }
    return 0;
  }

  private static final String EVENT = "*events.Message";

  /// A template that asks for what no event has is refused before there is one.
  private static @Nullable Format events(String format) throws InvalidValueException {
    if (format.isEmpty()) {
      return null;
    }
    try {
      Format template = Format.ofObject(format);
      ObjectNode none = Json.object().put("status", "").put("id", "").put("from", "");
      none.put("Type", "").put("Action", "").put("scope", "").put("time", 0).put("timeNano", 0);
      none.putObject("Actor").put("ID", "").putObject("Attributes");
      template.render(none, EVENT);
      return template;
    } catch (InvalidValueException e) {
      throw new InvalidValueException(
          "Error parsing format: " + e.reason().replaceFirst("^template parsing error: ", ""),
          UNREADABLE);
    }
  }

  private static String line(Invocation call, JsonNode event) {
    long nanos = event.path("timeNano").asLong();
    Instant at = Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    // Sorted by their names alone, as docker does: '=' comes behind the '.' of a longer name.
    String attributes =
        event.at("/Actor/Attributes").properties().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> e.getKey() + "=" + e.getValue().asText())
            .collect(Collectors.joining(", "));
    return NANOS.format(at.atZone(call.terminal().zone()))
        + " "
        + event.path("Type").asText()
        + " "
        + event.path("Action").asText()
        + " "
        + event.at("/Actor/ID").asText()
        + (attributes.isEmpty() ? "" : " (" + attributes + ")");
  }
}
