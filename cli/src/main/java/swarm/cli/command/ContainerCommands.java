package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.Listing;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;

/// `swarm ps`, `stop`, `restart`, `kill`, `rm` and `inspect`.
public final class ContainerCommands {
  private static final int MANY = Integer.MAX_VALUE;

  /// What `inspect --type` may ask for.
  private static final List<String> TYPES =
      List.of(
          "config",
          "container",
          "image",
          "network",
          "node",
          "plugin",
          "secret",
          "service",
          "task",
          "volume");

  private ContainerCommands() {}

  public static CommandSpec ps() {
    return list("ps");
  }

  static CommandSpec list(String name) {
    return Cmd.named(name, "List containers")
        .flag("-a --all", "Show all containers (default shows just running)")
        .list("-f --filter", "filter", "Filter output based on conditions provided")
        .text("--format", "string", "'table', 'json' or a template")
        .text("-n --last", "int", "Show n last created containers (includes all states)")
        .flag("-l --latest", "Show the latest created container (includes all states)")
        .flag("--no-trunc", "Don't truncate output")
        .flag("-q --quiet", "Only display container IDs")
        .flag("-s --size", "Display total file sizes")
        .example("swarm ps -a --filter status=exited")
        .runs(ContainerCommands::list);
  }

  private static int list(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    long last = call.flag("--latest") ? 1 : 0;
    if (call.given("--last")) {
      last = call.number("--last");
    }
    String format = call.text("--format");
    boolean sizes = !format.isEmpty() && Tables.check(format) && !call.flag("--quiet");
    Target target =
        Target.of("/containers/json")
            .withFlag("all", call.flag("--all"))
            .withFlag("size", call.given("--size") ? call.flag("--size") : sizes)
            .withFilters(call.filters());
    if (last > 0) {
      target.with("limit", last);
    }
    if (call.flag("--quiet") && !format.isEmpty()) {
      call.err()
          .println("WARNING: Ignoring custom format, because both --format and --quiet are set.");
    }
    Listing listing =
        Tables.containers(
            call.api().get(target),
            call.now(),
            call.terminal().zone(),
            !call.flag("--no-trunc"),
            call.flag("--size"));
    boolean ids = call.flag("--quiet") && !format.equals("raw");
    call.print(listing.render(ids ? "" : format, call.flag("--quiet")));
    return 0;
  }

  public static CommandSpec stop() {
    return ending(Cmd.named("stop", "Stop one or more running containers"))
        .example("swarm stop --timeout 30 web")
        .runs(call -> end(call, "stop"));
  }

  public static CommandSpec restart() {
    return ending(Cmd.named("restart", "Restart one or more containers"))
        .example("swarm restart web")
        .runs(call -> end(call, "restart"));
  }

  private static Cmd ending(Cmd cmd) {
    return cmd.arguments("CONTAINER [CONTAINER...]", 1, MANY)
        .text("-s --signal", "string", "Signal to send to the container")
        .text("-t --timeout --time", "int", "Seconds to wait before killing the container");
  }

  private static int end(Invocation call, String verb) throws IOException, InvalidValueException {
    String timeout = call.text("--timeout");
    if (!timeout.isEmpty()) {
      swarm.cli.spec.Numbers.signed(timeout, "-t, --timeout");
    }
    return Output.each(
        call,
        name ->
            call.api()
                .post(
                    path(name, verb)
                        .withGiven("signal", call.text("--signal"))
                        .withGiven("t", timeout)));
  }

  public static CommandSpec kill() {
    return Cmd.named("kill", "Kill one or more running containers")
        .arguments("CONTAINER [CONTAINER...]", 1, MANY)
        .text("-s --signal", "string", "Signal to send to the container (default KILL)")
        .example("swarm kill -s HUP web")
        .runs(
            call ->
                Output.each(
                    call,
                    name ->
                        call.api()
                            .post(path(name, "kill").withGiven("signal", call.text("--signal")))));
  }

  public static CommandSpec rm() {
    return Cmd.named("rm", "Remove one or more containers")
        .arguments("CONTAINER [CONTAINER...]", 1, MANY)
        .flag("-f --force", "Force the removal of a running container (uses SIGKILL)")
        .flag("-l --link", "Remove the specified link")
        .flag("-v --volumes", "Remove anonymous volumes associated with the container")
        .example("swarm rm -f web")
        .runs(
            call ->
                Output.each(
                    call,
                    call.flag("--force"),
                    name ->
                        call.api()
                            .delete(
                                Target.of("/containers", name)
                                    .withFlag("force", call.flag("--force"))
                                    .withFlag("link", call.flag("--link"))
                                    .withFlag("v", call.flag("--volumes")))));
  }

  private static Target path(String name, String verb) {
    return Target.of("/containers", name, verb);
  }

  public static CommandSpec inspect() {
    return Cmd.named("inspect", "Return low-level information on swarm objects")
        .arguments("NAME|ID [NAME|ID...]", 1, MANY)
        .text("-f --format", "string", "'json' or a template")
        .text("--type", "string", "Only inspect objects of the given type")
        .flag("-s --size", "Display total file sizes if the type is container")
        .example("swarm inspect web --format '{{.State.Status}}'")
        .runs(
            call -> {
              if (call.given("--type") && !TYPES.contains(call.text("--type"))) {
                String type = call.text("--type");
                throw new InvalidValueException(
                    (type.isEmpty() ? "type is empty" : "unknown type: \"" + type + "\"")
                        + ": must be one of \""
                        + String.join("\", \"", TYPES)
                        + "\"");
              }
              return Output.inspect(call, call.arguments(), name -> any(call, name));
            });
  }

  /// `inspect` of one kind of thing.
  static CommandSpec inspect(String kind) {
    return Cmd.named("inspect", "Display detailed information on one or more " + kind + "s")
        .arguments(
            kind.toUpperCase(Locale.ROOT) + " [" + kind.toUpperCase(Locale.ROOT) + "...]", 1, MANY)
        .text("-f --format", "string", "'json' or a template")
        .flag("-s --size", "Display total file sizes")
        .runs(
            call ->
                Output.inspect(
                    call,
                    call.arguments(),
                    name ->
                        call.api()
                            .get(
                                Target.of("/" + kind + "s", name, "json")
                                    .withFlag("size", call.flag("--size")))));
  }

  /// Whatever has that name; containers first, as Docker looks.
  private static JsonNode any(Invocation call, String name) throws IOException, DaemonException {
    String type = call.text("--type");
    for (String kind :
        new String[] {
          "container",
          "image",
          "network",
          "volume",
          "service",
          "task",
          "node",
          "plugin",
          "secret",
          "config"
        }) {
      if (!type.isEmpty() && !type.equals(kind)) {
        continue;
      }
      Target target =
          switch (kind) {
            case "container" ->
                Target.of("/containers", name, "json").withFlag("size", call.flag("--size"));
            case "image" -> Target.of("/images", name, "json");
            case "service" -> ServiceCommands.withDefaults(name);
            default -> Target.of("/" + kind + "s", name);
          };
      try {
        return call.api().get(target);
      } catch (DaemonException e) {
        // a node that is no manager answers 503 to what only managers know
        boolean elsewhere = e.status() == 404 || e.status() == 503 || e.status() == 501;
        if (!elsewhere || !type.isEmpty()) {
          throw e;
        }
      }
    }
    return MissingNode.getInstance();
  }
}
