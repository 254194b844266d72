package swarm.node.control;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// What was proposed on this manager and not told yet, so that its own log can tell what became of
/// it where the leader that was asked cannot any more. Thread-safe.
///
/// Commands are known again by their bytes. They name the object and the moment, so that two of
/// equal bytes are one command proposed twice at the same time, and it does not matter which of
/// them is told first.
final class OwnCommands {
  /// A command's place in the log and what it brought about.
  ///
  /// @param result as [swarm.scheduler.state.StateCodec] encodes it
  record Applied(long index, byte[] result) {}

  /// A command that somebody waits for, until it is closed.
  final class Ticket implements AutoCloseable {
    private final ByteBuffer command;
    private final CompletableFuture<Applied> applied = new CompletableFuture<>();
    private volatile boolean missed;

    private Ticket(byte[] command) {
      this.command = ByteBuffer.wrap(command);
    }

    /// Completes when the log has applied the command here. Continuations must not block.
    CompletableFuture<Applied> applied() {
      return applied;
    }

    /// Whether entries were skipped since this was opened, by taking over a snapshot: the command
    /// may have been among them.
    boolean missed() {
      return missed;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        open.computeIfPresent(
            command,
            (_, all) -> {
              all.remove(this);
              return all.isEmpty() ? null : all;
            });
        some = !open.isEmpty();
      } finally {
        lock.unlock();
      }
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ByteBuffer, Deque<Ticket>> open = new HashMap<>(); // guarded by lock
  private volatile boolean some;

  /// Before the command is proposed.
  Ticket expect(byte[] command) {
    var ticket = new Ticket(command);
    lock.lock();
    try {
      open.computeIfAbsent(ticket.command, _ -> new ArrayDeque<>()).add(ticket);
      some = true;
    } finally {
      lock.unlock();
    }
    return ticket;
  }

  /// The log applied a command, whoever proposed it.
  void applied(byte[] command, Applied what) {
    if (!some) {
      return;
    }
    Ticket first;
    lock.lock();
    try {
      Deque<Ticket> all = open.get(ByteBuffer.wrap(command));
      first = all == null ? null : all.poll();
    } finally {
      lock.unlock();
    }
    if (first != null) {
      first.applied.complete(what);
    }
  }

  /// A snapshot took the place of entries.
  void skipped() {
    lock.lock();
    try {
      open.values().forEach(all -> all.forEach(ticket -> ticket.missed = true));
    } finally {
      lock.unlock();
    }
  }
}
