package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import swarm.node.metrics.Histogram;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandFormat;
import swarm.scheduler.state.StateCodec;

/// Gets a command into the log from any manager: at the leader directly, from a follower through
/// the leader. Blocks the caller, who is on a virtual thread. Thread-safe.
public final class Proposer {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 200;
  private static final long LOOK_MILLIS = 10;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// Longer than a leader waits for a majority, or lives without one.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final ReplicatedLog log;
  private final GroupCommit group;
  private final Store store;
  private final ClusterClient client;
  private final Function<Member, String> whereabouts;
  private final AnnouncedFormats formats;
  private final Histogram commits = new Histogram();

  /// Completed, and another one put in its place, when leadership changes.
  private final AtomicReference<CompletableFuture<Void>> sameLeader =
      new AtomicReference<>(new CompletableFuture<>());

  /// @param nodeId this manager's node
  /// @param whereabouts where a member of the log is now
  public Proposer(
      ReplicatedLog log,
      Store store,
      ClusterClient client,
      String nodeId,
      Function<Member, String> whereabouts) {
    this.whereabouts = whereabouts;
    this.formats = new AnnouncedFormats(nodeId);
    this.log = log;
    this.group = new GroupCommit(this::timed);
    this.store = store;
    this.client = client;
  }

  private CompletableFuture<ProposeResult> timed(byte[] entry, long term) {
    long begun = System.nanoTime();
    return log.proposeInTerm(entry, term)
        .whenComplete(
            (result, _) -> {
              if (result instanceof ProposeResult.Committed) {
                commits.observe(System.nanoTime() - begun);
              }
            });
  }

  /// Who leads, or in which term, has changed: whoever waits for the old leader looks again.
  public void leadershipChanged() {
    sameLeader.getAndSet(new CompletableFuture<>()).complete(null);
  }

  /// Another manager says which commands it reads.
  void heard(String otherNodeId, int commandFormat) {
    formats.heard(otherNodeId, commandFormat);
  }

  /// Whether every manager can follow commands of a format.
  public boolean allows(int format) {
    return formats.allows(format, store.state()) instanceof AnnouncedFormats.Answer.Yes;
  }

  /// How long entries took from being proposed here to being applied here.
  public Histogram commits() {
    return commits;
  }

  /// Commands that wait for the log.
  public int waiting() {
    return group.waiting();
  }

  /// Proposes; asks again, with growing pauses, while the command surely had no effect and within
  /// 10 s. Where a leader is lost with the command in its hands, this manager's own log tells what
  /// became of it.
  public Outcome propose(Command command) throws InterruptedException {
    byte[] bytes = StateCodec.encode(command);
    if (bytes.length > log.maxCommandBytes()) {
      return new Outcome.TooLarge(bytes.length, log.maxCommandBytes());
    }
    try (OwnCommands.Ticket ticket = store.own().expect(bytes)) {
      return propose(bytes, ticket);
    }
  }

