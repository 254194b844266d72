package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.ContainerConfigs;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm run`.
public final class RunCommand {
  private static final int COMMAND_NOT_EXECUTABLE = 126;
  private static final int COMMAND_NOT_FOUND = 127;
  private static final long PATIENCE_SECONDS = 3;

  private RunCommand() {}

  public static CommandSpec run() {
    return Cmd.named("run", "Create and run a new container from an image")
        .arguments("IMAGE [COMMAND] [ARG...]", 1, Integer.MAX_VALUE)
        .passesOn()
        .flag("-d --detach", "Run container in background and print container ID")
        .flag("-i --interactive", "Keep STDIN open even if not attached")
        .flag("-t --tty", "Allocate a pseudo-TTY")
        .flag("--rm", "Automatically remove the container when it exits")
        .text("--name", "string", "Assign a name to the container")
        .list("-p --publish", "list", "Publish a container's port(s) to the host")
        .flag("-P --publish-all", "Publish all exposed ports to random ports")
        .list("--expose", "list", "Expose a port or a range of ports")
        .list("-e --env", "list", "Set environment variables")
        .list("--env-file", "list", "Read in a file of environment variables")
        .list("-l --label", "list", "Set meta data on a container")
        .list("-v --volume", "list", "Bind mount a volume")
        .list("--volumes-from", "list", "Mount volumes from the specified container(s)")
        .text("--volume-driver", "string", "Optional volume driver for the container")
        .list("--mount", "mount", "Attach a filesystem mount to the container")
        .list("--tmpfs", "list", "Mount a tmpfs directory")
        .text("--network --net", "network", "Connect a container to a network")
        .text("-h --hostname", "string", "Container host name")
        .list("--add-host", "list", "Add a custom host-to-IP mapping (host:ip)")
        .list("--dns", "list", "Set custom DNS servers")
        .text("-u --user", "string", "Username or UID (format: <name|uid>[:<group|gid>])")
        .text("-w --workdir", "string", "Working directory inside the container")
        .text("--entrypoint", "string", "Overwrite the default ENTRYPOINT of the image")
        .text("--restart", "string", "Restart policy to apply when a container exits")
        .text("--stop-signal", "string", "Signal to stop the container")
        .text("--stop-timeout", "int", "Timeout (in seconds) to stop a container")
        .text("-m --memory", "bytes", "Memory limit")
        .text("--cpus", "decimal", "Number of CPUs")
        .text("--pids-limit", "int", "Tune container pids limit (set -1 for unlimited)")
        .list("--cap-add", "list", "Add Linux capabilities")
        .list("--cap-drop", "list", "Drop Linux capabilities")
        .list("--security-opt", "list", "Security Options")
        .flag("--privileged", "Give extended privileges to this container")
        .flag("--read-only", "Mount the container's root filesystem as read only")
        .flag("--init", "Run an init inside the container")
        .text("--cidfile", "string", "Write the container ID to the file")
        .text("--pull", "string", "Pull image before running (\"always\", \"missing\", \"never\")")
        .text("--platform", "string", "Set platform if server is multi-platform capable")
        .flag("-q --quiet", "Suppress the pull output")
        .flag("--sig-proxy", "Proxy received signals to the process (default true)")
        .example("swarm run --rm -it alpine sh", "swarm run -d --name web -p 8080:80 nginx:alpine")
        .runs(RunCommand::run);
  }

  private static int run(Invocation call) throws IOException, InvalidValueException {
    try {
      return contained(call);
    } catch (DaemonException e) {
      call.terminal().flush();
      call.err()
          .println(
              "swarm: " + Failures.daemon(e) + "\n\nRun 'swarm run --help' for more information");
      return status(e.reason());
    }
  }

  /// Docker's statuses: the command is not there, cannot be run, or something else is wrong.
  static int status(String reason) {
    String text = reason.toLowerCase(Locale.ROOT);
    if (text.contains("executable file not found") || text.contains("no such file or directory")) {
      return COMMAND_NOT_FOUND;
    }
    if (text.contains("permission denied") || text.contains("is a directory")) {
      return COMMAND_NOT_EXECUTABLE;
    }
    return Failures.USAGE;
  }

  private static int contained(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    boolean detached = call.flag("--detach");
    boolean input = call.flag("--interactive");
    if (call.flag("--tty") && input && !detached && !call.terminal().inputIsTerminal()) {
      throw new InvalidValueException("the input device is not a TTY");
    }
    List<String> environment =
        KeyValues.environment(
            EnvFiles.lines(call.list("--env-file")),
            call.list("--env"),
            call.terminal().environment());
    ObjectNode body = ContainerConfigs.create(call, call.arguments(), environment);
    String id = create(call, body);
    if (call.given("--cidfile")) {
      Files.writeString(Path.of(call.text("--cidfile")), id);
    }
    if (detached) {
      call.api().post(Target.of("/containers", id, "start"));
      call.out().println(id);
      return 0;
    }
    return attached(call, id, input);
  }

  private static String create(Invocation call, ObjectNode body)
      throws IOException, DaemonException, InvalidValueException {
    String image = body.path("Image").asText();
    String policy = call.given("--pull") ? call.text("--pull") : "missing";
    if (!List.of("always", "missing", "never").contains(policy)) {
      throw InvalidValueException.of(policy, "--pull", "use always, missing or never");
    }
    if (policy.equals("always")) {
      PullCommand.pull(call, ImageName.parse(image), call.flag("--quiet"), call.err());
    }
    Target target =
        Target.of("/containers/create")
            .withGiven("name", call.text("--name"))
            .withGiven("platform", call.text("--platform"));
    JsonNode made;
    try {
      made = call.api().post(target, body);
    } catch (DaemonException e) {
      boolean imageMissing =
          e.status() == 404 && e.reason().toLowerCase(Locale.ROOT).contains("no such image");
      if (!imageMissing || !policy.equals("missing")) {
        throw e;
      }
      ImageName name = ImageName.parse(image);
      if (!call.flag("--quiet")) {
        String shown = name.repository() + (name.digest().isEmpty() ? ":" : "@") + name.version();
        call.err().println("Unable to find image '" + shown + "' locally");
      }
      PullCommand.pull(call, name, call.flag("--quiet"), call.err());
      made = call.api().post(target, body);
    }
    Output.warnings(call, made);
    return made.path("Id").asText();
  }

  /// The streams are joined and the end is waited for before the start, so that nothing of either
  /// is missed.
  private static int attached(Invocation call, String id, boolean input)
      throws IOException, DaemonException {
    Api api = call.api();
    Target attach =
        Target.of("/containers", id, "attach")
            .with("stream", "1")
            .withFlag("stdin", input)
            .with("stdout", "1")
            .with("stderr", "1");
    Target wait =
        Target.of("/containers", id, "wait")
            .with("condition", call.flag("--rm") ? "removed" : "next-exit");
    var ended = new CompletableFuture<Integer>();
    boolean proxy = !call.given("--sig-proxy") || call.flag("--sig-proxy");
    try (Answer streams = api.hijack(attach, null);
        Answer end = api.stream("POST", wait);
        Signals.Handle _ = call.terminal().signals().onEnd(() -> pass(call, id, ended, proxy))) {
      try {
        var session = new Session(call, input, call.flag("--tty"));
        session.run(
            streams,
            Target.of("/containers", id, "resize"),
            () -> api.post(Target.of("/containers", id, "start")));
        JsonNode status = Json.parse(end.body());
        String error = status.at("/Error/Message").asText("");
        if (!error.isEmpty()) {
          call.err().println(error);
        }
        call.terminal().flush();
        int code = status.path("StatusCode").asInt(Failures.USAGE);
        ended.complete(code);
        return code;
      } finally {
        ended.complete(Failures.USAGE); // only where it was not completed above
      }
    }
  }

  /// Passes the signal on, then waits for the end of the container. Which signal it was the JVM
  /// does not say: on a terminal it will have been Ctrl-C, from a service manager SIGTERM.
  private static int pass(
      Invocation call, String id, CompletableFuture<Integer> ended, boolean proxy) {
    if (!proxy) {
      return 130;
    }
    String signal = call.terminal().inputIsTerminal() ? "INT" : "TERM";
    try {
      call.api().post(Target.of("/containers", id, "kill").with("signal", signal));
      try {
        return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException _) {
        call.err()
            .println(
                "swarm: waiting for the container to end; 'swarm kill "
                    + id.substring(0, Math.min(12, id.length()))
                    + "' ends it at once");
        call.err().flush();
        return ended.get();
      }
    } catch (IOException | DaemonException e) {
      call.err().println("swarm: the signal was not passed on: " + e.getMessage());
      call.err().flush();
      return 130;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("an exit status is only ever completed normally", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }
}
