package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.runtime.logs.LogOptions;
import swarm.runtime.logs.LogReader;
import swarm.runtime.logs.LogTag;
import swarm.runtime.logs.SyslogOptions;
import swarm.runtime.syslog.SentMark;
import swarm.runtime.syslog.SyslogMessage;
import swarm.runtime.syslog.SyslogSender;

/// Sends the logs of running containers whose driver says so. What it sends it reads from the log
/// that is kept on this host: a slow server holds no container up.
final class LogShipping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogShipping.class);

  private final EngineContext context;
  private final Map<String, Thread> senders = new ConcurrentHashMap<>(); // by container
  private volatile boolean closed;

  LogShipping(EngineContext context) {
    this.context = context;
  }

  /// Sends the log of a container that runs, until its end; does nothing where that is done already
  /// or not asked for. The container's lock is held.
  void follow(ManagedContainer managed) {
    String id = managed.id();
    if (!managed.view().config().logging().driver().equals(LogOptions.SYSLOG)
        || senders.containsKey(id)) {
      return;
    }
    try {
      SentMark mark = SentMark.read(markFile(managed));
      var sender =
          new SyslogSender(
              messages(managed.view()), mark, sent -> keep(managed, sent), () -> managed.isRemoved);
      // opened here: a short-lived container's log is read to its end though it is deleted by then
      LogReader log =
          LogReader.open(
              context.paths().logFiles(id),
              mark.rest(),
              context.inotify(),
              () -> !managed.isRemoved && managed.mayWrite());
      managed.addReader(log);
      Thread thread =
          Thread.ofVirtual()
              .name("syslog-" + managed.view().shortId())
              .unstarted(() -> run(managed, sender, log));
      senders.put(id, thread);
      thread.start();
    } catch (IOException | InvalidLogOptionException e) {
      LOG.error("the log of container {} is not sent", id, e);
    }
  }

  private void run(ManagedContainer managed, SyslogSender sender, LogReader log) {
    boolean ended = false;
    try (log) {
      sender.run(log);
      ended = true;
    } catch (IOException e) {
      LOG.error("the log of container {} is not sent any more", managed.id(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the engine closes
    } finally {
      leave(managed, ended);
    }
  }

  /// @param ended whether the log's end was reached
  private void leave(ManagedContainer managed, boolean ended) {
    managed.lock.lock();
    try {
      senders.remove(managed.id());
      // a start between the end of the log and here found this sender at work
      if (ended && !closed && !managed.isRemoved && managed.mayWrite()) {
        follow(managed);
      }
    } finally {
      managed.lock.unlock();
    }
  }

  /// Waits until the logs of containers that have ended are sent, as far as their servers take them
  /// in time.
  void await(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (Thread sender : List.copyOf(senders.values())) {
      var _ = sender.join(Duration.ofNanos(end - System.nanoTime()));
    }
  }

  private Path markFile(ManagedContainer managed) {
    return context.paths().home(managed.id()).resolve("syslog.sent");
  }

  // Nothing is written to the folder of a container that is being removed.
  private void keep(ManagedContainer managed, SentMark mark) throws IOException {
    managed.lock.lock();
    try {
      if (!managed.isRemoved) {
        mark.write(markFile(managed));
      }
    } finally {
      managed.lock.unlock();
    }
  }

  private static SyslogMessage messages(Container container)
      throws IOException, InvalidLogOptionException {
    SyslogOptions options = SyslogOptions.parse(container.config().logging().options());
    return new SyslogMessage(
        options,
        LogTag.of(options.tag(), container.logSource(container.config().imageId())),
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
        ProcessHandle.current().pid(),
        ZoneId.systemDefault());
  }

  @Override
  public void close() {
    closed = true;
    senders.values().forEach(Thread::interrupt);
  }
}
