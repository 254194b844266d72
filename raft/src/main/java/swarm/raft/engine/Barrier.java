package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;

/// Linearizable reads through the leader's read index (Raft dissertation, section 6.4).
///
/// Not Ratis' own: Ratis 3.3.0 remembers the highest commit index that a majority once acknowledged
/// (`ReadIndexHeartbeats.ackedCommitIndex`) and then answers reads up to it without asking anybody,
/// so a leader that was cut off serves old state until it notices. And a restarted single member
/// answers before it knows its own commit index.
final class Barrier {
  private static final long FIRST_PAUSE_MS = 2;
  private static final long LONGEST_PAUSE_MS = 50;

  private final Node node;
  private final Questions questions;
  private final AppliedIndex applied;
  private final Duration timeout;
  private final ScheduledExecutorService timer;
  private final Expiry expiry;
  private final ReadIndex leaderReadIndex = new ReadIndex(this::round);

  /// Completed, and another one put in its place, when leadership changes.
  private final AtomicReference<CompletableFuture<Void>> sameLeader =
      new AtomicReference<>(new CompletableFuture<>());

  Barrier(
      Node node,
      Questions questions,
      AppliedIndex applied,
      Duration timeout,
      ScheduledExecutorService timer) {
    this.node = node;
    this.questions = questions;
    this.applied = applied;
    this.timeout = timeout;
    this.timer = timer;
    this.expiry = new Expiry(timeout, timer);
  }

  CompletableFuture<BarrierResult> read() {
    CompletableFuture<BarrierResult> result = new CompletableFuture<>();
    attempt(result, System.nanoTime() + timeout.toNanos(), FIRST_PAUSE_MS);
    return expiry.watch(
        result,
        late ->
            late.complete(
                new BarrierResult.NoQuorum(
                    "No leader with a majority of the managers answered within "
                        + timeout.toMillis()
                        + " ms.")));
  }

  /// Answers whoever still waits.
  void close() {
    expiry.close();
  }

  private void attempt(CompletableFuture<BarrierResult> result, long deadline, long pauseMs) {
    var _ =
        index()
            .thenCompose(applied::reach)
            .whenComplete(
                (index, failure) -> {
                  if (failure == null) {
                    result.complete(new BarrierResult.Fresh(index));
                  } else if (!result.isDone() && System.nanoTime() < deadline && node.alive()) {
                    retry(result, deadline, pauseMs);
                  } else {
                    result.complete(new BarrierResult.NoQuorum(reason(failure)));
                  }
                });
  }

  private void retry(CompletableFuture<BarrierResult> result, long deadline, long pauseMs) {
    long nextPauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    try {
      var _ =
          timer.schedule(
              () -> attempt(result, deadline, nextPauseMs), pauseMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      result.complete(new BarrierResult.NoQuorum("This member is being closed."));
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return "No majority of the managers confirmed a leader: " + cause.getMessage();
  }

  private CompletableFuture<Long> index() {
    if (!node.alive()) {
      return CompletableFuture.failedFuture(new IOException("This member has stopped."));
    }
    return node.leads() ? leaderReadIndex.get() : askLeader();
  }

  /// The leader is another one, or unknown: who asks the old one, which may be cut off, need not
  /// wait for the end of the RPC timeout.
  void leadershipChanged() {
    sameLeader.getAndSet(new CompletableFuture<>()).complete(null);
  }

  private CompletableFuture<Long> askLeader() {
    CompletableFuture<Void> changed = sameLeader.get();
    Optional<Member> leader = node.otherLeader();
    if (leader.isEmpty()) {
      return CompletableFuture.failedFuture(new IOException("No leader is known."));
    }
    CompletableFuture<Long> answer = questions.readIndex(leader.get().id());
    return CompletableFuture.anyOf(answer, changed)
        .thenCompose(
            _ ->
                answer.isDone()
                    ? answer
                    : CompletableFuture.failedFuture(
                        new IOException("The leader changed before it answered.")));
  }

  /// The read index where this member leads; fails where it does not.
  CompletableFuture<Long> leaderReadIndex() {
    return leaderReadIndex.get();
  }

  /// The commit index first, then proof of leadership.
  private CompletableFuture<Long> round() {
    Leadership now = node.leadership();
    // Before the first entry of its term is applied, a leader does not know what was committed.
    if (!now.ready()) {
      return CompletableFuture.failedFuture(node.notLeading());
    }
    long term = now.term();
    long index = node.division().getRaftLog().getLastCommittedIndex();
    return LeaderCheck.run(node.quorum(), node.self().toString(), term, questions::term)
        .thenCompose(
            _ ->
                node.leadsReady(term)
                    ? CompletableFuture.completedFuture(index)
                    : CompletableFuture.failedFuture(node.notLeading()));
  }
}
