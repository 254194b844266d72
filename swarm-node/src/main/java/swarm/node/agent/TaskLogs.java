package swarm.node.agent;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.SessionMessages;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.logs.LogAttributes;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;

/// Sends the logs of this node's tasks to managers that ask for them, and no more at once than they
/// said.
final class TaskLogs implements AutoCloseable {
  /// What a line costs beside its text, wherever it waits.
  private static final int LINE_BYTES = 100;

  private final ContainerEngine engine;
  private final Function<String, Optional<String>> containerName;
  private final Consumer<SessionMessages.FromAgent> send;
  private final Map<String, Map<String, Pump>> open = new ConcurrentHashMap<>();

  /// @param containerName the container of a task
  TaskLogs(
      ContainerEngine engine,
      Function<String, Optional<String>> containerName,
      Consumer<SessionMessages.FromAgent> send) {
    this.engine = engine;
    this.containerName = containerName;
    this.send = send;
  }

  void subscribe(SessionMessages.Subscribe request) {
    Map<String, Pump> pumps = new ConcurrentHashMap<>();
    for (String taskId : request.taskIds()) {
      pumps.put(taskId, new Pump(request, taskId));
    }
    open.put(request.subscription(), pumps);
    pumps.forEach(
        (taskId, pump) -> Thread.ofVirtual().name("logs-" + taskId).start(() -> run(pump)));
  }

  void unsubscribe(String subscription) {
    Map<String, Pump> pumps = open.remove(subscription);
    if (pumps != null) {
      pumps.values().forEach(Pump::close);
    }
  }

  /// What was sent of a task's log was taken.
  void goOn(String subscription, String taskId) {
    Map<String, Pump> pumps = open.get(subscription);
    Pump pump = pumps == null ? null : pumps.get(taskId);
    if (pump != null) {
      pump.taken.release();
    }
  }

  private void run(Pump pump) {
    String error = "";
    try {
      pump.run();
    } catch (EngineException | IOException e) {
      error = String.valueOf(e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    send.accept(
        new SessionMessages.LogChunk(
            pump.request.subscription(), pump.taskId, 0, "", null, true, error));
  }

  /// One task's log on its way.
  private final class Pump {
    final SessionMessages.Subscribe request;
    final String taskId;
    final Semaphore taken = new Semaphore(0);
    private volatile @Nullable LogStream stream;
    private volatile boolean closed;

    Pump(SessionMessages.Subscribe request, String taskId) {
      this.request = request;
      this.taskId = taskId;
    }

    void run() throws EngineException, IOException, InterruptedException {
      Optional<String> container = containerName.apply(taskId);
      if (container.isEmpty()) {
        return;
      }
      String details = details(container.get());
      try (LogStream lines = engine.logs(container.get(), query(request))) {
        stream = lines;
        long left = window();
        while (!closed) { // it may have been, before there was a stream to close
          Optional<LogEntry> entry = lines.next();
          if (entry.isEmpty()) {
            return;
          }
          LogEntry line = entry.get();
          send.accept(
              new SessionMessages.LogChunk(
                  request.subscription(),
                  taskId,
                  line.stream().number(),
                  line.timestamp().toString(),
                  line.bytes(),
                  false,
                  "",
                  null,
                  details.isEmpty() ? null : details));
          left -= line.bytes().length + LINE_BYTES;
          if (left <= 0) {
            pause();
            left = window();
          }
        }
      }
    }

    private long window() {
      Integer window = request.window();
      return window == null ? Long.MAX_VALUE : window;
    }

    private void pause() throws InterruptedException {
      send.accept(SessionMessages.LogChunk.pausing(request.subscription(), taskId));
      taken.acquire();
    }

    void close() {
      closed = true;
      LogStream now = stream;
      if (now != null) {
        now.close();
      }
      taken.release();
    }
  }

  private String details(String name) throws EngineException {
    Container container = engine.get(name);
    String image = container.config().attributes().getOrDefault(Attributes.IMAGE_NAME, "");
    return LogAttributes.text(
        LogAttributes.of(container.config().logging(), container.logSource(image)));
  }

  private static LogQuery query(SessionMessages.Subscribe request) {
    return new LogQuery(
        request.follow(),
        request.since().isEmpty() ? Optional.empty() : Optional.of(Instant.parse(request.since())),
        request.until().isEmpty() ? Optional.empty() : Optional.of(Instant.parse(request.until())),
        request.tail() < 0 ? OptionalInt.empty() : OptionalInt.of(request.tail()),
        request.stdout(),
        request.stderr());
  }

  /// Nobody is sent anything any more.
  @Override
  public void close() {
    for (String subscription : open.keySet()) {
      unsubscribe(subscription);
    }
  }
}
