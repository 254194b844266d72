package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.ProposeResult;
import swarm.raft.seal.Seal;

/// Brings commands into the log and tells truly what became of them.
///
/// The rule: [ProposeResult.NotLeader] only where the command surely has no effect, that is where
/// it never got into this member's log, or where it was fenced. Ratis' own `NotLeaderException`
/// says less: it also answers entries that are in the log and that the next leader may commit.
final class Proposals {
  private static final long RETRY_MS = 3;

  private final Node node;
  private final Seal seal;
  private final Limits limits;
  private final DiskSpace space;
  private final Duration timeout;
  private final ScheduledExecutorService timer;
  private final Expiry expiry;
  private final Semaphore permits;
  private final AtomicLong pendingBytes = new AtomicLong();

  Proposals(
      Node node,
      Seal seal,
      Limits limits,
      DiskSpace space,
      Duration timeout,
      ScheduledExecutorService timer) {
    this.node = node;
    this.seal = seal;
    this.limits = limits;
    this.space = space;
    this.timeout = timeout;
    this.timer = timer;
    this.expiry = new Expiry(timeout, timer);
    this.permits = new Semaphore(limits.maxPending());
  }

  /// @param fence the term that it must take effect in, or [Envelope#NO_FENCE]
  CompletableFuture<ProposeResult> propose(byte[] command, long fence) {
    if (command.length > limits.maxCommandBytes()) {
      throw new IllegalArgumentException(
          "The command has "
              + command.length
              + " bytes, but at most "
              + limits.maxCommandBytes()
              + " fit into one log entry. Split it.");
    }
    Leadership now = node.leadership();
    if (!node.leads() || (fence != Envelope.NO_FENCE && now.term() != fence)) {
      return done(new ProposeResult.NotLeader(now.leader()));
    }
    if (space.isFull()) {
      return done(new ProposeResult.NotLeader(leader())); // it is about to hand over
    }
    if (!permits.tryAcquire()) {
      return done(
          new ProposeResult.Busy(
              limits.maxPending()
                  + " proposals are under way already, the most allowed. Try again later."));
    }
    byte[] sealed = seal.seal(new Envelope(fence, command).encode());
    pendingBytes.addAndGet(sealed.length);
    CompletableFuture<ProposeResult> result = new CompletableFuture<>();
    // The permit is held until Ratis lets go of the proposal, not only until the caller is
    // answered.
    var _ =
        result.whenComplete(
            (_, _) -> {
              pendingBytes.addAndGet(-sealed.length);
              permits.release();
            });
    attempt(sealed, result, System.nanoTime() + timeout.toNanos());
    return expiry.watch(result.copy(), late -> late.complete(tooLate()));
  }

  private ProposeResult tooLate() {
    return new ProposeResult.Unknown(
        "No majority of the members confirmed it within "
            + timeout.toMillis()
            + " ms; it may yet take effect.");
  }

  /// Answers whoever still waits.
  void close() {
    expiry.close();
  }

  private static CompletableFuture<ProposeResult> done(ProposeResult result) {
    return CompletableFuture.completedFuture(result);
  }

  private void attempt(byte[] sealed, CompletableFuture<ProposeResult> result, long deadline) {
    Proposal proposal = new Proposal(sealed);
    boolean surelyFits = pendingBytes.get() <= LogProperties.QUEUE_BYTES / 2;
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = surelyFits ? node.submitHere(proposal) : node.submit(proposal);
    } catch (IOException | RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    var _ =
        reply.whenComplete(
            (answer, failure) -> {
              if (shallRetry(proposal, answer) && System.nanoTime() < deadline) {
                retry(() -> attempt(sealed, result, deadline), result);
              } else {
                result.complete(result(proposal, answer, failure));
              }
            });
  }

  /// A leader whose first entry is not applied yet takes proposals in a moment.
  private static boolean shallRetry(Proposal proposal, @Nullable RaftClientReply answer) {
    return !proposal.appended()
        && answer != null
        && answer.getException() instanceof LeaderNotReadyException;
  }

  private void retry(Runnable again, CompletableFuture<ProposeResult> result) {
    try {
      var _ =
          timer.schedule(() -> Thread.startVirtualThread(again), RETRY_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      result.complete(new ProposeResult.NotLeader(Optional.empty()));
    }
  }

  private ProposeResult result(
      Proposal proposal, @Nullable RaftClientReply answer, @Nullable Throwable failure) {
    if (answer != null && answer.isSuccess()) {
      byte[] bytes = answer.getMessage().getContent().toByteArray();
      return switch (Reply.decode(bytes)) {
        case Reply.Applied(byte[] reply) ->
            new ProposeResult.Committed(answer.getLogIndex(), reply);
        case Reply.Fenced() -> new ProposeResult.NotLeader(leader());
      };
    }
    if (!proposal.appended()) {
      return new ProposeResult.NotLeader(leader());
    }
    @Nullable Throwable why = answer != null ? answer.getException() : failure;
    Throwable cause =
        why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    return new ProposeResult.Unknown(
        "This member stopped leading before a majority confirmed it; it may yet take effect ("
            + (cause == null ? "no reason given" : cause.getClass().getSimpleName())
            + ").");
  }

  private Optional<Member> leader() {
    return node.otherLeader();
  }
}
