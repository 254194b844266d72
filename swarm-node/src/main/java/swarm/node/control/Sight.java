package swarm.node.control;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// What one manager has seen of one node: the evidence that [Liveness] judges by. Every time is a
/// value of [System#nanoTime], given by the caller. Thread-safe.
final class Sight {
  /// How long an answer of a host counts that it gave before this manager led.
  private static final long FORESEEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// Whether a verdict is on its way to the log.
  volatile boolean judged;

  // guarded by this
  private long heardNanos;
  private long steadySinceNanos;
  private long signNanos;
  private long probedNanos;
  private Liveness.Probe probe = Liveness.Probe.NONE;
  private int silentProbes;
  private boolean probing;
  private boolean heard;
  private Node.@Nullable State state;
  private long stateNanos;

  Sight(long now) {
    heardNanos = now;
    steadySinceNanos = now;
    signNanos = now;
    probedNanos = now;
    stateNanos = now;
  }

  /// This manager did not run for a while: nobody could be heard meanwhile.
  synchronized void excuse(long nanos, long now) {
    heardNanos += Math.min(nanos, now - heardNanos);
    stateNanos += Math.min(nanos, now - stateNanos);
  }

  /// Another leader begins: only how the host itself answered in the last moment counts on.
  synchronized void begin(long now) {
    heard = false;
    heardNanos = now;
    steadySinceNanos = now;
    stateNanos = now;
    if (now - probedNanos > FORESEEN_NANOS) {
      probe = Liveness.Probe.NONE;
      silentProbes = 0;
    }
  }

  /// The node's agent was heard, then.
  synchronized void heard(long then) {
    if (!heard || then - heardNanos > Liveness.SUSPECT_AFTER.toNanos()) {
      steadySinceNanos = then;
    }
    heard = true;
    signNanos = Math.max(signNanos, then);
    if (then - heardNanos > 0) {
      heardNanos = then;
      probe = Liveness.Probe.NONE;
      silentProbes = 0;
    }
  }

  /// Its session has ended: no need to wait for heartbeats that will not come.
  synchronized void ended(long now) {
    heard = false;
    heardNanos = now - Liveness.SUSPECT_AFTER.toNanos() - 1;
  }

  /// The state that the log says the node is in. Another manager than this one may have the node's
  /// session, and say by the log that it is ready before it tells that it was heard: then what was
  /// seen here is of the time before, and no reason to take it for lost once more.
  synchronized void state(Node.State now, long nanos) {
    boolean known = state != null;
    if (known && now == Node.State.READY && state != Node.State.READY) {
      heard(nanos);
    }
    if (state != now) {
      stateNanos = nanos;
    }
    state = now;
  }

  /// @return whether the host is to be asked; not while it is
  synchronized boolean beginProbe() {
    boolean free = !probing;
    probing = true;
    return free;
  }

  /// What the host said; nothing, where its agent was heard since it was asked.
  synchronized void probed(Liveness.Probe result, long asked, long now) {
    if (signNanos - asked < 0) {
      probedNanos = now;
      probe = result;
      silentProbes = result == Liveness.Probe.SILENT ? silentProbes + 1 : 0;
    }
    probing = false;
  }

  /// @param hint what gossip says to a session that has been silent for so many milliseconds
  synchronized Liveness.Evidence evidence(long now, LongFunction<Liveness.Hint> hint) {
    Duration silence = Duration.ofNanos(now - heardNanos);
    return new Liveness.Evidence(
        heard,
        silence,
        Duration.ofNanos(now - steadySinceNanos),
        Duration.ofNanos(now - stateNanos),
        probe,
        silentProbes,
        hint.apply(heard ? silence.toMillis() : Hints.NOT_HEARD));
  }
}
