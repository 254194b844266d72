package swarm.node.rpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.LinuxException;
import swarm.linux.ThreadPriority;

/// How threads of the daemon stand to others that want a processor (`sched(7)`).
public final class Niceness {
  private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

  /// Nine times the share of a usual thread: for what keeps leaders and sessions alive.
  private static final int URGENT = -10;

  /// Gets about a tenth of a processor that others want.
  private static final int PATIENT = 10;

  private Niceness() {}

  /// The calling platform thread comes before others from now on, where that is permitted.
  static void goBefore() {
    set(URGENT);
  }

  /// The calling platform thread lets others go first from now on.
  public static void goBehind() {
    set(PATIENT);
  }

  private static void set(int nice) {
    try {
      ThreadPriority.set(nice);
    } catch (LinuxException e) {
      LOG.debug("{} has the usual priority: {}", Thread.currentThread().getName(), e.getMessage());
    }
  }
}