  /// The same for a call of another node, which is refused with a sentence where the command has no
  /// effect.
  public void demand(Command command) throws StatusException {
    try {
      Outcome outcome = propose(command);
      Optional<String> failure = outcome.failure();
      if (failure.isPresent()) {
        Status status =
            switch (outcome) {
              case Outcome.Applied _, Outcome.TooLarge _, Outcome.OlderManagers _ ->
                  Status.FAILED_PRECONDITION;
              case Outcome.NoLeader _, Outcome.Unknown _ -> Status.UNAVAILABLE;
            };
        throw status.withDescription(failure.get()).asException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  private Outcome propose(byte[] bytes, OwnCommands.Ticket ticket) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    String why = "the swarm has no leader";
    do {
      CompletableFuture<Void> changed = sameLeader.get(); // before looking
      Leadership now = log.leadership();
      Attempt attempt = attempt(now, bytes, ticket);
      if (attempt instanceof Attempt.Lost lost) {
        attempt = settle(ticket, now.term(), lost, end);
      }
      switch (attempt) {
        case Attempt.Done done -> {
          return finish(done);
        }
        case Attempt.Lost lost -> {
          return new Outcome.Unknown(lost.why());
        }
        case Attempt.OlderManagers older -> {
          return new Outcome.OlderManagers(older.why());
        }
        case Attempt.Refused refused -> {
          why = refused.why();
          if (log.impaired().isPresent() && log.members().size() == 1) {
            return new Outcome.NoLeader(why); // nobody else will lead
          }
        }
      }
      pause(pause, changed);
      pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
    } while (System.nanoTime() < end && !store.ended());
    return new Outcome.NoLeader(why);
  }

  private sealed interface Attempt {
    record Done(long index, byte[] result) implements Attempt {
      static Done of(OwnCommands.Applied applied) {
        return new Done(applied.index(), applied.result());
      }
    }

    record Refused(String why) implements Attempt {}

    record OlderManagers(String why) implements Attempt {}

    record Lost(String why) implements Attempt {}
  }

  /// Whatever comes of it, it takes effect in the term of `now` or never.
  private Attempt attempt(Leadership now, byte[] bytes, OwnCommands.Ticket ticket)
      throws InterruptedException {
    if (now.ready()) {
      Optional<String> impaired = log.impaired();
      return impaired.isPresent() ? new Attempt.Refused(impaired.get()) : here(bytes, now.term());
    }
    return now.leader().isPresent()
        ? there(now, bytes, ticket)
        : new Attempt.Refused("the swarm has no leader");
  }

  /// What became of a command that the leader of `term` may have in its log, and others, too. Once
  /// a leader of a later term has confirmed what is committed (its own first entry is, then), and
  /// all of that is applied here, what is not there will never be: no later leader can have an
  /// entry of the earlier term that this one has not (Raft's leader completeness).
  ///
  /// @return done, or refused where it surely has no effect; lost where neither can be known by
  ///   `end`, or soon where the leader stays
  private Attempt settle(OwnCommands.Ticket ticket, long term, Attempt.Lost lost, long end)
      throws InterruptedException {
    long patience = Math.min(end, System.nanoTime() + PATIENCE_NANOS);
    boolean another = false;
    while (System.nanoTime() < (another ? end : patience) && !store.ended()) {
      CompletableFuture<Void> changed = sameLeader.get(); // before looking
      Leadership now = log.leadership();
      another = now.term() > term && now.leader().isPresent();
      boolean confirmed = another && confirmed();
      if (ticket.applied().isDone()) {
        return Attempt.Done.of(ticket.applied().join());
      }
      if (ticket.missed()) {
        return lost;
      }
      if (confirmed) {
        return new Attempt.Refused("the leader has just changed");
      }
      // where a leader is known it is asked again, else one is waited for
      await(another ? System.nanoTime() + RETRY_NANOS : patience, ticket.applied(), changed);
    }
    return lost;
  }

  /// Asks a majority; takes up to the log's request timeout.
  private boolean confirmed() throws InterruptedException {
    try {
      return log.readBarrier().get() instanceof BarrierResult.Fresh;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the log's barrier failed", e.getCause());
    }
  }

  /// A while, or until `over`: another leader may take a command at once; the same one, or none, is
  /// given time. Looked at, not waited for: what waits for a future that stays open would gather
  /// there.
  private static void pause(long millis, CompletableFuture<?> over) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!over.isDone() && System.nanoTime() < end) {
      Thread.sleep(Math.min(millis, LOOK_MILLIS));
    }
  }

  /// Until one of them is done, or `end`.
  private static void await(long end, CompletableFuture<?>... any) throws InterruptedException {
    try {
      var _ =
          CompletableFuture.anyOf(any)
              .get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // whoever waits looks for himself what there is
    }
  }

  private Outcome finish(Attempt.Done done) throws InterruptedException {
    try {
      // a manager that was demoted meanwhile gets no more of the log, and the command is in it
      if (!store.awaitIndex(done.index(), LIMIT) && !store.ended()) {
        return new Outcome.Unknown(
            "the command is kept, but this manager has not caught up with index " + done.index());
      }
      return new Outcome.Applied(done.index(), StateCodec.decodeResult(done.result()));
    } catch (IOException e) {
      throw new IllegalStateException("the log's reply cannot be read", e);
    }
  }

