package swarm.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.Service;

/// The secrets of a cluster, or its configs, and which services use them. Immutable and persistent.
///
/// @param byId by id
/// @param names name to id
/// @param users id to the ids of the services whose present spec names it, whether or not it exists
public record Payloads(
    TreePMap<String, Payload> byId,
    TreePMap<String, String> names,
    TreePMap<String, TreePMap<String, Boolean>> users) {

  static final Payloads NONE = new Payloads(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

  /// One of them; null where there is none.
  public @Nullable Payload find(String id) {
    return byId.get(id);
  }

  /// The one of a name; null where there is none.
  public @Nullable Payload named(String name) {
    String id = names.get(name);
    return id == null ? null : byId.get(id);
  }

  /// The ids of the services that use one, sorted.
  public List<String> usersOf(String id) {
    TreePMap<String, Boolean> found = users.get(id);
    return found == null ? List.of() : new ArrayList<>(found.keySet());
  }

  /// With one more, or another version of one. A name never changes.
  Payloads plus(Payload next) {
    return new Payloads(
        byId.plus(next.id(), next), names.plus(next.spec().nameOrEmpty(), next.id()), users);
  }

  Payloads minus(Payload gone) {
    return new Payloads(byId.minus(gone.id()), names.minus(gone.spec().nameOrEmpty()), users);
  }

  /// With a service's new spec: null where it has none (any more).
  Payloads used(
      PayloadKind kind, String serviceId, @Nullable Service before, @Nullable Service after) {
    TreeSet<String> was = wanted(kind, before);
    TreeSet<String> is = wanted(kind, after);
    if (was.equals(is)) {
      return this;
    }
    TreePMap<String, TreePMap<String, Boolean>> next = users;
    for (String id : without(was, is::contains)) {
      next = Index.leave(next, id, serviceId);
    }
    for (String id : without(is, was::contains)) {
      next = Index.enter(next, id, serviceId);
    }
    return new Payloads(byId, names, next);
  }

  private static List<String> without(TreeSet<String> ids, Predicate<String> left) {
    return ids.stream().filter(left.negate()).toList();
  }

  private static TreeSet<String> wanted(PayloadKind kind, @Nullable Service service) {
    var ids = new TreeSet<String>();
    if (service != null) {
      for (PayloadReference each : service.spec().template().payloads()) {
        if (each.kind() == kind) {
          ids.add(each.id());
        }
      }
    }
    return ids;
  }
}
