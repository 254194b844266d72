package swarm.node.control;

import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import swarm.node.metrics.Histogram;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Member;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;

/// Gets a command into the log from any manager: at the leader directly, from a follower through
/// the leader. Blocks the caller, who is on a virtual thread. Thread-safe.
public final class Proposer {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 200;

  private final ReplicatedLog log;
  private final GroupCommit group;
  private final Store store;
  private final ClusterClient client;
  private final Histogram commits = new Histogram();

  public Proposer(ReplicatedLog log, Store store, ClusterClient client) {
    this.log = log;
    this.group = new GroupCommit(this::timed);
    this.store = store;
    this.client = client;
  }

  private CompletableFuture<ProposeResult> timed(byte[] entry) {
    long begun = System.nanoTime();
    return log.propose(entry)
        .whenComplete(
            (result, _) -> {
              if (result instanceof ProposeResult.Committed) {
                commits.observe(System.nanoTime() - begun);
              }
            });
  }

  /// How long entries took from being proposed here to being applied here.
  public Histogram commits() {
    return commits;
  }

  /// Commands that wait for the log.
  public int waiting() {
    return group.waiting();
  }

  /// Proposes; asks again, with growing pauses, only while the command surely had no effect and
  /// within 10 s.
  public Outcome propose(Command command) throws InterruptedException {
    byte[] bytes = StateCodec.encode(command);
    long end = System.nanoTime() + LIMIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    String why = "the swarm has no leader";
    while (System.nanoTime() < end) {
      switch (attempt(bytes)) {
        case Attempt.Done done -> {
          return finish(done);
        }
        case Attempt.Lost lost -> {
          return new Outcome.Unknown(lost.why());
        }
        case Attempt.Refused refused -> {
          why = refused.why();
          if (log.impaired().isPresent() && log.members().size() == 1) {
            return new Outcome.NoLeader(why); // nobody else will lead
          }
        }
      }
      Thread.sleep(pause);
      pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
    }
    return new Outcome.NoLeader(why);
  }

  private sealed interface Attempt {
    record Done(long index, byte[] result) implements Attempt {}

    record Refused(String why) implements Attempt {}

    record Lost(String why) implements Attempt {}
  }

  private Attempt attempt(byte[] bytes) throws InterruptedException {
    if (log.leadership().ready()) {
      Optional<String> impaired = log.impaired();
      return impaired.isPresent() ? new Attempt.Refused(impaired.get()) : here(bytes);
    }
    Optional<Member> leader = log.leadership().leader();
    return leader.isPresent()
        ? there(leader.get(), bytes)
        : new Attempt.Refused("the swarm has no leader");
  }

  private Outcome finish(Attempt.Done done) throws InterruptedException {
    try {
      if (!store.awaitIndex(done.index(), LIMIT)) {
        return new Outcome.Unknown(
            "the command is kept, but this manager has not caught up with index " + done.index());
      }
      return new Outcome.Applied(done.index(), StateCodec.decodeResult(done.result()));
    } catch (IOException e) {
      throw new IllegalStateException("the log's reply cannot be read", e);
    }
  }

  private Attempt here(byte[] bytes) throws InterruptedException {
    try {
      // the log's own limit ends this wait: one more would cost a timer's thread two wake-ups
      return outcome(group.propose(bytes).get());
    } catch (ExecutionException e) {
      return new Attempt.Lost("the log failed: " + e.getCause());
    }
  }

  private static Attempt outcome(ProposeResult result) {
    return switch (result) {
      case ProposeResult.Committed c -> new Attempt.Done(c.index(), c.reply());
      case ProposeResult.NotLeader _ -> new Attempt.Refused("the leader has just changed");
      case ProposeResult.Unknown u -> new Attempt.Lost(u.why());
    };
  }

  private Attempt there(Member leader, byte[] bytes) throws InterruptedException {
    try {
      Messages.ProposeReply reply =
          client.propose(leader.address(), new Messages.ProposeRequest(bytes, -1));
      if (reply.notLeader()) {
        return new Attempt.Refused(reply.error());
      }
      return reply.index() > 0
          ? new Attempt.Done(reply.index(), reply.result())
          : new Attempt.Lost(reply.error());
    } catch (StatusException e) {
      if (Thread.interrupted()) { // gRPC ends the call and keeps the thread's mark
        throw new InterruptedException("interrupted while the leader was asked");
      }
      return switch (e.getStatus().getCode()) {
        case PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED ->
            new Attempt.Refused("the leader refused: " + CallFailures.reason(e));
        default -> new Attempt.Lost("the leader did not answer: " + CallFailures.reason(e));
      };
    }
  }

  /// Answers a follower's [#there]: this manager is asked as the leader.
  public Messages.ProposeReply serve(Messages.ProposeRequest request) throws InterruptedException {
    if (!log.leadership().ready()) {
      return new Messages.ProposeReply(0, new byte[0], true, "the leader has just changed");
    }
    Optional<String> impaired = log.impaired();
    if (impaired.isPresent()) {
      return new Messages.ProposeReply(0, new byte[0], true, impaired.get());
    }
    return switch (here(request.command())) {
      case Attempt.Done d -> new Messages.ProposeReply(d.index(), d.result(), false, "");
      case Attempt.Refused r -> new Messages.ProposeReply(0, new byte[0], true, r.why());
      case Attempt.Lost l -> new Messages.ProposeReply(0, new byte[0], false, l.why());
    };
  }
}
