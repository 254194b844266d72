package swarm.node.api;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import swarm.node.api.check.SpecValidator;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ClusterFilters;
import swarm.node.api.view.ServiceViews;
import swarm.node.api.view.SwarmViews;
import swarm.node.control.Manager;
import swarm.runtime.image.Credentials;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.place.UpToDate;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandFormat;

/// `/services...` and `/tasks...`. Ours are `POST /services/{id}/promote`, by which an update goes
/// on after its first part, and `POST /services/{id}/rebalance`, by which tasks are moved to where
/// there are fewer; both answer 200 without a body.
final class ServiceRoutes {
  private final Daemon daemon;
  private final ServiceViews views = new ServiceViews();

  ServiceRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/services", this::list);
    router.add("POST", "/services/create", this::create);
    router.add("GET", "/services/{id}", this::inspect);
    router.add("POST", "/services/{id}/update", this::update);
    router.add("POST", "/services/{id}/promote", this::promote);
    router.add("POST", "/services/{id}/rebalance", this::rebalance);
    router.add("DELETE", "/services/{id}", this::remove);
    router.add("GET", "/tasks", this::tasks);
    router.add("GET", "/tasks/{id}", this::task);
  }

  private void list(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Predicate<Service> filter = ClusterFilters.services(call.filters());
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    var found = new ArrayList<Service>();
    for (Service service : state.services().values()) {
      if (filter.test(service)) {
        found.add(service);
      }
    }
    boolean status = call.flag("status");
    call.array(out -> views.list(state, found, status, out));
  }

  /// A service by id, name, or the beginning of its id.
  static Service find(ClusterState state, String wanted) throws ApiException {
    Service exact = state.services().get(wanted);
    if (exact != null) {
      return exact;
    }
    String id = state.serviceNames().get(wanted);
    if (id != null) {
      return state.service(id).orElseThrow();
    }
    List<Service> found =
        state.services().values().stream().filter(s -> s.id().startsWith(wanted)).toList();
    if (found.size() > 1) {
      throw ApiException.bad(
          "service " + wanted + " is ambiguous (" + found.size() + " matches found)");
    }
    if (found.isEmpty()) {
      throw ApiException.missing("service " + wanted + " not found");
    }
    return found.getFirst();
  }

  private void create(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ServiceSpec spec = call.json(ServiceSpec.class);
    if (spec.nameOrEmpty().isEmpty()) {
      spec = named(spec, "svc-" + manager.ids().next().substring(0, 8));
    }
    SpecValidator.check(spec);
    spec = resolved(manager, call, spec);
    if (!ServiceAdditions.of(spec).dependsOn().isEmpty()) { // others need not be read first
      ServiceDependencies.check(ClusterAccess.fresh(daemon, manager, call), spec);
    }
    String id = manager.ids().next();
    ClusterAccess.propose(
        daemon,
        manager,
        new Command.CreateService(id, spec, auth(call), manager.clock().instant()));
    call.respond(201, Map.of("ID", id));
  }

  private ServiceSpec resolved(Manager manager, Call call, ServiceSpec spec)
      throws ApiException, InterruptedException {
    return ServiceNetworks.any(spec)
        ? ServiceNetworks.resolved(
            spec, ClusterAccess.fresh(daemon, manager, call), daemon.networks().all())
        : spec;
  }

  private static ServiceSpec named(ServiceSpec spec, String name) {
    return new ServiceSpec(
        name,
        spec.labels(),
        spec.taskTemplate(),
        spec.mode(),
        spec.updateConfig(),
        spec.rollbackConfig(),
        spec.networks(),
        spec.endpointSpec(),
        spec.other());
  }

  private void inspect(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    Service service = find(state, call.path("id"));
    call.json(200, call.flag("insertDefaults") ? views.withDefaults(service) : views.one(service));
  }

  private void update(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ServiceSpec spec = call.json(ServiceSpec.class);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    Service service = find(state, call.path("id"));
    boolean rollback = call.query("rollback").equals("previous");
    if (!rollback) {
      SpecValidator.check(spec);
      spec = resolved(manager, call, spec).wordedAs(service.spec());
    }
    ServiceDependencies.check(state, rollback ? service.previousSpec() : spec);
    ClusterAccess.propose(
        daemon,
        manager,
        new Command.UpdateService(
            service.id(),
            call.number("version", -1),
            spec,
            rollback,
            auth(call),
            manager.clock().instant(),
            keepsPrevious(manager)));
    call.respond(200, Map.of("Warnings", List.of()));
  }

  /// Whether an update may say what it means for the spec to go back to; null where a manager is
  /// too old to know.
  private static @Nullable Boolean keepsPrevious(Manager manager) {
    return manager.proposer().allows(CommandFormat.SIXTH) ? true : null;
  }

  /// For the registry of the service's image; null where the client sent none.
  private static @Nullable RegistryAuth auth(Call call) {
    Credentials given = RegistryAuthHeader.read(call);
    return given.equals(Credentials.NONE)
        ? null
        : new RegistryAuth(
            given.user(), given.password(), given.identityToken(), given.registryToken());
  }

  private void promote(Call call) throws IOException, ApiException, InterruptedException {
    step(call, Command.PromoteService::new);
  }

  private void rebalance(Call call) throws IOException, ApiException, InterruptedException {
    step(call, Command.RebalanceService::new);
  }

  private void remove(Call call) throws IOException, ApiException, InterruptedException {
    step(call, Command.RemoveService::new);
  }

  /// Proposes what needs no more than a service and the time.
  private void step(Call call, BiFunction<String, Instant, Command> command)
      throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Service service = find(ClusterAccess.fresh(daemon, manager, call), call.path("id"));
    ClusterAccess.propose(daemon, manager, command.apply(service.id(), manager.clock().instant()));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private void tasks(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Map<String, Set<String>> filters = call.filters();
    String self = daemon.membership().active().orElseThrow().identity().self().nodeId();
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    for (String node : filters.getOrDefault("node", Set.of())) {
      if (!node.equals("self")) {
        var _ = NodeRoutes.find(state, node);
      }
    }
    Predicate<Task> filter =
        ClusterFilters.tasks(
            filters,
            self,
            id -> state.node(id).map(n -> n.description().hostname()).orElse(""),
            id -> state.service(id).map(s -> s.spec().labelsOrEmpty()).orElse(Map.of()));
    Predicate<Task> asked = filters.containsKey("_up-to-date") ? upToDate(state) : _ -> true;
    call.list(
        candidates(state, filters).stream()
            .filter(filter)
            .filter(asked)
            .map(task -> SwarmViews.task(state, task))
            .iterator());
  }

  /// Tasks that are as their service wants them now, and of what a job does now: Docker's command
  /// waits for these.
  private static Predicate<Task> upToDate(ClusterState state) {
    var services = new HashMap<String, Predicate<Task>>();
    return task ->
        services
            .computeIfAbsent(
                task.serviceId(),
                id ->
                    state
                        .service(id)
                        .<Predicate<Task>>map(
                            service -> {
                              var current = new UpToDate(state, service);
                              return each -> ofPresentRun(service, each) && current.test(each);
                            })
                        .orElse(_ -> false))
            .test(task);
  }

  private static boolean ofPresentRun(Service service, Task task) {
    @Nullable Long execution = task.jobIteration();
    return execution == null || execution == service.iteration();
  }

  /// Where the filters name services, only their tasks need to be looked at.
  private static Collection<Task> candidates(ClusterState state, Map<String, Set<String>> filters) {
    Set<String> services = filters.get("service");
    if (services != null && services.size() == 1) {
      String wanted = services.iterator().next();
      String id = state.serviceNames().getOrDefault(wanted, wanted);
      if (state.services().containsKey(id)) {
        return state.tasksOfService(id);
      }
    }
    return state.tasks().values();
  }

  static Task findTask(ClusterState state, String wanted) throws ApiException {
    Task exact = state.tasks().get(wanted);
    if (exact != null) {
      return exact;
    }
    List<Task> found =
        state.tasks().values().stream().filter(t -> t.id().startsWith(wanted)).limit(2).toList();
    if (found.size() != 1) {
      throw found.isEmpty()
          ? ApiException.missing("task " + wanted + " not found")
          : ApiException.bad("task " + wanted + " is ambiguous");
    }
    return found.getFirst();
  }

  private void task(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    call.respond(200, SwarmViews.task(state, findTask(state, call.path("id"))));
  }
}
