package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.PortText;
import swarm.cli.render.ProcessText;
import swarm.cli.spec.InvalidValueException;

/// `swarm top`, `port`, `rename`, `wait`, `pause` and `unpause`.
public final class ContainerFacts {
  private static final int MANY = Integer.MAX_VALUE;

  private ContainerFacts() {}

  public static CommandSpec top() {
    return Cmd.named("top", "Display the running processes of a container")
        .arguments("CONTAINER [ps OPTIONS]", 1, MANY)
        .passesOn()
        .example("swarm top web", "swarm top web -o pid,args")
        .runs(ContainerFacts::top);
  }

  private static int top(Invocation call) throws IOException, DaemonException {
    List<String> arguments = call.arguments();
    Target target =
        Target.of("/containers", arguments.getFirst(), "top")
            .withGiven("ps_args", String.join(" ", arguments.subList(1, arguments.size())));
    call.print(ProcessText.of(call.api().get(target)));
    return 0;
  }

  public static CommandSpec port() {
    return Cmd.named("port", "List port mappings or a specific mapping for the container")
        .arguments("CONTAINER [PRIVATE_PORT[/PROTO]]", 1, 2)
        .example("swarm port web", "swarm port web 80/tcp")
        .runs(ContainerFacts::port);
  }

  private static int port(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String name = call.arguments().getFirst();
    JsonNode ports =
        call.api().get(Target.of("/containers", name, "json")).at("/NetworkSettings/Ports");
    if (call.arguments().size() == 1) {
      call.print(PortText.published(ports));
      return 0;
    }
    String wanted = call.arguments().get(1);
    String shown = PortText.published(ports, wanted.contains("/") ? wanted : wanted + "/tcp");
    if (shown.isEmpty()) {
      throw new InvalidValueException(
          "Error: No public port '" + wanted + "' published for " + name);
    }
    call.print(shown);
    return 0;
  }

  public static CommandSpec rename() {
    return Cmd.named("rename", "Rename a container")
        .arguments("CONTAINER NEW_NAME", 2, 2)
        .example("swarm rename web old-web")
        .runs(ContainerFacts::rename);
  }

  private static int rename(Invocation call) throws IOException, InvalidValueException {
    String name = call.arguments().getFirst();
    try {
      call.api()
          .post(Target.of("/containers", name, "rename").with("name", call.arguments().get(1)));
      return 0;
    } catch (DaemonException e) {
      call.err().println(Failures.daemon(e));
      throw new InvalidValueException("Error: failed to rename container named " + name);
    }
  }

  public static CommandSpec await() {
    return Cmd.named("wait", "Block until containers stop, then print their exit codes")
        .arguments("CONTAINER [CONTAINER...]", 1, MANY)
        .example("swarm wait job")
        .runs(ContainerFacts::await);
  }

  private static int await(Invocation call) throws IOException {
    int status = 0;
    for (String name : call.arguments()) {
      try {
        JsonNode end = call.api().post(Target.of("/containers", name, "wait"));
        call.out().println(end.path("StatusCode").asInt());
      } catch (DaemonException e) {
        call.out().flush();
        call.err().println(Failures.daemon(e));
        status = 1;
      }
    }
    return status;
  }

  public static CommandSpec pause() {
    return frozen("pause", "Pause all processes within one or more containers");
  }

  public static CommandSpec unpause() {
    return frozen("unpause", "Unpause all processes within one or more containers");
  }

  private static CommandSpec frozen(String verb, String summary) {
    return Cmd.named(verb, summary)
        .arguments("CONTAINER [CONTAINER...]", 1, MANY)
        .example("swarm " + verb + " web")
        .runs(
            call ->
                Output.each(call, name -> call.api().post(Target.of("/containers", name, verb))));
  }
}
