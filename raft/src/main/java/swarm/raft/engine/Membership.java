package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.rpc.CallId;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;

/// Changes who belongs to the log, one member at a time, and who leads it.
///
/// Changes go by compare-and-set on the configuration, so two at once do not undo each other; the
/// later one is tried again.
final class Membership {
  private static final long FIRST_PAUSE_MS = 5;
  private static final long LONGEST_PAUSE_MS = 100;

  private final Node node;
  private final TransportRpc rpc;
  private final Questions questions;
  private final Duration timeout;
  private final ScheduledExecutorService timer;

  Membership(
      Node node,
      TransportRpc rpc,
      Questions questions,
      Duration timeout,
      ScheduledExecutorService timer) {
    this.node = node;
    this.rpc = rpc;
    this.questions = questions;
    this.timeout = timeout;
    this.timer = timer;
  }

  CompletableFuture<MembershipResult> add(Member member) {
    return start(() -> tryAdd(member));
  }

  CompletableFuture<MembershipResult> remove(String id) {
    return start(() -> tryRemove(id));
  }

  CompletableFuture<MembershipResult> transfer(String id) {
    return start(() -> tryTransfer(id));
  }

  private CompletableFuture<RaftClientReply> tryAdd(Member member) {
    Collection<RaftPeer> current = node.configuration().getCurrentPeers();
    Optional<Member> known = find(current, member.id());
    if (known.isPresent()) {
      return known.get().equals(member)
          ? alreadyDone()
          : refused(
              "Member "
                  + member.id()
                  + " is known under the address "
                  + known.get().address()
                  + ", not "
                  + member.address()
                  + ". Remove it, and add it under a new id with an empty disk.");
    }
    List<RaftPeer> next = new ArrayList<>(current);
    next.add(Node.peer(member));
    return set(current, next);
  }

  private CompletableFuture<RaftClientReply> tryRemove(String id) {
    Collection<RaftPeer> current = node.configuration().getCurrentPeers();
    if (find(current, id).isEmpty()) {
      return alreadyDone();
    }
    if (current.size() == 1) {
      return refused("Member " + id + " is the last one: a log without members is lost.");
    }
    if (id.equals(node.self().toString())) {
      return stepDown(current);
    }
    List<RaftPeer> next =
        current.stream().filter(peer -> !peer.getId().toString().equals(id)).toList();
    return enoughAnswer(next).thenCompose(_ -> set(current, next));
  }

  /// From the moment that a change is written down nothing is committed without a majority of the
  /// new members, the change among it: who cannot have one must not begin.
  private CompletableFuture<Void> enoughAnswer(List<RaftPeer> next) {
    var quorum = new Quorum(next.stream().map(peer -> peer.getId().toString()).toList(), List.of());
    return LeaderCheck.run(quorum, node.self().toString(), node.term(), questions::term)
        .exceptionallyCompose(e -> failed(new TooFew(e)));
  }

  /// Hands the office to somebody else, who may then remove this member: the answer names them.
  private CompletableFuture<RaftClientReply> stepDown(Collection<RaftPeer> current) {
    List<String> others =
        node.members().stream()
            .map(Member::id)
            .filter(id -> !id.equals(node.self().toString()))
            .toList();
    if (others.size() != current.size() - 1) {
      return failed(new ReconfigurationInProgressException("The members are just changing."));
    }
    return transferToFirst(others, 0).thenCompose(_ -> failed(new Handed()));
  }

  private CompletableFuture<RaftClientReply> transferToFirst(List<String> candidates, int from) {
    return tryTransfer(candidates.get(from))
        .thenCompose(
            reply ->
                reply.isSuccess() || from + 1 == candidates.size()
                    ? CompletableFuture.completedFuture(reply)
                    : transferToFirst(candidates, from + 1));
  }

  private CompletableFuture<RaftClientReply> tryTransfer(String id) {
    if (find(node.configuration().getCurrentPeers(), id).isEmpty()) {
      return refused("There is no member " + id + ", only " + node.members() + ".");
    }
    return rpc.handOver(
        () ->
            call(
                () ->
                    node.server()
                        .transferLeadershipAsync(
                            new TransferLeadershipRequest(
                                node.client(),
                                node.self(),
                                node.group(),
                                CallId.getAndIncrement(),
                                RaftPeerId.valueOf(id),
                                timeout.toMillis()))));
  }

  private CompletableFuture<RaftClientReply> set(
      Collection<RaftPeer> current, List<RaftPeer> next) {
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(List.copyOf(current))
            .setServersInNewConf(next)
            .build();
    return call(
        () ->
            node.server()
                .setConfigurationAsync(
                    new SetConfigurationRequest(
                        node.client(),
                        node.self(),
                        node.group(),
                        CallId.getAndIncrement(),
                        arguments)));
  }

