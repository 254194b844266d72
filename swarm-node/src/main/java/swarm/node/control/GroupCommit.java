package swarm.node.control;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.ProposeResult;
import swarm.scheduler.state.CommandGroup;

/// Lets commands that come while others are on their way into the log share the next entry: one
/// write to each disk, one round to the followers and one new state for all of them. A command that
/// comes alone goes at once, as it is. Never waits for company. Thread-safe.
final class GroupCommit {
  /// Entries on their way at once: while one is being written, the next is being collected and
  /// sent. More of them would be smaller, and cost more.
  private static final int MAX_UNDER_WAY = 2;

  private static final int MAX_COMMANDS = 256;

  /// Half of what the log takes; a command that is larger goes alone.
  private static final int MAX_BYTES = 1024 * 1024;

  /// More would wait for nothing: whoever proposes gives up after ten seconds.
  private static final int MAX_WAITING = 4096;

  private static final long MAX_WAITING_BYTES = 32L * 1024 * 1024;

  private record Waiting(byte[] command, long term, CompletableFuture<ProposeResult> result) {}

  /// Takes a log entry, as [swarm.raft.log.ReplicatedLog#proposeInTerm] does.
  @FunctionalInterface
  interface Entries {
    CompletableFuture<ProposeResult> propose(byte[] entry, long term);
  }

  private final Entries log;
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private int underWay;

  GroupCommit(Entries log) {
    this.log = log;
  }

  /// Proposes a command; what becomes of it is told as the log tells it, within two of its limits.
  /// Commands of one caller that do not overlap take effect in their order.
  ///
  /// @param term the only one that it may take effect in
  CompletableFuture<ProposeResult> propose(byte[] command, long term) {
    var one = new Waiting(command, term, new CompletableFuture<>());
    lock.lock();
    try {
      if (waiting.size() >= MAX_WAITING || waitingBytes + command.length > MAX_WAITING_BYTES) {
        return CompletableFuture.completedFuture(new ProposeResult.Busy(full()));
      }
      waiting.add(one);
      waitingBytes += command.length;
    } finally {
      lock.unlock();
    }
    send();
    return one.result();
  }

  /// Commands that wait.
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private String full() {
    return waiting.size()
        + " proposals of "
        + waitingBytes
        + " bytes wait already, and at most "
        + MAX_WAITING
        + " of "
        + MAX_WAITING_BYTES
        + " may. Try again later.";
  }

  private void send() {
    for (List<Waiting> group = next(); !group.isEmpty(); group = next()) {
      List<Waiting> sent = group;
      var _ =
          submit(sent)
              .whenComplete(
                  (result, failure) -> {
                    over();
                    if (result == null || result instanceof ProposeResult.Unknown) {
                      release();
                    }
                    send(); // first, so that the disk is not idle while callers wake up
                    tell(sent, result, failure);
                  });
    }
  }

  /// Takes what shall go next; empty where nothing shall now.
  private List<Waiting> next() {
    lock.lock();
    try {
      var group = new ArrayList<Waiting>();
      if (underWay >= MAX_UNDER_WAY) {
        return group;
      }
      long bytes = 0;
      while (!waiting.isEmpty() && group.size() < MAX_COMMANDS) {
        bytes += waiting.element().command().length;
        if (!group.isEmpty()
            && (bytes > MAX_BYTES || waiting.element().term() != group.getFirst().term())) {
          break;
        }
        group.add(waiting.remove());
        waitingBytes -= group.getLast().command().length;
      }
      underWay += group.isEmpty() ? 0 : 1;
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void over() {
    lock.lock();
    try {
      underWay--;
    } finally {
      lock.unlock();
    }
  }

  /// The log does not answer, so nobody shall wait for one such entry after the other: what was not
  /// sent surely had no effect, and may be proposed again.
  private void release() {
    List<Waiting> unsent;
    lock.lock();
    try {
      unsent = List.copyOf(waiting);
      waiting.clear();
      waitingBytes = 0;
    } finally {
      lock.unlock();
    }
    unsent.forEach(each -> each.result().complete(new ProposeResult.NotLeader(Optional.empty())));
  }

  private CompletableFuture<ProposeResult> submit(List<Waiting> group) {
    try {
      return log.propose(
          group.size() == 1
              ? group.getFirst().command()
              : CommandGroup.join(group.stream().map(Waiting::command).toList()),
          group.getFirst().term());
    } catch (RuntimeException e) { // too large for the log
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void tell(
      List<Waiting> group, @Nullable ProposeResult result, @Nullable Throwable failure) {
    if (result == null) {
      group.forEach(each -> each.result().completeExceptionally(orUnknown(failure)));
    } else if (group.size() > 1 && result instanceof ProposeResult.Committed committed) {
      tellEach(group, committed);
    } else {
      group.forEach(each -> each.result().complete(result));
    }
  }

  private static Throwable orUnknown(@Nullable Throwable failure) {
    return failure != null ? failure : new IllegalStateException("the log answered nothing");
  }

  private static void tellEach(List<Waiting> group, ProposeResult.Committed committed) {
    try {
      List<byte[]> replies = CommandGroup.splitResults(committed.reply());
      if (replies.size() != group.size()) {
        throw new IOException(replies.size() + " replies to " + group.size() + " commands");
      }
      for (int i = 0; i < replies.size(); i++) {
        group
            .get(i)
            .result()
            .complete(new ProposeResult.Committed(committed.index(), replies.get(i)));
      }
    } catch (IOException e) {
      var broken = new IllegalStateException("an own reply that cannot be read", e);
      group.forEach(each -> each.result().completeExceptionally(broken));
    }
  }
}
