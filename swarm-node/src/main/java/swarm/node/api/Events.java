package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import swarm.node.api.view.ClusterEvents;
import swarm.node.api.view.Containers;
import swarm.runtime.container.ContainerEvent;
import swarm.runtime.container.EngineEvent;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;

/// What happened on this node and, on managers, in the cluster, as Docker's event stream has it:
/// the last of it, and what comes. A listener that is too slow for its queue is ended rather than
/// waited for. Thread-safe.
public final class Events {
  private static final int REMEMBERED = 256;
  private static final int QUEUE = 4_096;

  private final ArrayDeque<ObjectNode> past = new ArrayDeque<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /// One client that listens.
  static final class Listener {
    private final BlockingQueue<ObjectNode> queue = new ArrayBlockingQueue<>(QUEUE);
    private volatile boolean overrun;

    /// The next event; empty where none came in time.
    Optional<ObjectNode> next(long millis) throws InterruptedException {
      return Optional.ofNullable(queue.poll(millis, TimeUnit.MILLISECONDS));
    }

    boolean overrun() {
      return overrun;
    }
  }

  /// Something that happened.
  ///
  /// @param scope `local` or `swarm`
  void publish(
      String type,
      String action,
      String id,
      Map<String, String> attributes,
      Instant at,
      String scope) {
    ObjectNode event = Wire.JSON.createObjectNode();
    if (type.equals("container")) {
      event.put("status", action).put("id", id).put("from", attributes.getOrDefault("image", ""));
    }
    event.put("Type", type).put("Action", action);
    ObjectNode actor = event.putObject("Actor").put("ID", id);
    ObjectNode all = actor.putObject("Attributes");
    attributes.forEach(all::put);
    event.put("scope", scope);
    event.put("time", at.getEpochSecond());
    event.put("timeNano", nanos(at));
    synchronized (past) {
      past.add(event);
      if (past.size() > REMEMBERED) {
        past.remove();
      }
      for (Listener listener : listeners) {
        if (!listener.queue.offer(event)) {
          listener.overrun = true;
        }
      }
    }
  }

  /// What happened in the cluster, as this node's manager applies it. Does not wait.
  ///
  /// @param now by this node's clock
  public void publish(List<Change> changes, Instant now) {
    for (ClusterEvents.Event e : ClusterEvents.of(changes, now)) {
      publish(e.type(), e.action(), e.id(), e.attributes(), e.at(), "swarm");
    }
  }

  /// Something that happened to a network of this host.
  public void publishNetwork(
      String action, String networkId, Map<String, String> attributes, Instant at) {
    var ordered = new java.util.TreeMap<>(attributes);
    publish("network", action, networkId, ordered, at, "local");
  }

  /// An event of the engine's.
  public void publish(EngineEvent event) {
    switch (event) {
      case ContainerEvent e -> publish(e);
      case EngineEvent.OfVolume v ->
          publish(
              "volume",
              v.event().action(),
              v.event().name(),
              v.event().attributes(),
              v.event().at(),
              "local");
    }
  }

  private void publish(ContainerEvent event) {
    var attributes =
        new java.util.LinkedHashMap<String, String>(event.container().config().labels());
    attributes.put("image", Containers.imageName(event.container()));
    attributes.put("name", event.container().name());
    // not of the labels, which are whoever's that made the image
    var details = new java.util.HashMap<>(event.details());
    String what = details.remove("execCommand");
    String health = details.remove("healthStatus");
    attributes.putAll(details);
    String more = what == null ? health : what;
    publish(
        "container",
        event.action().dockerName() + (more == null ? "" : ": " + more),
        event.container().id(),
        attributes,
        event.at(),
        "local");
  }

  /// Begins to listen; what is remembered since `since` comes first.
  Listener listen(Optional<Instant> since) {
    var listener = new Listener();
    synchronized (past) {
      if (since.isPresent()) {
        long from = nanos(since.get());
        past.stream().filter(e -> e.path("timeNano").asLong() >= from).forEach(listener.queue::add);
      }
      listeners.add(listener);
    }
    return listener;
  }

  private static long nanos(Instant at) {
    return java.time.temporal.ChronoUnit.NANOS.between(Instant.EPOCH, at);
  }

  static boolean isAfter(JsonNode event, Instant at) {
    return event.path("timeNano").asLong() > nanos(at);
  }

  /// How many clients listen.
  int listening() {
    return listeners.size();
  }

  /// Events that listeners have not taken yet, of all of them together.
  int waiting() {
    return listeners.stream().mapToInt(listener -> listener.queue.size()).sum();
  }

  void leave(Listener listener) {
    listeners.remove(listener);
  }
}
