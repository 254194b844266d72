package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.FrameReader;
import swarm.cli.client.Target;
import swarm.cli.render.TaskLogLine;
import swarm.cli.spec.InvalidValueException;

/// `swarm service logs` and `swarm task logs`: the lines of all tasks, each with its task and node
/// before it.
public final class ServiceLogs {
  private ServiceLogs() {}

  static CommandSpec spec() {
    return options(Cmd.named("logs", "Fetch the logs of a service or task"), "SERVICE|TASK")
        .example("swarm service logs -f --tail 100 web")
        .runs(ServiceLogs::run);
  }

  /// `swarm task ...`.
  public static CommandSpec task() {
    return Cmd.group(
        "task",
        "Manage tasks of services",
        options(Cmd.named("logs", "Fetch the logs of a task"), "TASK")
            .example("swarm task logs -f --tail 100 4kq2z8r0tw1v")
            .runs(call -> run(call, "/tasks", task(call, call.arguments().getFirst()))));
  }

  private static Cmd options(Cmd logs, String what) {
    return ContainerLogs.options(
        logs.arguments(what, 1, 1)
            .flag("--no-resolve", "Do not map IDs to Names in output")
            .flag("--no-trunc", "Do not truncate output")
            .flag("--no-task-ids", "Do not include task IDs in output")
            .flag("--raw", "Do not neatly format logs"));
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String wanted = call.arguments().getFirst();
    JsonNode service;
    try {
      service = call.api().get(Target.of("/services", wanted)).at("/Spec/TaskTemplate");
    } catch (DaemonException e) {
      if (e.status() != 404) {
        throw e;
      }
      return run(call, "/tasks", task(call, wanted));
    }
    return run(call, "/services", service);
  }

  /// @param kind what the argument names
  /// @param task what tasks are made from
  private static int run(Invocation call, String kind, JsonNode task)
      throws IOException, DaemonException, InvalidValueException {
    String wanted = call.arguments().getFirst();
    boolean raw = call.flag("--raw");
    if (task.at("/ContainerSpec/TTY").asBoolean() && !raw) {
      throw new InvalidValueException("tty service logs only supported with --raw");
    }
    Target target =
        ContainerLogs.query(call, Target.of(kind, wanted, "logs"))
            .withFlag("details", call.flag("--details") || !raw);
    try (Answer answer = call.api().stream("GET", target)) {
      if (raw) {
        Output.copy(answer, call.out(), call.err());
      } else {
        lines(call, answer);
      }
    }
    return 0;
  }

  private static JsonNode task(Invocation call, String wanted)
      throws IOException, DaemonException, InvalidValueException {
    try {
      return call.api().get(Target.of("/tasks", wanted)).path("Spec");
    } catch (DaemonException e) {
      if (e.status() == 404) {
        throw new InvalidValueException("no such task or service: " + wanted);
      }
      throw e;
    }
  }

  private static void lines(Invocation call, Answer answer) throws IOException, DaemonException {
    var names = new Names(call);
    var frames = new FrameReader(answer.body());
    for (FrameReader.Frame frame = frames.next(); frame != null; frame = frames.next()) {
      PrintStream to = frame.stream() == 2 ? call.err() : call.out();
      String text = new String(frame.data(), StandardCharsets.UTF_8);
      TaskLogLine line = TaskLogLine.parse(text, call.flag("--timestamps"));
      String shown =
          line == null
              ? text // a warning of the daemon's own
              : line.text(names.of(line.task(), line.node()), call.flag("--details"));
      byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
      to.write(bytes, 0, bytes.length);
      if (answer.body().available() == 0 && !call.terminal().flush()) {
        return;
      }
    }
  }

  /// `web.1.abcdefghijkl@node1`, asked for once per task.
  private static final class Names {
    private final Invocation call;
    private final Map<String, String> known = new HashMap<>();
    private Map<String, String> services = Map.of();
    private Map<String, String> nodes = Map.of();

    Names(Invocation call) throws IOException, DaemonException {
      this.call = call;
      if (!call.flag("--no-resolve")) {
        services = TaskList.names(call, "/services", "/Spec/Name");
        nodes = TaskList.names(call, "/nodes", "/Description/Hostname");
      }
    }

    String of(String task, String node) throws IOException, DaemonException {
      String name = known.get(task);
      if (name == null) {
        JsonNode found = call.api().get(Target.of("/tasks", task));
        String service = found.path("ServiceID").asText();
        name =
            TaskLogLine.name(
                services.getOrDefault(service, service),
                found.path("Slot").asInt(),
                call.flag("--no-task-ids") ? "" : task,
                !call.flag("--no-trunc"),
                nodes.getOrDefault(node, node));
        known.put(task, name);
      }
      return name;
    }
  }
}
