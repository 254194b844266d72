package swarm.runtime.syslog;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;

/// Sends a log to its server while it is written: from where the last sender left off to the log's
/// end. A server that cannot be reached is tried again, ever more seldom; meanwhile the log is kept
/// as far as its limits let it. Blocks: for a virtual thread.
public final class SyslogSender {
  private static final Logger LOG = LoggerFactory.getLogger(SyslogSender.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final long MARK_NANOS = Duration.ofSeconds(1).toNanos();

  /// Opens a log.
  @FunctionalInterface
  public interface Source {
    LogStream open(LogQuery query) throws IOException;
  }

  private final SyslogMessage messages;
  private final Path markFile;
  private SentMark mark;
  private long marked = System.nanoTime();
  private Duration pause = FIRST_PAUSE;

  /// @param markFile where it is kept how far the log was sent
  public SyslogSender(SyslogMessage messages, Path markFile) throws IOException {
    this.messages = messages;
    this.markFile = markFile;
    this.mark = SentMark.read(markFile);
  }

  /// Sends until the log's end.
  public void run(Source source) throws InterruptedException {
    while (true) {
      try (LogStream log = source.open(mark.rest());
          SyslogConnection server = SyslogConnection.open(messages.options())) {
        send(log, server);
        return;
      } catch (IOException e) {
        LOG.warn(
            "the log of {} cannot be sent, trying again in {}: {}",
            messages.tag(),
            pause,
            e.getMessage());
        Thread.sleep(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
      }
    }
  }

  private void send(LogStream log, SyslogConnection server)
      throws IOException, InterruptedException {
    int again = mark.count();
    SentMark begun = mark;
    try {
      for (Optional<LogEntry> entry = log.next(); entry.isPresent(); entry = log.next()) {
        if (again > 0 && entry.get().timestamp().equals(begun.at())) {
          again--;
          continue;
        }
        server.send(messages.of(entry.get()));
        pause = FIRST_PAUSE;
        mark = mark.after(entry.get());
        if (System.nanoTime() - marked > MARK_NANOS) {
          mark.write(markFile);
          marked = System.nanoTime();
        }
      }
    } finally {
      if (!mark.equals(begun)) {
        mark.write(markFile);
      }
    }
  }
}
