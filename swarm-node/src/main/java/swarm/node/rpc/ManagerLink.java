package swarm.node.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A connection to one manager: Raft's stream over it, and when it was last told to try again
/// without waiting. Thread-safe; nothing blocks while its lock is held.
final class ManagerLink {
  /// Raft sends again by itself; an answer that late is of no use to it.
  static final Duration RAFT_LIMIT = Duration.ofSeconds(3);

  private static final long RECONNECT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final AtomicLong NUMBERS = new AtomicLong();

  final ManagedChannel channel;
  final long number = NUMBERS.incrementAndGet();
  private long lastReset = System.nanoTime();
  private @Nullable RaftStream raft;
  private boolean visiting; // Raft's stream is over another connection

  ManagerLink(ManagedChannel channel) {
    this.channel = channel;
  }

  synchronized RaftStream raft(String address) {
    RaftStream open = raft;
    if (open == null || open.over()) {
      open = RaftStream.open(channel, address, this::connectSoon);
      raft = open;
      visiting = false;
    }
    return open;
  }

  /// Gives Raft's stream away: it goes on over this connection until the other one has shown that
  /// it is good, or this one breaks. To wait for a handshake would cost a leader its heartbeats.
  synchronized @Nullable RaftStream release() {
    RaftStream open = raft;
    raft = null;
    return open;
  }

  synchronized void adopt(@Nullable RaftStream open) {
    raft = open;
    visiting = open != null;
  }

  /// Takes Raft's stream off the connection that this one replaced: the next message opens one
  /// here.
  ///
  /// @return the old one, which is to end once it is answered; empty where it stays
  synchronized Optional<RaftStream> settle() {
    RaftStream open = raft;
    if (!visiting || open == null || channel.getState(false) != ConnectivityState.READY) {
      return Optional.empty();
    }
    raft = null;
    visiting = false;
    return Optional.of(open);
  }

  /// Nothing new begins here any more, and what was asked is answered: its stream ends, and the
  /// connection with whatever is still being followed over it.
  synchronized void retire() {
    RaftStream open = raft;
    if (open != null) {
      open.hangUp();
    }
    channel.shutdown();
  }

  /// gRPC waits for a second and more before it connects again; a cluster that just lost a host
  /// cannot.
  synchronized void connectSoon() {
    long now = System.nanoTime();
    if (now - lastReset > RECONNECT_EVERY_NANOS) {
      lastReset = now;
      channel.resetConnectBackoff();
    }
  }
}
