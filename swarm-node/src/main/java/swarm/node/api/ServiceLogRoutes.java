package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import swarm.node.api.error.ApiException;
import swarm.node.control.Manager;
import swarm.node.dispatch.LogBroker;
import swarm.node.dispatch.LogRelay;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// `/services/{id}/logs` and `/tasks/{id}/logs`: from every node whose agent is in session with any
/// manager that can be reached, in order per task.
final class ServiceLogRoutes {
  private static final int QUEUE = 1_024;
  private static final long POLL_MILLIS = 200;

  private final Daemon daemon;

  ServiceLogRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/services/{id}/logs", this::service);
    router.add("GET", "/tasks/{id}/logs", this::task);
  }

  private void service(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    Service service = ServiceRoutes.find(state, call.path("id"));
    stream(call, manager, state.tasksOfService(service.id()), state);
  }

  private void task(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    stream(call, manager, List.of(ServiceRoutes.findTask(state, call.path("id"))), state);
  }

  /// What one node sent, or that it will send no more.
  private record Part(String nodeId, Optional<SessionMessages.LogChunk> chunk) {}

  private static final class Gathering implements LogBroker.Sink {
    private final BlockingQueue<Part> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public void accept(String nodeId, SessionMessages.LogChunk chunk) {
      put(new Part(nodeId, Optional.of(chunk)));
    }

    @Override
    public void ended(String nodeId) {
      put(new Part(nodeId, Optional.empty()));
    }

    private void put(Part part) {
      try {
        while (!closed.get() && !queue.offer(part, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          // a slow reader holds the writer back, until it leaves
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void stream(Call call, Manager manager, List<Task> tasks, ClusterState state)
      throws IOException, ApiException, InterruptedException {
    if (!call.flag("stdout") && !call.flag("stderr")) {
      throw ApiException.bad("Bad parameters: you must choose at least one stream");
    }
    Map<String, List<String>> perNode = new TreeMap<>();
    for (Task task : tasks) {
      if (!task.nodeId().isEmpty()
          && task.status().state().compareTo(TaskState.STARTING) >= 0
          && task.status().state() != TaskState.REJECTED) {
        perNode.computeIfAbsent(task.nodeId(), _ -> new ArrayList<>()).add(task.id());
      }
    }
    String subscription = manager.ids().next();
    var requests = new TreeMap<String, SessionMessages.Subscribe>();
    for (var entry : perNode.entrySet()) {
      requests.put(
          entry.getKey(),
          new SessionMessages.Subscribe(
              subscription,
              entry.getValue(),
              call.flag("follow"),
              call.flag("stdout"),
              call.flag("stderr"),
              ContainerRoutes.tail(call.query("tail")).orElse(-1),
              call.time("since").map(Instant::toString).orElse(""),
              call.time("until").map(Instant::toString).orElse("")));
    }
    var gathering = new Gathering();
    var gone = new AtomicBoolean();
    call.exchange().onClientGone(() -> gone.set(true));
    boolean tty =
        tasks.stream()
            .findFirst()
            .map(t -> t.spec().containerSpec())
            .map(ContainerSpec::tty)
            .orElse(false);
    LogRelay.Subscription subscribed =
        manager.logRelay().subscribe(subscription, requests, gathering);
    List<String> missing = subscribed.missing();
    Set<String> open = ConcurrentHashMap.newKeySet();
    perNode.forEach(
        (node, ids) -> {
          if (!missing.contains(node)) {
            open.addAll(ids);
          }
        });
    try (OutputStream out =
        call.stream(
            tty
                ? "application/vnd.docker.raw-stream"
                : "application/vnd.docker.multiplexed-stream")) {
      for (String node : missing) {
        warn(out, tty, state, node);
      }
      var byTask = new TreeMap<String, Task>();
      tasks.forEach(t -> byTask.put(t.id(), t));
      while (!open.isEmpty() && !gone.get()) {
        Part part = gathering.queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (part == null) {
          continue;
        }
        if (part.chunk().isEmpty()) {
          open.removeAll(perNode.getOrDefault(part.nodeId(), List.of()));
        } else {
          write(out, tty, call, part.chunk().get(), byTask, open);
        }
      }
    } finally {
      gathering.closed.set(true);
      subscribed.close().run();
    }
  }

  private static void warn(OutputStream out, boolean tty, ClusterState state, String node)
      throws IOException {
    String name = state.node(node).map(n -> n.description().hostname()).orElse(node);
    byte[] text =
        ("warning: incomplete log stream. node " + name + " has no session with any manager\n")
            .getBytes(StandardCharsets.UTF_8);
    out.write(tty ? text : Router.frame(2, text));
  }

  private static void write(
      OutputStream out,
      boolean tty,
      Call call,
      SessionMessages.LogChunk chunk,
      Map<String, Task> tasks,
      Set<String> open)
      throws IOException {
    if (chunk.last()) {
      open.remove(chunk.taskId());
      return;
    }
    Task task = tasks.get(chunk.taskId());
    byte[] data = chunk.data();
    if (task == null || data == null) {
      return;
    }
    String head = call.flag("timestamps") ? chunk.timestamp() + " " : "";
    if (call.flag("details")) {
      head +=
          "com.docker.swarm.node.id="
              + task.nodeId()
              + ",com.docker.swarm.service.id="
              + task.serviceId()
              + ",com.docker.swarm.task.id="
              + task.id()
              + " ";
    }
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] line = java.util.Arrays.copyOf(start, start.length + data.length);
    System.arraycopy(data, 0, line, start.length, data.length);
    out.write(tty ? line : Router.frame(chunk.stream(), line));
  }
}
