package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.ContainerConfigs;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;
import swarm.cli.spec.Streams;

/// `swarm run` and `create`.
public final class RunCommand {
  private static final int COMMAND_NOT_EXECUTABLE = 126;
  private static final int COMMAND_NOT_FOUND = 127;

  private RunCommand() {}

  public static CommandSpec run() {
    return options(
            Cmd.named("run", "Create and run a new container from an image")
                .arguments("IMAGE [COMMAND] [ARG...]", 1, Integer.MAX_VALUE))
        .flag("-d --detach", "Run container in background and print container ID")
        .text("--detach-keys", "string", "Override the key sequence for detaching a container")
        .flag("--sig-proxy", "Proxy received signals to the process (default true)")
        .example("swarm run --rm -it alpine sh", "swarm run -d --name web -p 8080:80 nginx:alpine")
        .runs(RunCommand::run);
  }

  public static CommandSpec create() {
    return options(
            Cmd.named("create", "Create a new container")
                .arguments("IMAGE [COMMAND] [ARG...]", 1, Integer.MAX_VALUE))
        .example("swarm create --name web nginx:alpine")
        .runs(RunCommand::made);
  }

  private static Cmd options(Cmd cmd) {
    return CheckOptions.all(HostOptions.all(cmd.passesOn()))
        .list("-a --attach", "list", "Attach to STDIN, STDOUT or STDERR")
        .flag("--disable-content-trust", "Skip image verification (there is none)")
        .list("--gpus", "gpu-request", "GPU devices to add to the container ('all' for all)")
        .list("--label-file", "list", "Read in a line delimited file of labels")
        .list("--link", "list", "Add link to another container")
        .list("--storage-opt", "list", "Storage driver options for the container")
        .text("--cgroup-parent", "string", "Optional parent cgroup for the container")
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
        .list("--network --net", "network", "Connect a container to a network")
        .list("--network-alias", "list", "Add network-scoped alias for the container")
        .text("--ip", "string", "IPv4 address (e.g., 172.30.100.104)")
        .text("--ip6", "string", "IPv6 address (e.g., 2001:db8::33)")
        .list("--link-local-ip", "list", "Container IPv4/IPv6 link-local addresses")
        .text("--mac-address", "string", "Container MAC address (e.g., 92:d0:c6:0a:29:33)")
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
        .flag("-q --quiet", "Suppress the pull output");
  }

  private static final String NO_TTY = "the input device is not a TTY";

  private static String foundIdFile(Path file) {
    return "container ID file found, make sure the other container isn't running or delete " + file;
  }

  private static int run(Invocation call) throws IOException, InvalidValueException {
    if (call.given("--cidfile") && Files.exists(LocalFiles.path(call.text("--cidfile")))) {
      return failed(call, "run", foundIdFile(LocalFiles.path(call.text("--cidfile"))));
    }
    try {
      return contained(call);
    } catch (DaemonException e) {
      failed(call, "run", Failures.daemon(e));
      return status(e.reason());
    } catch (InvalidValueException e) {
      return invalid(call, "run", e);
    }
  }

  private static int invalid(Invocation call, String command, InvalidValueException e)
      throws InvalidValueException {
    if (e.reason().startsWith("invalid argument ")
        || e.reason().equals(Streams.CONFLICT)
        || e.reason().equals(NO_TTY)) {
      throw e; // its own words and status
    }
    return failed(call, command, e.reason());
  }

  private static int failed(Invocation call, String command, String why) {
    call.terminal().flush();
    call.err()
        .println("swarm: " + why + "\n\nRun 'swarm " + command + " --help' for more information");
    return Failures.USAGE;
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
    boolean tty = call.flag("--tty");
    if (tty && input && !detached && !call.terminal().inputIsTerminal()) {
      throw new InvalidValueException(NO_TTY);
    }
    String id = create(call);
    if (detached) {
      call.api().post(Target.of("/containers", id, "start"));
      call.out().println(id);
      return 0;
    }
    var mode =
        new Foreground.Mode(Streams.of(call), tty, call.flag("--rm") ? "removed" : "next-exit");
    return new Foreground(call, id)
        .run(mode, () -> call.api().post(Target.of("/containers", id, "start")))
        .status();
  }

  private static int made(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    try {
      call.out().println(create(call));
      return 0;
    } catch (InvalidValueException e) {
      return invalid(call, "create", e);
    }
  }

  private static String create(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    List<String> environment =
        KeyValues.environment(
            EnvFiles.lines(call.list("--env-file")),
            call.list("--env"),
            call.terminal().environment());
    ObjectNode body =
        ContainerConfigs.create(call, call.arguments(), environment, LabelFiles.labels(call));
    if (!call.given("--cidfile")) {
      return create(call, body);
    }
    Path file = LocalFiles.path(call.text("--cidfile"));
    if (Files.exists(file)) {
      throw new InvalidValueException(foundIdFile(file));
    }
    try {
      Files.createFile(file); // first: a container whose id nobody gets would stay behind
    } catch (IOException e) {
      throw new InvalidValueException(
          "failed to create the container ID file: " + file + " cannot be made: " + reason(e));
    }
    boolean made = false;
    try {
      String id = create(call, body);
      Files.writeString(file, id);
      made = true;
      return id;
    } finally {
      if (!made) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "its folder does not exist";
      case FileSystemException f -> Objects.requireNonNullElse(f.getReason(), f.toString());
      default -> e.toString();
    };
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
}
