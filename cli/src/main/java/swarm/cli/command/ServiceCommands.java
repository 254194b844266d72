package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.ServiceText;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;
import swarm.cli.spec.Numbers;
import swarm.cli.spec.ServiceSpecs;
import swarm.cli.spec.ServiceUpdate;

/// `swarm service ...`.
public final class ServiceCommands {
  private static final int MANY = Integer.MAX_VALUE;

  private ServiceCommands() {}

  /// A service as `inspect` shows it: with what holds where its spec says nothing.
  static Target withDefaults(String name) {
    return Target.of("/services", name).with("insertDefaults", "true");
  }

  public static CommandSpec service() {
    return Cmd.group(
        "service",
        "Manage Swarm services",
        ServiceOptions.create(
                Cmd.named("create", "Create a new service")
                    .arguments("IMAGE [COMMAND] [ARG...]", 1, MANY)
                    .passesOn())
            .example("swarm service create --name web --replicas 3 -p 8080:80 nginx:alpine")
            .runs(ServiceCommands::create),
        Cmd.named("inspect", "Display detailed information on one or more services")
            .arguments("SERVICE [SERVICE...]", 1, MANY)
            .text("-f --format", "string", "'json' or a template")
            .flag("--pretty", "Print the information in a human friendly format")
            .example(
                "swarm service inspect web --pretty",
                "swarm service inspect web --format '{{.Spec.Mode.Replicated.Replicas}}'")
            .runs(
                call ->
                    Output.inspect(
                        call,
                        name -> call.api().get(withDefaults(name)),
                        service -> ServiceText.of(service, networks(call, service), call.now()))),
        ServiceLogs.spec(),
        Cmd.named("ls", "List services")
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("-q --quiet", "Only display IDs")
            .example("swarm service ls --filter mode=global")
            .runs(
                call ->
                    Output.list(
                        call,
                        Tables.services(
                            call.api()
                                .get(
                                    Target.of("/services")
                                        .with("status", "true")
                                        .withFilters(call.filters()))))),
        Cmd.named("ps", "List the tasks of one or more services")
            .arguments("SERVICE [SERVICE...]", 1, MANY)
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("--no-resolve", "Do not map IDs to Names")
            .flag("--no-trunc", "Do not truncate output")
            .flag("-q --quiet", "Only display task IDs")
            .example("swarm service ps web --filter desired-state=running")
            .runs(ServiceCommands::tasks),
        Cmd.named("promote", "Let an update go on after its first part")
            .arguments("SERVICE", 1, 1)
            .flag("-d --detach", "Exit immediately instead of waiting for the service to converge")
            .flag("-q --quiet", "Suppress progress output")
            .example("swarm service promote web")
            .runs(ServiceCommands::promote),
        Cmd.named("rebalance", "Move tasks of a service to where there are fewer")
            .arguments("SERVICE [SERVICE...]", 1, MANY)
            .example("swarm service rebalance web")
            .runs(
                call ->
                    Output.each(
                        call, name -> call.api().post(Target.of("/services", name, "rebalance")))),
        Cmd.named("rm", "Remove one or more services")
            .arguments("SERVICE [SERVICE...]", 1, MANY)
            .example("swarm service rm web")
            .runs(
                call -> Output.each(call, name -> call.api().delete(Target.of("/services", name)))),
        Cmd.named("rollback", "Revert changes to a service's configuration")
            .arguments("SERVICE", 1, 1)
            .flag("-d --detach", "Exit immediately instead of waiting for the service to converge")
            .flag("-q --quiet", "Suppress progress output")
            .example("swarm service rollback web")
            .runs(call -> rollback(call, call.arguments().getFirst())),
        Cmd.named("scale", "Scale one or multiple replicated services")
            .arguments("SERVICE=REPLICAS [SERVICE=REPLICAS...]", 1, MANY)
            .flag("-d --detach", "Exit immediately instead of waiting for the service to converge")
            .example("swarm service scale web=5 worker=2")
            .runs(ServiceCommands::scale),
        ServiceOptions.update(Cmd.named("update", "Update a service").arguments("SERVICE", 1, 1))
            .example("swarm service update --image nginx:1.29 --update-order start-first web")
            .runs(ServiceCommands::update));
  }

  /// Names of a service's networks by what the service calls them.
  private static Map<String, String> networks(Invocation call, JsonNode service)
      throws IOException {
    var names = new HashMap<String, String>();
    for (JsonNode attached : service.at("/Spec/TaskTemplate/Networks")) {
      String target = attached.path("Target").asText();
      try {
        names.put(target, call.api().get(Target.of("/networks", target)).path("Name").asText());
      } catch (DaemonException _) {
        // gone: what the service calls it is all that is known
      }
    }
    return names;
  }

