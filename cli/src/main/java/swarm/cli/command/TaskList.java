package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.TaskTable;
import swarm.cli.spec.InvalidValueException;

/// Prints tasks for `service ps` and `node ps`.
final class TaskList {
  private TaskList() {}

  static int print(Invocation call, List<JsonNode> tasks)
      throws IOException, DaemonException, InvalidValueException {
    boolean names = !call.flag("--no-resolve") && !call.flag("--quiet") && !tasks.isEmpty();
    String format = call.text("--format");
    return Output.list(
        call,
        TaskTable.of(
            tasks,
            names ? names(call, "/services", "/Spec/Name") : Map.of(),
            names ? names(call, "/nodes", "/Description/Hostname") : Map.of(),
            call.now(),
            !call.flag("--no-trunc") && !call.flag("--quiet"),
            format.isEmpty() || format.startsWith("table")));
  }

  /// Names by id. One list costs less than a question for each.
  static Map<String, String> names(Invocation call, String path, String pointer)
      throws IOException, DaemonException {
    var all = new HashMap<String, String>();
    for (JsonNode one : call.api().get(Target.of(path))) {
      all.put(one.path("ID").asText(), one.at(pointer).asText());
    }
    return all;
  }
}
