package swarm.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm exec`.
public final class ExecCommand {
  private ExecCommand() {}

  public static CommandSpec exec() {
    return Cmd.named("exec", "Execute a command in a running container")
        .arguments("CONTAINER COMMAND [ARG...]", 2, Integer.MAX_VALUE)
        .passesOn()
        .flag("-d --detach", "Detached mode: run command in the background")
        .text("--detach-keys", "string", "Override the key sequence for detaching a container")
        .flag("-i --interactive", "Keep STDIN open even if not attached")
        .flag("-t --tty", "Allocate a pseudo-TTY")
        .list("-e --env", "list", "Set environment variables")
        .list("--env-file", "list", "Read in a file of environment variables")
        .flag("--privileged", "Give extended privileges to the command")
        .text("-u --user", "string", "Username or UID (format: <name|uid>[:<group|gid>])")
        .text("-w --workdir", "string", "Working directory inside the container")
        .example("swarm exec -it web sh")
        .runs(ExecCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    boolean detached = call.flag("--detach");
    boolean input = call.flag("--interactive") && !detached;
    boolean tty = call.flag("--tty");
    if (tty && input && !call.terminal().inputIsTerminal()) {
      // as Docker's: that there is no such container is said first
      call.api().get(Target.of("/containers", call.arguments().getFirst(), "json"));
      throw new InvalidValueException("the input device is not a TTY");
    }
    List<String> arguments = call.arguments();
    ObjectNode body = Json.object();
    body.put("AttachStdin", input).put("AttachStdout", !detached).put("AttachStderr", !detached);
    body.put("Tty", tty).put("Detach", detached).put("Privileged", call.flag("--privileged"));
    body.put("User", call.text("--user")).put("WorkingDir", call.text("--workdir"));
    body.put("DetachKeys", call.text("--detach-keys"));
    arguments.subList(1, arguments.size()).forEach(body.putArray("Cmd")::add);
    KeyValues.environment(
            EnvFiles.lines(call.list("--env-file")),
            call.list("--env"),
            call.terminal().environment())
        .forEach(body.putArray("Env")::add);
    Api api = call.api();
    String id =
        api.post(Target.of("/containers", arguments.getFirst(), "exec"), body).path("Id").asText();
    ObjectNode start = Json.object().put("Detach", detached).put("Tty", tty);
    if (detached) {
      api.post(Target.of("/exec", id, "start"), start);
      return 0;
    }
    try (Answer streams = api.hijack(Target.of("/exec", id, "start"), start)) {
      new Session(call, input, tty).run(streams, Target.of("/exec", id, "resize"), () -> {});
    }
    // it runs on where the detach keys were typed: no code, which counts as 0
    return api.get(Target.of("/exec", id, "json")).path("ExitCode").asInt();
  }
}
