package swarm.runtime.syslog;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogStream;

/// Sends a log to its server while it is written: from where the last sender left off to the log's
/// end. A server that cannot be reached is tried again, ever more seldom; meanwhile the log is kept
/// as far as its limits let it. What a killed daemon sent in its last second comes again. Blocks:
/// for a virtual thread.
public final class SyslogSender {
  private static final Logger LOG = LoggerFactory.getLogger(SyslogSender.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int LAST_TRIES = 3;
  private static final long KEEP_NANOS = Duration.ofSeconds(1).toNanos();

  /// Writes down how far a log was sent.
  @FunctionalInterface
  public interface Keeper {
    void keep(SentMark mark) throws IOException;
  }

  private final SyslogMessage messages;
  private final Keeper keeper;
  private final BooleanSupplier gone;
  private SentMark mark;
  private long kept = System.nanoTime();
  private Duration pause = FIRST_PAUSE;
  private int tries = LAST_TRIES;
  private @Nullable SyslogConnection server;

  /// @param mark how far the log was sent before
  /// @param keeper told at most once a second, and at the end
  /// @param gone whether the log's container is: what is left is given up after some more tries
  public SyslogSender(SyslogMessage messages, SentMark mark, Keeper keeper, BooleanSupplier gone) {
    this.messages = messages;
    this.mark = mark;
    this.keeper = keeper;
    this.gone = gone;
  }

  /// Sends until the log's end.
  ///
  /// @param log what [SentMark#rest] asks for
  /// @throws IOException where the log cannot be read
  public void run(LogStream log) throws IOException, InterruptedException {
    SentMark begun = mark;
    int again = mark.count();
    try {
      for (Optional<LogEntry> entry = log.next(); entry.isPresent(); entry = log.next()) {
        if (again > 0 && entry.get().timestamp().equals(begun.at())) {
          again--;
          continue;
        }
        if (!deliver(messages.of(entry.get()))) {
          LOG.error("the end of the log of {} is lost: its server is away", messages.tag());
          return;
        }
        mark = mark.after(entry.get());
        if (System.nanoTime() - kept > KEEP_NANOS) {
          keep();
        }
      }
    } finally {
      disconnect();
      if (!mark.equals(begun)) {
        keep();
      }
    }
  }

  /// @return false where it was given up
  private boolean deliver(byte[] message) throws InterruptedException {
    while (true) {
      try {
        connection().send(message);
        pause = FIRST_PAUSE;
        return true;
      } catch (IOException e) {
        disconnect();
        if (gone.getAsBoolean() && --tries < 0) {
          return false;
        }
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

  private SyslogConnection connection() throws IOException {
    SyslogConnection open = server;
    if (open == null) {
      try {
        open = SyslogConnection.open(messages.options());
      } catch (InvalidPathException e) {
        throw new IOException("no file of this host can be called so: " + e.getInput(), e);
      }
      server = open;
    }
    return open;
  }

  private void disconnect() {
    SyslogConnection open = server;
    server = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debug("a connection to the log server of {} broke: {}", messages.tag(), e.getMessage());
      }
    }
  }

  private void keep() {
    kept = System.nanoTime();
    try {
      keeper.keep(mark);
    } catch (IOException e) {
      LOG.warn("how far the log of {} was sent cannot be written down", messages.tag(), e);
    }
  }
}
