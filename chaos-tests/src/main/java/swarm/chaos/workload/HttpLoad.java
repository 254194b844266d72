package swarm.chaos.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import swarm.chaos.client.HttpCall;

/// Requests at a steady rate, whatever becomes of those before (an open loop), each on a connection
/// of its own and to the next door in turn. A request that no whole answer with 200 comes to counts
/// as lost; none is sent again.
public final class HttpLoad {
  private static final int MOST_AT_ONCE = 500;

  /// Where callers come in.
  @FunctionalInterface
  public interface Door {
    HttpCall.Answer call() throws IOException;
  }

  /// What is done to a cluster that has callers.
  @FunctionalInterface
  public interface Happening {
    void run() throws IOException, InterruptedException;
  }

  /// What became of the requests.
  ///
  /// @param lost when, after the beginning, and why
  /// @param slowest of those that were answered
  public record Result(int sent, List<String> lost, Duration slowest) {}

  private final List<Door> doors;
  private final long periodNanos;
  private final long begun = System.nanoTime();
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);
  private final Thread pace;
  private volatile boolean ending;

  // guarded by this
  private int sent;
  private final List<String> lost = new ArrayList<>();
  private long slowestNanos;

  private HttpLoad(List<Door> doors, int perSecond) {
    this.doors = List.copyOf(doors);
    this.periodNanos = 1_000_000_000L / perSecond;
    pace = Thread.ofPlatform().name("load").unstarted(this::run);
  }

  /// Sends requests while something happens.
  ///
  /// @return what became of all of them
  public static Result during(List<Door> doors, int perSecond, Happening happening)
      throws IOException, InterruptedException {
    var load = new HttpLoad(doors, perSecond);
    load.pace.start();
    try {
      happening.run();
    } finally {
      load.end();
    }
    return load.result();
  }

  private void run() {
    for (int i = 0; !ending; i++) {
      long due = begun + i * periodNanos;
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      Door door = doors.get(i % doors.size());
      if (free.tryAcquire()) {
        Thread.ofVirtual().name("request").start(() -> send(door));
      } else {
        record(due, "not sent: " + MOST_AT_ONCE + " others wait for an answer");
      }
    }
  }

  private void send(Door door) {
    long at = System.nanoTime();
    try {
      int status = door.call().status();
      record(at, status == 200 ? "" : "status " + status);
    } catch (IOException e) {
      record(at, e.toString());
    } finally {
      free.release();
    }
  }

  private synchronized void record(long at, String failure) {
    sent++;
    if (failure.isEmpty()) {
      slowestNanos = Math.max(slowestNanos, System.nanoTime() - at);
    } else {
      lost.add(Duration.ofNanos(at - begun).toMillis() + " ms: " + failure);
    }
  }

  private void end() throws InterruptedException {
    ending = true;
    pace.join();
    free.acquire(MOST_AT_ONCE); // the last ones have their answer
  }

  private synchronized Result result() {
    return new Result(sent, List.copyOf(lost), Duration.ofNanos(slowestNanos));
  }
}
