package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Streams;

/// `swarm attach` and `start`, which may attach, too.
public final class AttachCommands {
  private AttachCommands() {}

  public static CommandSpec attach() {
    return Cmd.named(
            "attach",
            "Attach local standard input, output, and error streams to a running container")
        .arguments("CONTAINER", 1, 1)
        .text("--detach-keys", "string", "Override the key sequence for detaching a container")
        .flag("--no-stdin", "Do not attach STDIN")
        .flag("--sig-proxy", "Proxy all received signals to the process (default true)")
        .example("swarm attach web")
        .runs(AttachCommands::attach);
  }

  private static int attach(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode container =
        call.api().get(Target.of("/containers", call.arguments().getFirst(), "json"));
    JsonNode state = container.path("State");
    if (state.path("Restarting").asBoolean()) {
      throw new InvalidValueException(
          "You cannot attach to a restarting container, wait until it is running");
    }
    if (!state.path("Running").asBoolean()) {
      throw new InvalidValueException("You cannot attach to a stopped container, start it first");
    }
    if (state.path("Paused").asBoolean()) {
      throw new InvalidValueException("You cannot attach to a paused container, unpause it first");
    }
    boolean tty = container.at("/Config/Tty").asBoolean();
    boolean input = container.at("/Config/OpenStdin").asBoolean() && !call.flag("--no-stdin");
    if (tty && input && !call.terminal().inputIsTerminal()) {
      throw new InvalidValueException("the input device is not a TTY");
    }
    var mode = new Foreground.Mode(Streams.usual(input), tty, "");
    Foreground.End end = new Foreground(call, container.path("Id").asText()).run(mode, () -> {});
    if (end.detached()) {
      throw new InvalidValueException("read escape sequence");
    }
    return end.status();
  }

  public static CommandSpec start() {
    return Cmd.named("start", "Start one or more stopped containers")
        .arguments("CONTAINER [CONTAINER...]", 1, Integer.MAX_VALUE)
        .flag("-a --attach", "Attach STDOUT/STDERR and forward signals")
        .text("--detach-keys", "string", "Override the key sequence for detaching a container")
        .flag("-i --interactive", "Attach container's STDIN")
        .example("swarm start web", "swarm start -ai shell")
        .runs(AttachCommands::start);
  }

  private static int start(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.flag("--attach") && !call.flag("--interactive")) {
      return startAll(call);
    }
    if (call.arguments().size() > 1) {
      throw new InvalidValueException("you cannot start and attach multiple containers at once");
    }
    JsonNode container =
        call.api().get(Target.of("/containers", call.arguments().getFirst(), "json"));
    String id = container.path("Id").asText();
    boolean tty = container.at("/Config/Tty").asBoolean();
    boolean input = container.at("/Config/OpenStdin").asBoolean() && call.flag("--interactive");
    String until = container.at("/HostConfig/AutoRemove").asBoolean() ? "removed" : "next-exit";
    return new Foreground(call, id)
        .run(
            new Foreground.Mode(Streams.usual(input), tty, until),
            () -> call.api().post(Target.of("/containers", id, "start")))
        .status();
  }

  private static int startAll(Invocation call) throws IOException, InvalidValueException {
    var failed = new ArrayList<String>();
    for (String name : call.arguments()) {
      try {
        call.api().post(Target.of("/containers", name, "start"));
        call.out().println(name);
      } catch (DaemonException e) {
        call.out().flush();
        call.err().println(Failures.daemon(e));
        failed.add(name);
      }
    }
    if (!failed.isEmpty()) {
      throw new InvalidValueException(
          "Error: failed to start containers: " + String.join(", ", failed));
    }
    return 0;
  }
}
