package swarm.node.api.view;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.state.Change;

/// What Docker's event stream says of a change of the cluster's state: of nodes, services,
/// networks, secrets and configs; of tasks and of the cluster itself it says nothing. Pure.
///
/// Names and attributes are those of moby's `daemon/events.go`. Attributes that tell what was
/// before and what is now (`state.old`, `state.new`) are there only where the two differ.
public final class ClusterEvents {
  /// One event, of scope `swarm`.
  ///
  /// @param type `node`, `service`, `network`, `secret` or `config`
  /// @param action `create`, `update` or `remove`
  /// @param id of what it is about
  public record Event(
      String type, String action, String id, Map<String, String> attributes, Instant at) {}

  private ClusterEvents() {}

  /// The events of some changes, in their order.
  ///
  /// @param now when what is gone has gone: the state does not say
  public static List<Event> of(List<Change> changes, Instant now) {
    var events = new ArrayList<Event>();
    for (Change change : changes) {
      of(change, now).ifPresent(events::add);
    }
    return events;
  }

  private static Optional<Event> of(Change change, Instant now) {
    return switch (change) {
      case Change.OfNode node -> node(node.before(), node.after(), now);
      case Change.OfService service -> service(service.before(), service.after(), now);
      case Change.OfCluster cluster -> ingress(cluster.before(), cluster.after(), now);
      case Change.OfPayload payload -> payload(payload.before(), payload.after(), now);
      case Change.OfNetwork network -> network(network.before(), network.after(), now);
      case Change.OfTask _, Change.OfAttachment _ -> Optional.empty();
    };
  }

  // ---- networks

  private static Optional<Event> network(
      @Nullable Network before, @Nullable Network after, Instant now) {
    Network any = after != null ? after : before;
    if (any == null) {
      return Optional.empty();
    }
    String action = after == null ? "remove" : before == null ? "create" : "update";
    return Optional.of(
        new Event(
            "network",
            action,
            any.id(),
            named(any.name()),
            after == null ? now : after.version().updatedAt()));
  }

  /// The ingress network comes with the cluster; users may replace it.
  private static Optional<Event> ingress(@Nullable Cluster before, Cluster after, Instant now) {
    Ingress next = after.ingress();
    Map<String, String> name = named(next.name());
    boolean was = before != null && before.ingress().present();
    if (was == next.present()) {
      return Optional.empty();
    }
    return Optional.of(
        was
            ? new Event("network", "remove", next.networkId(), name, now)
            : new Event("network", "create", next.networkId(), name, next.createdAt()));
  }

  // ---- nodes

  private static Optional<Event> node(@Nullable Node before, @Nullable Node after, Instant now) {
    if (after == null) {
      return before == null
          ? Optional.empty()
          : Optional.of(new Event("node", "remove", before.id(), named(name(before)), now));
    }
    Map<String, String> attributes = named(name(after));
    if (before == null) {
      return Optional.of(
          new Event("node", "create", after.id(), attributes, after.version().createdAt()));
    }
    if (!shows(before, after)) {
      return Optional.empty();
    }
    changed(attributes, "availability", availability(before), availability(after));
    changed(attributes, "role", role(before), role(after));
    changed(attributes, "state", state(before), state(after));
    if (before.manager() != null && after.manager() != null) {
      changed(
          attributes,
          "reachability",
          SwarmViews.reachability(before),
          SwarmViews.reachability(after));
    }
    return Optional.of(
        new Event("node", "update", after.id(), attributes, after.version().updatedAt()));
  }

  /// Whether the change is one of what users see: the keys of gossip and addresses on the ingress
  /// network are part of a node in the state, too.
  private static boolean shows(Node before, Node after) {
    return !before.spec().equals(after.spec())
        || !said(before).equals(said(after))
        || before.status().state() != after.status().state()
        || !before.status().message().equals(after.status().message())
        || !before.status().address().equals(after.status().address())
        || !Objects.equals(before.manager(), after.manager());
  }

  private static Node.Description said(Node node) {
    return node.description().withoutGossip();
  }

  private static String name(Node node) {
    String given = node.spec().name();
    return given == null || given.isEmpty() ? node.description().hostname() : given;
  }

  private static String availability(Node node) {
    String given = node.spec().availability();
    return given == null || given.isEmpty() ? "active" : given;
  }

  private static String role(Node node) {
    return node.spec().manager() ? "manager" : "worker";
  }

  private static String state(Node node) {
    return lower(node.status().state());
  }

  // ---- services

  private static Optional<Event> service(
      @Nullable Service before, @Nullable Service after, Instant now) {
    if (after == null) {
      return before == null
          ? Optional.empty()
          : Optional.of(
              new Event("service", "remove", before.id(), named(before.spec().nameOrEmpty()), now));
    }
    Map<String, String> attributes = named(after.spec().nameOrEmpty());
    if (before == null) {
      return Optional.of(
          new Event("service", "create", after.id(), attributes, after.version().createdAt()));
    }
    if (before.spec().equals(after.spec())
        && before.ports().equals(after.ports())
        && Objects.equals(before.update(), after.update())) {
      return Optional.empty();
    }
    changed(attributes, "image", image(before.spec()), image(after.spec()));
    changed(attributes, "replicas", replicas(before.spec()), replicas(after.spec()));
    update(attributes, before.update(), after.update());
    return Optional.of(
        new Event("service", "update", after.id(), attributes, after.version().updatedAt()));
  }

  /// The first update of a service has no state before it.
  private static void update(
      Map<String, String> attributes,
      Service.@Nullable UpdateStatus before,
      Service.@Nullable UpdateStatus after) {
    if (after == null) {
      return;
    }
    if (before == null) {
      attributes.put("updatestate.new", lower(after.state()));
    } else {
      changed(attributes, "updatestate", lower(before.state()), lower(after.state()));
    }
  }

  private static @Nullable String image(ServiceSpec spec) {
    ContainerSpec container = spec.template().containerSpec();
    return container == null ? null : container.image();
  }

  private static @Nullable String replicas(ServiceSpec spec) {
    return spec.global() || spec.job() ? null : Integer.toString(spec.replicas());
  }

  // ---- secrets and configs

  private static Optional<Event> payload(
      @Nullable Payload before, @Nullable Payload after, Instant now) {
    Payload any = after != null ? after : before;
    if (any == null) {
      return Optional.empty();
    }
    String action = after == null ? "remove" : before == null ? "create" : "update";
    return Optional.of(
        new Event(
            any.kind().word(),
            action,
            any.id(),
            named(any.spec().nameOrEmpty()),
            after == null ? now : after.version().updatedAt()));
  }

  // ---- all of them

  private static Map<String, String> named(String name) {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("name", name);
    return attributes;
  }

  /// Nothing where one of the two has no such thing.
  private static void changed(
      Map<String, String> attributes, String what, @Nullable String before, @Nullable String now) {
    if (before != null && now != null && !before.equals(now)) {
      attributes.put(what + ".new", now);
      attributes.put(what + ".old", before);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
