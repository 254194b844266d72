package swarm.node;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;

/// Gives the heap's unused memory back to the machine while the daemon has little to do.
///
/// The collector does so at the end of a concurrent cycle, and begins one when the heap is nearly
/// full of what lives. An idle daemon never gets there: the few objects that it makes and drops
/// keep the heap as large as the last burst of work left it. So where little lives (the state of a
/// few thousand tasks), and the daemon is idle and has grown, everything is collected at once: a
/// pause of about a tenth of a second, far from what would cost a leader its office. With more in
/// the heap that pause would be too long, and memory is not what such a machine is short of.
///
/// Turned down: `-XX:G1PeriodicGCInterval`, which waits for a time without any collection (it does
/// not come), and concurrent cycles instead of a full collection, which left the heap a third
/// larger.
final class HeapCare implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(15);
  private static final long MOST_LIVE = 48L * 1024 * 1024; // bytes

  private final Thread thread;

  HeapCare() {
    // A platform thread: the collection is waited for in the JVM.
    thread = Thread.ofPlatform().daemon().name("heap-care").start(this::run);
  }

  private void run() {
    long committedAfter = 0;
    Duration usedBefore = processorTime();
    try {
      while (true) {
        Thread.sleep(PERIOD);
        Duration used = processorTime();
        long committed = Runtime.getRuntime().totalMemory();
        if (due(used.minus(usedBefore), oldObjects(), committed, committedAfter)) {
          System.gc();
          committedAfter = Runtime.getRuntime().totalMemory();
        }
        usedBefore = used;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the daemon stops
    }
  }

  /// Whether a collection is worth its while: less than a fifth of a processor was used, little
  /// lives, and the heap is an eighth larger than the last one left it.
  ///
  /// @param used processor time of the last [#PERIOD]
  /// @param live bytes of what has lived for a while
  /// @param committed the heap's size in bytes
  /// @param committedAfter what it was after the last collection here; 0 where there was none
  static boolean due(Duration used, long live, long committed, long committedAfter) {
    return used.compareTo(PERIOD.dividedBy(5)) < 0
        && live <= MOST_LIVE
        && committed > committedAfter + committedAfter / 8;
  }

  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// A generation's name differs by collector; with one that we do not know nothing is collected.
  private static long oldObjects() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().endsWith("Old Gen")) {
        return pool.getUsage().getUsed();
      }
    }
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
