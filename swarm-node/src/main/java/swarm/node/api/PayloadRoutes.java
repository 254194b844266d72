package swarm.node.api;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import swarm.node.api.check.PayloadValidator;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ClusterFilters;
import swarm.node.api.view.PayloadViews;
import swarm.node.control.Manager;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.Payloads;

/// `/secrets...` or `/configs...`.
final class PayloadRoutes {
  private final Daemon daemon;
  private final PayloadKind kind;

  PayloadRoutes(Daemon daemon, PayloadKind kind) {
    this.daemon = daemon;
    this.kind = kind;
  }

  void add(Router router) {
    String all = "/" + kind.word() + "s";
    router.add("GET", all, this::list);
    router.add("POST", all + "/create", this::create);
    router.add("GET", all + "/{id}", this::inspect);
    router.add("POST", all + "/{id}/update", this::update);
    router.add("DELETE", all + "/{id}", this::remove);
  }

  private void list(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Predicate<Payload> filter = ClusterFilters.payloads(call.filters());
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    call.list(
        state.payloads(kind).byId().values().stream()
            .filter(filter)
            .map(PayloadViews::of)
            .iterator());
  }

  private void create(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    PayloadSpec spec = PayloadValidator.read(call.json());
    PayloadValidator.check(kind, spec);
    String id = manager.ids().next();
    ClusterAccess.propose(
        daemon, manager, new Command.CreatePayload(kind, id, spec, manager.clock().instant()));
    call.respond(201, Map.of("ID", id));
  }

  /// One by id, name, or the beginning of its id.
  private Payload find(ClusterState state, String wanted) throws ApiException {
    Payloads all = state.payloads(kind);
    Payload exact = all.find(wanted);
    if (exact != null) {
      return exact;
    }
    Payload named = all.named(wanted);
    if (named != null) {
      return named;
    }
    List<Payload> found =
        all.byId().values().stream().filter(each -> each.id().startsWith(wanted)).toList();
    if (found.size() > 1) {
      throw ApiException.bad(
          kind.word() + " " + wanted + " is ambiguous (" + found.size() + " matches found)");
    }
    if (found.isEmpty()) {
      throw ApiException.missing(kind.word() + " " + wanted + " not found");
    }
    return found.getFirst();
  }

  private void inspect(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    call.respond(200, PayloadViews.of(find(state, call.path("id"))));
  }

  private void update(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    PayloadSpec spec = PayloadValidator.read(call.json());
    if (call.query("version").isEmpty()) {
      throw ApiException.bad("invalid " + kind.word() + " version");
    }
    Payload payload = find(ClusterAccess.fresh(daemon, manager, call), call.path("id"));
    ClusterAccess.propose(
        daemon,
        manager,
        new Command.UpdatePayload(
            kind, payload.id(), call.number("version", -1), spec, manager.clock().instant()));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private void remove(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Payload payload = find(ClusterAccess.fresh(daemon, manager, call), call.path("id"));
    ClusterAccess.propose(daemon, manager, new Command.RemovePayload(kind, payload.id()));
    call.noContent();
  }
}
