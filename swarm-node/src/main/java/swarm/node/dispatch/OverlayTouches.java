package swarm.node.dispatch;

import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Change;

/// Which of the networks that users made may look otherwise to nodes after some changes. Pure.
///
/// @param ids of those that do
/// @param all whether any may
record OverlayTouches(SortedSet<String> ids, boolean all) {
  static final OverlayTouches NONE = new OverlayTouches(new TreeSet<>(), false);
  static final OverlayTouches ALL = new OverlayTouches(new TreeSet<>(), true);

  boolean isEmpty() {
    return ids.isEmpty() && !all;
  }

  OverlayTouches and(OverlayTouches other) {
    if (other.isEmpty() || all) {
      return this;
    }
    if (isEmpty() || other.all) {
      return other;
    }
    var both = new TreeSet<>(ids);
    both.addAll(other.ids);
    return new OverlayTouches(both, false);
  }

  static OverlayTouches of(Change change) {
    return switch (change) {
      case Change.OfCluster _, Change.OfPayload _ -> NONE;
      case Change.OfNode n -> Objects.equals(host(n.before()), host(n.after())) ? NONE : ALL;
      case Change.OfNetwork n ->
          named(
              add ->
                  Stream.of(n.before(), n.after())
                      .filter(Objects::nonNull)
                      .forEach(network -> add.accept(network.id())));
      case Change.OfService s ->
          shown(s.before()).equals(shown(s.after()))
              ? NONE
              : named(
                  add -> {
                    networks(s.before(), add);
                    networks(s.after(), add);
                  });
      case Change.OfAttachment a ->
          named(
              add ->
                  Stream.of(a.before(), a.after())
                      .filter(Objects::nonNull)
                      .forEach(attachment -> add.accept(attachment.networkId())));
      case Change.OfTask t ->
          named(
              add -> {
                networks(t.before(), add);
                networks(t.after(), add);
              });
    };
  }

  private static OverlayTouches named(Consumer<Consumer<String>> names) {
    var ids = new TreeSet<String>();
    names.accept(ids::add);
    return ids.isEmpty() ? NONE : new OverlayTouches(ids, false);
  }

  private static void networks(@Nullable Service service, Consumer<String> add) {
    if (service != null) {
      service.spec().networkIds().forEach(add);
    }
  }

  private static void networks(@Nullable Task task, Consumer<String> add) {
    if (task != null) {
      task.networksOrNone().stream().map(NetworkAddress::networkId).forEach(add);
    }
  }

  /// What is used of a service.
  private record Shown(Object targets, Object addresses, String name, boolean affinity) {}

  private static Shown shown(@Nullable Service service) {
    return service == null
        ? new Shown("", "", "", false)
        : new Shown(
            service.spec().template().networkTargets(),
            service.virtualIpsOrNone(),
            service.spec().nameOrEmpty(),
            ServiceAdditions.of(service.spec()).affinity());
  }

  /// What is used of a node.
  private record Host(String underlay, boolean alive) {}

  private static @Nullable Host host(@Nullable Node node) {
    return node == null ? null : new Host(node.dataPath(), node.alive());
  }
}
