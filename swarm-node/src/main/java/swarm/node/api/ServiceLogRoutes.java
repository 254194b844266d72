package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import swarm.node.api.error.ApiException;
import swarm.node.control.Manager;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;

/// `/services/{id}/logs` and `/tasks/{id}/logs`: from every node whose agent is in session with any
/// manager that can be reached, in order per task; who follows a service gets the logs of tasks
/// that come later, too.
final class ServiceLogRoutes {
  private static final Duration POLL = Duration.ofMillis(200);

  /// How often tasks are looked for that have come, and those whose log broke off.
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

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
    String id = ServiceRoutes.find(state, call.path("id")).id();
    stream(
        call,
        manager,
        state,
        new Wanted(now -> now.tasksOfService(id), now -> now.services().containsKey(id)));
  }

  private void task(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    String id = ServiceRoutes.findTask(state, call.path("id")).id();
    stream(
        call,
        manager,
        state,
        new Wanted(now -> Optional.ofNullable(now.tasks().get(id)).stream().toList(), _ -> false));
  }

  /// Whose logs are wanted.
  ///
  /// @param tasks those in a state
  /// @param more whether others may come
  private record Wanted(
      Function<ClusterState, Collection<Task>> tasks, Predicate<ClusterState> more) {}

  private void stream(Call call, Manager manager, ClusterState state, Wanted wanted)
      throws IOException, ApiException, InterruptedException {
    if (!call.flag("stdout") && !call.flag("stderr")) {
      throw ApiException.bad("Bad parameters: you must choose at least one stream");
    }
    var query =
        new LogGathering.Query(
            call.flag("follow"),
            call.flag("stdout"),
            call.flag("stderr"),
            ServiceLogTexts.tail(call.query("tail")),
            call.time("since").map(Instant::toString).orElse(""),
            call.time("until").map(Instant::toString).orElse(""));
    var gone = new AtomicBoolean();
    call.exchange().onClientGone(() -> gone.set(true));
    Collection<Task> first = wanted.tasks().apply(state);
    boolean tty =
        first.stream()
            .findFirst()
            .map(t -> t.spec().containerSpec())
            .map(ContainerSpec::tty)
            .orElse(false);
    String type =
        tty ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream";
    try (var gathering = new LogGathering(manager.logRelay(), manager.ids()::next, query)) {
      gathering.want(first);
      try (OutputStream out = call.stream(type)) {
        copy(call, out, tty, gathering, manager, query.follow() ? wanted : of(first), gone);
      }
    }
  }

  private static Wanted of(Collection<Task> tasks) {
    return new Wanted(_ -> tasks, _ -> false);
  }

  /// Until there is no more, or the client has left.
  private static void copy(
      Call call,
      OutputStream out,
      boolean tty,
      LogGathering gathering,
      Manager manager,
      Wanted wanted,
      AtomicBoolean gone)
      throws IOException, InterruptedException {
    long look = System.nanoTime() + LOOK_NANOS;
    while (!gone.get()) {
      ClusterState state = manager.store().state();
      for (String node : gathering.newlyMissing()) {
        warn(out, tty, "node " + name(state, node) + " has no session with any manager");
      }
      if (gathering.idle()) {
        String unread = ServiceLogTexts.incomplete(gathering.unread());
        if (!unread.isEmpty()) {
          fail(out, tty, unread);
          return;
        }
        if (!wanted.more().test(state)) {
          return;
        }
      }
      Optional<LogGathering.Line> line = gathering.next(POLL);
      if (line.isPresent()) {
        write(out, tty, call, line.get());
      }
      if (System.nanoTime() - look >= 0) {
        gathering.want(wanted.tasks().apply(state));
        look = System.nanoTime() + LOOK_NANOS;
      }
    }
  }

  private static String name(ClusterState state, String node) {
    return state.node(node).map(n -> n.description().hostname()).orElse(node);
  }

  /// The end of a stream that lacks something: clients show it, and fail.
  private static void fail(OutputStream out, boolean tty, String why) throws IOException {
    byte[] text = ("Error grabbing logs: " + why + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(tty ? text : Router.frame(3, text));
  }

  private static void warn(OutputStream out, boolean tty, String why) throws IOException {
    byte[] text =
        ("warning: incomplete log stream. " + why + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(tty ? text : Router.frame(2, text));
  }

  private static void write(OutputStream out, boolean tty, Call call, LogGathering.Line line)
      throws IOException {
    Task task = line.task();
    byte[] data = line.chunk().data();
    if (data == null) {
      return;
    }
    String head = call.flag("timestamps") ? line.chunk().timestamp() + " " : "";
    if (call.flag("details")) {
      head += ServiceLogTexts.details(task, line.chunk().detailsOrNone()) + " ";
    }
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] text = Arrays.copyOf(start, start.length + data.length);
    System.arraycopy(data, 0, text, start.length, data.length);
    out.write(tty ? text : Router.frame(line.chunk().stream(), text));
  }
}
