package swarm.node.agent;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import swarm.node.rpc.SessionMessages;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;

/// Sends the logs of this node's tasks to managers that ask for them.
final class TaskLogs implements AutoCloseable {
  private final ContainerEngine engine;
  private final Function<String, Optional<String>> containerName;
  private final Consumer<SessionMessages.FromAgent> send;
  private final Map<String, Map<String, LogStream>> open = new ConcurrentHashMap<>();

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
    Map<String, LogStream> streams = new ConcurrentHashMap<>();
    open.put(request.subscription(), streams);
    for (String taskId : request.taskIds()) {
      Thread.ofVirtual().name("logs-" + taskId).start(() -> pump(request, taskId, streams));
    }
  }

  void unsubscribe(String subscription) {
    Map<String, LogStream> streams = open.remove(subscription);
    if (streams != null) {
      streams.values().forEach(LogStream::close);
    }
  }

  private void pump(
      SessionMessages.Subscribe request, String taskId, Map<String, LogStream> streams) {
    String error = "";
    Optional<String> container = containerName.apply(taskId);
    if (container.isPresent()) {
      try (LogStream stream = engine.logs(container.get(), query(request))) {
        streams.put(taskId, stream);
        for (Optional<LogEntry> entry = stream.next();
            entry.isPresent() && open.containsKey(request.subscription());
            entry = stream.next()) {
          LogEntry line = entry.get();
          send.accept(
              new SessionMessages.LogChunk(
                  request.subscription(),
                  taskId,
                  line.stream().number(),
                  line.timestamp().toString(),
                  line.bytes(),
                  false,
                  ""));
        }
      } catch (EngineException | IOException e) {
        error = String.valueOf(e.getMessage());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    send.accept(
        new SessionMessages.LogChunk(request.subscription(), taskId, 0, "", null, true, error));
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

  @Override
  public void close() {
    for (String subscription : open.keySet()) {
      unsubscribe(subscription);
    }
  }
}