  private Attempt here(byte[] bytes, long term) throws InterruptedException {
    switch (formats.allows(StateCodec.format(bytes), store.state())) {
      case AnnouncedFormats.Answer.No no -> {
        return new Attempt.OlderManagers(no.why());
      }
      case AnnouncedFormats.Answer.NotYet later -> {
        return new Attempt.Refused(later.why());
      }
      case AnnouncedFormats.Answer.Yes _ -> {}
    }
    try {
      // the log's own limit ends this wait: one more would cost a timer's thread two wake-ups
      return outcome(group.propose(bytes, term).get());
    } catch (ExecutionException e) {
      return new Attempt.Lost("the log failed: " + e.getCause());
    }
  }

  private static Attempt outcome(ProposeResult result) {
    return switch (result) {
      case ProposeResult.Committed c -> new Attempt.Done(c.index(), c.reply());
      case ProposeResult.NotLeader _ -> new Attempt.Refused("the leader has just changed");
      case ProposeResult.Busy busy -> new Attempt.Refused(busy.why());
      case ProposeResult.Unknown u -> new Attempt.Lost(u.why());
    };
  }

  private Attempt there(Leadership now, byte[] bytes, OwnCommands.Ticket ticket)
      throws InterruptedException {
    String leader = whereabouts.apply(now.leader().orElseThrow());
    long end = System.nanoTime() + LIMIT.toNanos(); // the call ends before
    boolean newer = StateCodec.format(bytes) > CommandFormat.FIRST;
    CompletableFuture<Messages.ProposeReply> asked =
        client.propose(leader, new Messages.ProposeRequest(bytes, now.term()), newer);
    try {
      while (!asked.isDone()) {
        if (ticket.applied().isDone()) {
          return Attempt.Done.of(ticket.applied().join());
        }
        CompletableFuture<Void> changed = sameLeader.get(); // before looking
        Leadership since = log.leadership();
        if (since.term() > now.term() && since.leader().isPresent()) {
          return new Attempt.Lost("the leader changed before it answered");
        }
        await(end, asked, ticket.applied(), changed);
      }
      return outcome(asked.get());
    } catch (ExecutionException e) {
      return newer && isUnimplemented(e.getCause())
          ? new Attempt.OlderManagers(
              "the leading manager, at "
                  + leader
                  + ", is of an earlier version and could not follow this: upgrade it first")
          : failed(e.getCause());
    } finally {
      asked.cancel(false);
    }
  }

  private static Attempt outcome(Messages.ProposeReply reply) {
    if (reply.olderManagers()) {
      return new Attempt.OlderManagers(reply.error());
    }
    if (reply.notLeader()) {
      return new Attempt.Refused(reply.error());
    }
    return reply.index() > 0
        ? new Attempt.Done(reply.index(), reply.result())
        : new Attempt.Lost(reply.error());
  }

  private static boolean isUnimplemented(@Nullable Throwable why) {
    return why instanceof StatusException e && e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
  }

  private static Attempt failed(@Nullable Throwable why) {
    if (!(why instanceof StatusException e)) {
      return new Attempt.Lost("the leader did not answer: " + why);
    }
    if (CallFailures.neverSent(e)) {
      return new Attempt.Refused(CallFailures.reason(e));
    }
    return switch (e.getStatus().getCode()) {
      case PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED ->
          new Attempt.Refused("the leader refused: " + CallFailures.reason(e));
      default -> new Attempt.Lost("the leader did not answer: " + CallFailures.reason(e));
    };
  }

  /// Answers a follower's [#there]: this manager is asked as the leader.
  public Messages.ProposeReply serve(Messages.ProposeRequest request) throws InterruptedException {
    Leadership now = log.leadership();
    boolean anyTerm = request.term() < 0;
    if (!now.ready() || !(anyTerm || request.term() == now.term())) {
      return new Messages.ProposeReply(0, new byte[0], true, "the leader has just changed");
    }
    Optional<String> impaired = log.impaired();
    if (impaired.isPresent()) {
      return new Messages.ProposeReply(0, new byte[0], true, impaired.get());
    }
    return switch (here(request.command(), now.term())) {
      case Attempt.Done d -> new Messages.ProposeReply(d.index(), d.result(), false, "");
      case Attempt.Refused r -> new Messages.ProposeReply(0, new byte[0], true, r.why());
      case Attempt.OlderManagers o ->
          new Messages.ProposeReply(0, new byte[0], false, o.why(), true);
      case Attempt.Lost l -> new Messages.ProposeReply(0, new byte[0], false, l.why());
    };
  }
}
