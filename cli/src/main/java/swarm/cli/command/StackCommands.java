package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.compose.StackNames;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;

/// `swarm stack ...`: services, networks, secrets and configs that one Compose file declares.
public final class StackCommands {
  private static final int MANY = Integer.MAX_VALUE;
  private static final String FILES = "Path to a Compose file, or \"-\" to read from stdin";

  private StackCommands() {}

  public static CommandSpec stack() {
    return Cmd.group(
        "stack",
        "Manage Swarm stacks",
        Cmd.named("config", "Outputs the final config file, after doing merges and interpolations")
            .arguments("", 0, 0)
            .list("-c --compose-file", "strings", FILES)
            .flag("--skip-interpolation", "Skip interpolation and output only merged config")
            .example("swarm stack config -c compose.yml -c production.yml")
            .runs(StackCommands::config),
        Cmd.named("deploy", "Deploy a new stack or update an existing stack")
            .arguments("STACK", 1, 1)
            .list("-c --compose-file", "strings", FILES)
            .flag(
                "-d --detach",
                "Exit immediately instead of waiting for the stack services to converge (default"
                    + " true)")
            .flag("--dry-run", "Print what would change, and change nothing")
            .flag("--prune", "Prune services that are no longer referenced")
            .flag("-q --quiet", "Suppress progress output")
            .text(
                "--resolve-image",
                "string",
                "Query the registry to resolve image digest and supported platforms (\"always\","
                    + " \"changed\", \"never\") (default \"always\")")
            .flag("--with-registry-auth", "Send registry authentication details to Swarm agents")
            .example(
                "swarm stack deploy -c compose.yml shop",
                "swarm stack deploy -c compose.yml --prune --dry-run shop")
            .runs(StackDeploy::run),
        Cmd.named("ls", "List stacks")
            .arguments("", 0, 0)
            .text("--format", "string", "'table', 'json' or a template")
            .example("swarm stack ls")
            .runs(StackCommands::list),
        Cmd.named("ps", "List the tasks in the stack")
            .arguments("STACK", 1, 1)
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("--no-resolve", "Do not map IDs to Names")
            .flag("--no-trunc", "Do not truncate output")
            .flag("-q --quiet", "Only display task IDs")
            .example("swarm stack ps shop --filter desired-state=running")
            .runs(StackCommands::tasks),
        Cmd.named("rm", "Remove one or more stacks")
            .arguments("STACK [STACK...]", 1, MANY)
            .flag("-d --detach", "Do not wait for stack removal (default true)")
            .example("swarm stack rm shop")
            .runs(StackRemove::run),
        Cmd.named("services", "List the services in the stack")
            .arguments("STACK", 1, 1)
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("-q --quiet", "Only display IDs")
            .example("swarm stack services shop")
            .runs(StackCommands::services));
  }

  /// The one argument.
  ///
  /// @throws InvalidValueException where it is made of blanks and quotes
  static String name(Invocation call) throws InvalidValueException {
    String name = call.arguments().getFirst();
    check(name);
    return name;
  }

  static void check(String name) throws InvalidValueException {
    if (name.chars().allMatch(c -> Character.isWhitespace(c) || c == '"' || c == '\'')) {
      throw new InvalidValueException("invalid stack name: \"" + name + "\"");
    }
  }

  /// What finds a stack's things in a list of the API.
  static Map<String, List<String>> filter(String stack) {
    return Map.of("label", List.of(StackNames.NAMESPACE + "=" + stack));
  }

  /// Those that were asked for, within the stack.
  private static Map<String, List<String>> filters(Invocation call, String stack)
      throws InvalidValueException {
    Map<String, List<String>> all = call.filters();
    all.computeIfAbsent("label", _ -> new ArrayList<>()).add(StackNames.NAMESPACE + "=" + stack);
    return all;
  }

  /// Docker's default, unlike that of services: not to wait.
  static boolean detached(Invocation call) {
    return !call.given("--detach") || call.flag("--detach");
  }

  private static int config(Invocation call) throws IOException, InvalidValueException {
    var files = StackFiles.load(call, !call.flag("--skip-interpolation"));
    files.file().warnings().forEach(call.err()::println);
    call.print(files.file().yaml());
    return 0;
  }

  private static int list(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    var counts = new TreeMap<String, Integer>();
    Target target =
        Target.of("/services").withFilters(Map.of("label", List.of(StackNames.NAMESPACE)));
    for (JsonNode service : call.api().get(target)) {
      counts.merge(
          service.path("Spec").path("Labels").path(StackNames.NAMESPACE).asText(), 1, Integer::sum);
    }
    return Output.list(call, Tables.stacks(counts));
  }

  private static int services(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String stack = name(call);
    JsonNode services =
        call.api()
            .get(Target.of("/services").with("status", "true").withFilters(filters(call, stack)));
    if (services.isEmpty()) {
      call.err().println("Nothing found in stack: " + stack);
      return 0;
    }
    return Output.list(call, Tables.services(services));
  }

  private static int tasks(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String stack = name(call);
    var tasks = new ArrayList<JsonNode>();
    call.api().get(Target.of("/tasks").withFilters(filters(call, stack))).forEach(tasks::add);
    if (tasks.isEmpty()) {
      throw new InvalidValueException("nothing found in stack: " + stack);
    }
    return TaskList.print(call, tasks);
  }
}
