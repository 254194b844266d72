package swarm.node.api.filter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// Which nodes, services, tasks, secrets and configs a list shows. As with swarmkit, states and
/// roles may be written in capitals, an empty one asks for nothing, and all labels must be there.
/// Pure.
public final class ClusterFilters {
  private static final Set<String> NODES =
      Set.of("id", "label", "membership", "name", "node.label", "role");
  private static final Set<String> SERVICES = Set.of("id", "label", "mode", "name", "runtime");
  private static final Set<String> TASKS =
      Set.of("_up-to-date", "desired-state", "id", "label", "name", "node", "runtime", "service");
  private static final Set<String> PAYLOADS = Set.of("id", "label", "name", "names");
  private static final Set<String> ROLES = Set.of("manager", "worker");
  private static final Set<String> MEMBERSHIPS = Set.of("accepted", "pending");
  private static final Set<String> STATES =
      Arrays.stream(TaskState.values())
          .map(TaskState::apiName)
          .collect(Collectors.toUnmodifiableSet());

  private ClusterFilters() {}

  /// @throws ApiException where a filter cannot be read
  public static Predicate<Node> nodes(Map<String, Set<String>> given) throws ApiException {
    Filters filters = Filters.of(given, NODES);
    Set<String> roles = oneOf(filters, "role", ROLES);
    Set<String> memberships = oneOf(filters, "membership", MEMBERSHIPS);
    return node ->
        filters.any("id", node.id()::startsWith)
            && filters.any(
                "name",
                v -> node.description().hostname().startsWith(v) || v.equals(node.spec().name()))
            && filters.swarmLabels("label", node.description().engineLabels())
            && filters.swarmLabels("node.label", node.spec().labelsOrEmpty())
            && (roles.isEmpty() || roles.contains(node.spec().manager() ? "manager" : "worker"))
            && (memberships.isEmpty() || memberships.contains("accepted"));
  }

  /// A mode or a runtime that no service has leaves none, as with Docker.
  public static Predicate<Service> services(Map<String, Set<String>> given) throws ApiException {
    Filters filters = Filters.of(given, SERVICES);
    return service ->
        filters.any("id", service.id()::startsWith)
            && filters.any("name", service.spec().nameOrEmpty()::startsWith)
            && filters.swarmLabels("label", service.spec().labelsOrEmpty())
            && filters.any("mode", service.spec().modeName()::equals)
            && filters.any("runtime", "container"::equals);
  }

  /// Of secrets or configs: one of the names, ids or beginnings of either, and all labels.
  public static Predicate<Payload> payloads(Map<String, Set<String>> given) throws ApiException {
    Filters filters = Filters.of(given, PAYLOADS);
    boolean all = !filters.has("id") && !filters.has("name") && !filters.has("names");
    return payload ->
        (all || isNamed(filters, payload))
            && filters.swarmLabels("label", payload.spec().labelsOrEmpty());
  }

  private static boolean isNamed(Filters filters, Payload payload) {
    String name = payload.spec().nameOrEmpty();
    return filters.get("id").stream().anyMatch(payload.id()::startsWith)
        || filters.get("name").stream().anyMatch(name::startsWith)
        || filters.get("names").contains(name);
  }

  /// @param self id of the node that is asked
  /// @param hostname of a node by its id; empty where it is not known
  /// @param labels of a service by its id: tasks have none of their own
  public static Predicate<Task> tasks(
      Map<String, Set<String>> given,
      String self,
      java.util.function.UnaryOperator<String> hostname,
      Function<String, Map<String, String>> labels)
      throws ApiException {
    Filters filters = Filters.of(given, TASKS);
    Set<String> desired = oneOf(filters, "desired-state", STATES);
    return task ->
        filters.any("id", task.id()::startsWith)
            && filters.any("name", task.containerName()::startsWith)
            && filters.any(
                "service", v -> task.serviceName().equals(v) || task.serviceId().startsWith(v))
            && filters.any("node", v -> on(task, v.equals("self") ? self : v, hostname))
            && (desired.isEmpty() || desired.stream().anyMatch(state -> isDesired(task, state)))
            && filters.swarmLabels("label", labels.apply(task.serviceId()))
            && filters.any("runtime", "container"::equals);
  }

  private static boolean on(
      Task task, String node, java.util.function.UnaryOperator<String> hostname) {
    return !task.nodeId().isEmpty()
        && (task.nodeId().startsWith(node) || hostname.apply(task.nodeId()).equals(node));
  }

  /// Docker's command knows `running`, `shutdown` and `accepted`: what waits to run counts as
  /// running, and what is to be removed as shut down. A job's task, which is to complete, is
  /// neither, as in Docker.
  private static boolean isDesired(Task task, String state) {
    boolean runs = task.desired().compareTo(TaskState.RUNNING) <= 0;
    return switch (state) {
      case "running" -> runs;
      case "shutdown" -> task.desired().isEnd();
      default -> task.desired().apiName().equals(state);
    };
  }

  private static Set<String> oneOf(Filters filters, String key, Set<String> known)
      throws ApiException {
    Set<String> wanted =
        filters.get(key).stream()
            .map(v -> v.toLowerCase(Locale.ROOT))
            .filter(v -> !v.isEmpty())
            .collect(Collectors.toSet());
    for (String value : filters.get(key)) {
      if (!value.isEmpty() && !known.contains(value.toLowerCase(Locale.ROOT))) {
        throw ApiException.bad("invalid " + key + " filter: '" + value + "'");
      }
    }
    return wanted;
  }
}
