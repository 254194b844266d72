package swarm.runtime.stdio;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many sockets a monitor has open, by which one sees that it has taken a connection: until
/// then it passes no output on, however long the connection is there. A process that is over before
/// a busy machine lets its monitor run would else be heard by nobody but the log.
public final class OpenSockets {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);

  /// A monitor does nothing else meanwhile.
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofNanos(200_000);

  private final Path descriptors;

  /// @param pid the monitor's
  public OpenSockets(int pid) {
    this.descriptors = Path.of("/proc", Integer.toString(pid), "fd");
  }

  /// How many there are; 0 where the process is gone.
  public int count() throws IOException {
    int sockets = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
      for (Path one : all) {
        sockets += isSocket(one) ? 1 : 0;
      }
    } catch (NoSuchFileException _) {
      return 0;
    }
    return sockets;
  }

  private static boolean isSocket(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (NoSuchFileException _) {
      return false; // closed meanwhile
    }
  }

  /// Waits until there are `wanted`, or the process is gone; for a second at most.
  public void await(int wanted) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int now = count(); now > 0 && now < wanted; now = count()) {
      if (System.nanoTime() > end) {
        LOG.warn("a monitor has taken {} of {} connections in {}", now, wanted, LIMIT);
        return;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