  private static int create(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    List<String> environment =
        KeyValues.environment(
            EnvFiles.lines(call.list("--env-file")),
            call.list("--env"),
            call.terminal().environment());
    ObjectNode spec = ServiceSpecs.create(call, call.arguments(), environment);
    ServicePayloads.resolve(call, spec);
    Map<String, String> headers = ServiceImage.headers(call, spec);
    ServiceImage.resolve(call, spec, headers);
    JsonNode made = call.api().post(Target.of("/services/create"), headers, spec);
    Output.warnings(call, made);
    call.out().println(made.path("ID").asText());
    return call.flag("--detach") ? 0 : ServiceWait.run(call, made, call.flag("--quiet"));
  }

  private static int tasks(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    var ids = new ArrayList<String>();
    int status = 0;
    for (String name : call.arguments()) {
      try {
        ids.add(call.api().get(Target.of("/services", name)).path("ID").asText());
      } catch (DaemonException e) {
        if (e.status() != 404) {
          throw e;
        }
        call.err().println("no such service: " + name);
        status = 1;
      }
    }
    if (ids.isEmpty()) {
      return status;
    }
    Map<String, List<String>> filters = call.filters();
    filters.put("service", ids);
    var tasks = new ArrayList<JsonNode>();
    call.api().get(Target.of("/tasks").withFilters(filters)).forEach(tasks::add);
    TaskList.print(call, tasks);
    return status;
  }

  /// What the daemon has now is read, changed and posted with its version: a change by another that
  /// came between is refused there, not overwritten.
  private static int update(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String name = call.arguments().getFirst();
    if (call.flag("--rollback")) {
      if (!Set.of("--rollback", "--detach", "--quiet").containsAll(call.given())) {
        throw new InvalidValueException("other flags may not be combined with --rollback");
      }
      return rollback(call, name);
    }
    JsonNode service = call.api().get(Target.of("/services", name));
    ObjectNode spec = (ObjectNode) service.path("Spec");
    ServiceUpdate.apply(spec, call, call.terminal().environment(), networkIds(call));
    ServicePayloads.resolve(call, spec);
    Map<String, String> headers = ServiceImage.headers(call, spec);
    if (call.given("--image")) {
      ServiceImage.resolve(call, spec, headers);
    }
    post(call, service, headers, spec, "");
    call.out().println(name);
    return call.flag("--detach") ? 0 : ServiceWait.run(call, service, call.flag("--quiet"));
  }

  /// The ids of the networks that the options name: a service's spec has ids.
  private static Map<String, String> networkIds(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    var ids = new HashMap<String, String>();
    for (String name : ServiceUpdate.networksNamed(call)) {
      ids.put(
          name,
          call.api().get(Target.of("/networks", name).with("scope", "swarm")).path("Id").asText());
    }
    return ids;
  }

  private static int promote(Invocation call) throws IOException, DaemonException {
    String name = call.arguments().getFirst();
    JsonNode service = call.api().get(Target.of("/services", name));
    call.api().post(Target.of("/services", name, "promote"));
    call.out().println(name);
    return call.flag("--detach") ? 0 : ServiceWait.run(call, service, call.flag("--quiet"));
  }

  private static int rollback(Invocation call, String name) throws IOException, DaemonException {
    JsonNode service = call.api().get(Target.of("/services", name));
    post(call, service, Map.of(), service.path("Spec"), "previous");
    call.out().println(name);
    return call.flag("--detach") ? 0 : ServiceWait.run(call, service, call.flag("--quiet"));
  }

  private static void post(
      Invocation call,
      JsonNode service,
      Map<String, String> headers,
      JsonNode spec,
      String rollback)
      throws IOException, DaemonException {
    JsonNode answer =
        call.api()
            .post(
                Target.of("/services", service.path("ID").asText(), "update")
                    .with("version", service.at("/Version/Index").asLong())
                    .withGiven("rollback", rollback),
                headers,
                spec);
    Output.warnings(call, answer);
  }

  private static int scale(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    for (String pair : call.arguments()) {
      if (KeyValues.key(pair).isEmpty() || KeyValues.value(pair).isEmpty()) {
        throw new InvalidValueException(
            "invalid scale specifier '" + pair + "'.\nSee 'swarm service scale --help'.");
      }
    }
    int status = 0;
    var scaled = new ArrayList<JsonNode>();
    for (String pair : call.arguments()) {
      String name = KeyValues.key(pair);
      try {
        long replicas = Numbers.unsigned(KeyValues.value(pair), "SERVICE=REPLICAS");
        JsonNode service = call.api().get(Target.of("/services", name));
        ObjectNode spec = (ObjectNode) service.path("Spec");
        ServiceUpdate.scale(spec, replicas);
        post(call, service, Map.of(), spec, "");
        call.out().println(name + " scaled to " + replicas);
        scaled.add(service);
      } catch (DaemonException e) {
        call.err().println(name + ": " + Failures.daemon(e));
        status = 1;
      } catch (InvalidValueException e) {
        call.err().println(name + ": " + e.reason());
        status = 1;
      }
    }
    if (!call.flag("--detach")) {
      for (JsonNode service : scaled) {
        status = Math.max(status, ServiceWait.run(call, service, false));
      }
    }
    return status;
  }
}