  /// A request to Ratis, which may throw or fail, as one that only fails.
  @FunctionalInterface
  private interface Request {
    CompletableFuture<RaftClientReply> send() throws IOException;
  }

  private static CompletableFuture<RaftClientReply> call(Request request) {
    try {
      return request.send();
    } catch (IOException | RuntimeException e) {
      return failed(e);
    }
  }

  private CompletableFuture<MembershipResult> start(
      Supplier<CompletableFuture<RaftClientReply>> change) {
    CompletableFuture<MembershipResult> result = new CompletableFuture<>();
    attempt(change, result, System.nanoTime() + timeout.toNanos(), FIRST_PAUSE_MS);
    return result;
  }

  private void attempt(
      Supplier<CompletableFuture<RaftClientReply>> change,
      CompletableFuture<MembershipResult> result,
      long deadline,
      long pauseMs) {
    if (!node.leads()) {
      result.complete(new MembershipResult.NotLeader(node.otherLeader()));
      return;
    }
    var _ =
        change
            .get()
            .whenComplete(
                (answer, thrown) -> {
                  @Nullable Throwable failure = failure(answer, thrown);
                  if (failure != null && passes(failure) && System.nanoTime() < deadline) {
                    long next = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
                    retry(() -> attempt(change, result, deadline, next), result, pauseMs);
                  } else {
                    result.complete(result(failure));
                  }
                });
  }

  private static @Nullable Throwable failure(
      @Nullable RaftClientReply answer, @Nullable Throwable thrown) {
    if (answer != null && !answer.isSuccess()) {
      return answer.getException();
    }
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /// Whether it is worth waiting a moment: another change is under way, or the term has just begun.
  private static boolean passes(Throwable failure) {
    return failure instanceof ReconfigurationInProgressException
        || failure instanceof LeaderNotReadyException
        || failure instanceof SetConfigurationException;
  }

  private void retry(Runnable again, CompletableFuture<MembershipResult> result, long pauseMs) {
    try {
      var _ =
          timer.schedule(() -> Thread.startVirtualThread(again), pauseMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      result.complete(new MembershipResult.Unknown("This member is being closed."));
    }
  }

  private MembershipResult result(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> new MembershipResult.Changed(node.members());
      case AlreadyDone _ -> new MembershipResult.Changed(node.members());
      case Handed _ -> new MembershipResult.NotLeader(node.otherLeader());
      case Refusal refusal -> new MembershipResult.Refused(refusal.getMessage());
      case TooFew few ->
          new MembershipResult.Unchanged(
              "The members that would be left could commit nothing: "
                  + few.getMessage()
                  + " Bring back one that is down, or remove it first.");
      case LeaderSteppingDownException _ -> new MembershipResult.NotLeader(node.otherLeader());
      case ReconfigurationTimeoutException _ ->
          new MembershipResult.Unchanged(
              "The new member did not answer, or made no progress in catching up, for "
                  + timeout.toMillis()
                  + " ms; nothing was changed. Can its address be reached from here?");
      case ReconfigurationInProgressException _ ->
          new MembershipResult.Unchanged(
              "Another change of the members was under way for " + timeout.toMillis() + " ms.");
      case SetConfigurationException _ ->
          new MembershipResult.Unchanged(
              "The members went on changing for " + timeout.toMillis() + " ms.");
      case LeaderNotReadyException _ ->
          new MembershipResult.Unchanged(
              "The leader did not get ready within " + timeout.toMillis() + " ms.");
      case NotLeaderException _ ->
          new MembershipResult.Unknown(
              "This member stopped leading while the change was under way; look at the members for"
                  + " what holds.");
      default ->
          new MembershipResult.Unknown(
              String.valueOf(failure.getMessage() == null ? failure : failure.getMessage()));
    };
  }

  private static Optional<Member> find(Collection<RaftPeer> peers, String id) {
    return peers.stream()
        .filter(peer -> peer.getId().toString().equals(id))
        .map(Node::member)
        .findFirst();
  }

  private static CompletableFuture<RaftClientReply> alreadyDone() {
    return failed(new AlreadyDone());
  }

  private static CompletableFuture<RaftClientReply> refused(String why) {
    return failed(new Refusal(why));
  }

  private static <T> CompletableFuture<T> failed(Throwable why) {
    return CompletableFuture.failedFuture(why);
  }

  /// The change makes no sense.
  private static final class Refusal extends Exception {
    Refusal(String why) {
      super(why);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /// The members that would be left are no majority of themselves.
  private static final class TooFew extends Exception {
    TooFew(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  /// There is nothing to change.
  private static final class AlreadyDone extends Exception {}

  /// Leadership went to another member first.
  private static final class Handed extends Exception {}
}
