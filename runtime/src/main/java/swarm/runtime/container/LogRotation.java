package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.oci.Conmon;

/// Keeps log files within their limits: a file that has grown too large is renamed to `.1`, and the
/// monitor told to begin a new one. Looked at every few seconds, so that a file may be larger than
/// its limit by what comes in between.
final class LogRotation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final EngineContext context;
  private final Thread thread;

  LogRotation(EngineContext context) {
    this.context = context;
    this.thread = Thread.ofVirtual().name("log-rotation").start(this::loop);
  }

  private void loop() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        for (ManagedContainer managed : context.registry().all()) {
          rotateIfLarge(managed);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  void rotateIfLarge(ManagedContainer managed) throws InterruptedException {
    LogLimits limits = managed.view().config().logLimits();
    if (limits.maxBytes() <= 0) {
      return;
    }
    managed.lock.lockInterruptibly();
    try {
      Path log = context.paths().log(managed.id());
      if (managed.view().state().isLive() && Files.size(log) > limits.maxBytes()) {
        rotate(managed, log, limits);
      }
    } catch (NoSuchFileException e) {
      // Renamed before, and the monitor has not begun the new one yet.
      return;
    } catch (IOException e) {
      LOG.error("the log of container {} could not be rotated", managed.id(), e);
    } finally {
      managed.lock.unlock();
    }
  }

  private void rotate(ManagedContainer managed, Path log, LogLimits limits) throws IOException {
    Path old = log.resolveSibling(log.getFileName() + ".1");
    Files.move(log, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Conmon.reopenLog(context.paths().bundle(managed.id()));
    if (limits.maxFiles() < 2) {
      Files.deleteIfExists(old);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
