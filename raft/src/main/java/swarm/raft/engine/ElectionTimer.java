package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;

/// Stands for election when the leader has been silent until this member's turn.
///
/// Ratis' followers sleep for a random timeout and then look how long the leader has been silent,
/// so a lost one is noticed up to two timeouts later, and two followers may notice at once and
/// split the vote, which costs another timeout. Here the silence itself is timed, and the followers
/// take turns, an order that they agree on. Ratis' own timers go on beside it, for all that is not
/// plain: no leader known, a split vote, nobody whose turn it is alive.
///
/// The others are asked first whether they, too, hear no leader (pre-vote, Raft dissertation,
/// section 9.6), in Ratis' own words, so that its rules for the answer hold. Thread-safe.
final class ElectionTimer {
  private static final Logger LOGGER = LoggerFactory.getLogger(ElectionTimer.class);

  private final Node node;
  private final TransportRpc rpc;
  private final DiskSpace space;
  private final Timing timing;
  private final ScheduledExecutorService timer;
  private volatile long heardNanos = System.nanoTime();

  ElectionTimer(
      Node node, TransportRpc rpc, DiskSpace space, Timing timing, ScheduledExecutorService timer) {
    this.node = node;
    this.rpc = rpc;
    this.space = space;
    this.timing = timing;
    this.timer = timer;
  }

  /// How long a follower lets the leader be silent: the first three quarters of the way from the
  /// shortest to the longest timeout, each other one half of that way later than the one before.
  /// The order is by id and moves on with each term, so that no member that cannot win goes first
  /// for ever.
  static Duration turn(Collection<String> followers, String self, long term, Timing timing) {
    List<String> inOrder = followers.stream().sorted().toList();
    int position = inOrder.indexOf(self);
    if (position < 0) {
      throw new IllegalArgumentException(self + " is none of the followers " + inOrder);
    }
    long rank = Math.floorMod(position + term, (long) inOrder.size());
    Duration step = step(timing);
    return timing.electionMin().plus(step.dividedBy(2)).plus(step.multipliedBy(1 + rank));
  }

  /// Longer than asking for votes takes.
  private static Duration step(Timing timing) {
    return timing.electionMax().minus(timing.electionMin()).dividedBy(2);
  }

  void start() {
    later(timing.electionMin());
  }

  /// A leader of `term` said something, or this member gave its vote in it.
  void heard(long term) {
    if (term >= node.term()) {
      heardNanos = System.nanoTime();
    }
  }

  private void later(Duration wait) {
    long due = System.nanoTime() + wait.toNanos();
    try {
      var _ = timer.schedule(() -> look(due), wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      LOGGER.debug("{} is being closed.", node.self());
    }
  }

  private void look(long due) {
    long now = System.nanoTime();
    Duration late = Duration.ofNanos(now - due);
    if (late.compareTo(timing.electionMin().dividedBy(2)) > 0) {
      // this member has not been running itself: the leader's words may lie here, unread
      later(timing.electionMin().dividedBy(4));
      return;
    }
    Leadership seen = node.leadership();
    Optional<Duration> turn = turn(seen);
    if (turn.isEmpty()) {
      later(timing.electionMin());
      return;
    }
    Duration silence = Duration.ofNanos(now - heardNanos);
    if (silence.compareTo(turn.get()) < 0) {
      later(turn.get().minus(silence));
      return;
    }
    ask(seen.leader().orElseThrow(), seen.term(), turn.get());
    later(step(timing));
  }

  /// None where this is no follower of a leader that it knows, or should not lead.
  private Optional<Duration> turn(Leadership seen) {
    if (!node.alive() || !node.division().getInfo().isFollower() || space.why().isPresent()) {
      return Optional.empty();
    }
    return seen.leader()
        .map(leader -> others(leader.id()))
        .filter(followers -> followers.contains(node.self().toString()))
        .map(followers -> turn(followers, node.self().toString(), seen.term(), timing));
  }

  private Set<String> others(String than) {
    var others = new TreeSet<>(node.quorum().members());
    others.remove(than);
    return others;
  }

  private void ask(Member leader, long term, Duration turn) {
    @Nullable TermIndex last = node.division().getRaftLog().getLastEntryTermIndex();
    if (last == null || last.getTerm() != term) {
      return; // of this leader's term it has nothing yet: others know more
    }
    Quorum quorum = node.quorum();
    Set<String> agreeing = ConcurrentHashMap.newKeySet();
    agreeing.add(node.self().toString());
    var stood = new AtomicBoolean();
    Set<String> asked = others(leader.id());
    asked.addAll(quorum.previous());
    asked.remove(leader.id());
    asked.remove(node.self().toString());
    for (String other : asked) {
      byte[] request = preVote(other, term, last).toByteArray();
      var _ =
          rpc.send(RaftPeerId.valueOf(other), Kind.VOTE, request)
              .thenAccept(
                  reply -> {
                    if (granted(reply, term)
                        && agreeing.add(other)
                        && quorum.reachedBy(agreeing)
                        && stood.compareAndSet(false, true)) {
                      stand(leader, last, turn);
                    }
                  });
    }
  }

  /// Ratis grants a pre-vote whatever its own term; where that is a later one, this member has
  /// missed an election and would lose its own.
  private static boolean granted(byte[] bytes, long term) {
    try {
      RequestVoteReplyProto reply = RequestVoteReplyProto.parseFrom(bytes);
      return reply.getServerReply().getSuccess() && reply.getTerm() <= term;
    } catch (InvalidProtocolBufferException e) {
      LOGGER.debug("what came is no answer to a request for a vote", e);
      return false;
    }
  }

  private RequestVoteRequestProto preVote(String of, long term, TermIndex last) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(header(node.self().toString(), of))
        .setCandidateTerm(term)
        .setCandidateLastEntry(last.toProto())
        .setPreVote(true)
        .build();
  }

  private RaftRpcRequestProto header(String from, String to) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(RaftPeerId.valueOf(from).toByteString())
        .setReplyId(RaftPeerId.valueOf(to).toByteString())
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(node.group().toByteString()))
        .setCallId(CallId.getAndIncrement())
        .build();
  }

  /// As if the leader had handed over, which Ratis lets nobody do but the leader that it knows, in
  /// its term, and to nobody whose log is behind.
  private void stand(Member leader, TermIndex last, Duration turn) {
    Duration silence = Duration.ofNanos(System.nanoTime() - heardNanos);
    if (silence.compareTo(turn) < 0) {
      return;
    }
    LOGGER.info(
        "{}: leader {} has been silent for {} ms in term {}, this member stands for election.",
        node.self(),
        leader.id(),
        silence.toMillis(),
        last.getTerm());
    StartLeaderElectionRequestProto request =
        StartLeaderElectionRequestProto.newBuilder()
            .setServerRequest(header(leader.id(), node.self().toString()))
            .setLeaderLastEntry(last.toProto())
            .build();
    Thread.startVirtualThread(
        () -> { // waits for the disk
          try {
            var _ = node.server().startLeaderElection(request);
          } catch (IOException e) {
            LOGGER.warn("{} could not stand for election: {}", node.self(), e.getMessage());
          }
        });
  }
}
