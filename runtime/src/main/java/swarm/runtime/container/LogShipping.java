package swarm.runtime.container;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.runtime.logs.LogOptions;
import swarm.runtime.logs.LogReader;
import swarm.runtime.logs.LogTag;
import swarm.runtime.logs.SyslogOptions;
import swarm.runtime.syslog.SyslogMessage;
import swarm.runtime.syslog.SyslogSender;

/// Sends the logs of running containers whose driver says so. What it sends it reads from the log
/// that is kept on this host: a slow server holds no container up.
final class LogShipping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogShipping.class);

  private final EngineContext context;
  private final Map<String, Thread> senders = new ConcurrentHashMap<>();

  LogShipping(EngineContext context) {
    this.context = context;
  }

  /// Sends the log of a container that runs, until its end; does nothing where that is done already
  /// or not asked for. The container's lock is held.
  void follow(ManagedContainer managed) {
    if (!managed.view().config().logging().driver().equals(LogOptions.SYSLOG)) {
      return;
    }
    senders.computeIfAbsent(
        managed.id(),
        id -> Thread.ofVirtual().name("syslog-" + id.substring(0, 12)).start(() -> run(managed)));
  }

  private void run(ManagedContainer managed) {
    try {
      SyslogMessage messages = messages(managed.view());
      Path mark = context.paths().home(managed.id()).resolve("syslog.sent");
      new SyslogSender(messages, mark)
          .run(
              query -> {
                LogReader reader =
                    LogReader.open(
                        context.paths().logFiles(managed.id()),
                        query,
                        context.inotify(),
                        () -> !managed.isRemoved && managed.mayWrite());
                managed.addReader(reader);
                return reader;
              });
    } catch (ClosedByInterruptException e) {
      LOG.debug("the log of {} is not sent any more: the engine closes", managed.id());
    } catch (IOException | InvalidLogOptionException e) {
      LOG.error("the log of container {} is not sent", managed.id(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      senders.remove(managed.id());
    }
    again(managed);
  }

  // A start between the end of the log and the sender's own end found it at work.
  private void again(ManagedContainer managed) {
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    managed.lock.lock();
    try {
      if (!managed.isRemoved && managed.mayWrite()) {
        follow(managed);
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
    senders.values().forEach(Thread::interrupt);
  }
}
