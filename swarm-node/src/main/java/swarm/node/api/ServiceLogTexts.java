package swarm.node.api;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Task;

/// Words of requests for the logs of services, and of their lines. Pure.
final class ServiceLogTexts {
  private ServiceLogTexts() {}

  /// How many of the last lines are wanted, -1 for all. Docker is stricter here than with a
  /// container's logs.
  ///
  /// @throws ApiException 400 in the words of its daemon/cluster/services.go
  static int tail(String text) throws ApiException {
    if (text.isEmpty() || text.equals("all")) {
      return -1;
    }
    int lines;
    try {
      lines = Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw ApiException.bad("tail value must be a positive integer or \"all\"");
    }
    if (lines < 0) {
      throw ApiException.bad("negative tail values not supported");
    }
    return lines;
  }

  /// What is said at the end of a stream that lacks logs, in swarmkit's words; empty where it lacks
  /// none.
  ///
  /// @param unread tasks with why
  static String incomplete(Map<String, String> unread) {
    return unread.isEmpty()
        ? ""
        : unread.entrySet().stream()
            .map(each -> "task " + each.getKey() + ": " + each.getValue())
            .collect(
                Collectors.joining(
                    ", ",
                    "warning: incomplete log stream. some logs could not be retrieved for the"
                        + " following reasons: ",
                    ""));
  }

  /// What stands before a line with details, in the order of their names. Which task wrote it
  /// cannot be said otherwise by its logger.
  ///
  /// @param own of the logger: `KEY=VALUE,...`
  static String details(Task task, String own) {
    var all = new TreeMap<String, String>();
    for (String pair : own.split(",")) {
      int equal = pair.indexOf('=');
      if (equal > 0) {
        all.put(pair.substring(0, equal), pair.substring(equal + 1));
      }
    }
    all.put("com.docker.swarm.node.id", task.nodeId());
    all.put("com.docker.swarm.service.id", task.serviceId());
    all.put("com.docker.swarm.task.id", task.id());
    return all.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(","));
  }
}
