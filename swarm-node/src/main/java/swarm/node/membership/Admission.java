package swarm.node.membership;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Manager;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;

/// Has the leader add this node's manager to the log, and write down that it is one.
///
/// Once the leader may have begun, this node must go on answering, and asking: a log that names two
/// members needs both for every write, so a joiner that gave up then would take the first manager's
/// quorum with it. Asking again is harmless: who is in already is told so.
///
/// One thread at a time.
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 2_000;

  /// How far it has come.
  sealed interface Progress {
    /// As a sentence.
    String why();

    /// This node is a manager, and knows a leader.
    record Entered() implements Progress {
      @Override
      public String why() {
        return "done";
      }
    }

    /// It will never be taken; surely not in the log.
    record Refused(String why) implements Progress {}

    /// Surely not in the log: it may be given up.
    record Outside(String why) implements Progress {}

    /// Maybe in the log: it must be brought to an end.
    record Open(String why) implements Progress {}
  }

  private final Manager manager;
  private final ClusterClient client;
  private final Messages.MemberRequest request;
  private final Supplier<List<String>> candidates;
  private volatile Progress progress = new Progress.Outside("no manager is known");

  /// @param candidates `host:port` of managers that may know the leader
  Admission(
      Manager manager,
      ClusterClient client,
      Messages.MemberRequest request,
      Supplier<List<String>> candidates) {
    this.manager = manager;
    this.client = client;
    this.request = request;
    this.candidates = candidates;
  }

  /// As far as it has come.
  Progress progress() {
    return progress;
  }

  /// Asks until the end is known or the time is over; or until the managers have refused this node
  /// for good while it is surely not in the log, which will not be there either.
  ///
  /// @param refusal why they have; empty where they may yet take it
  Progress within(Duration limit, Supplier<Optional<String>> refusal) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    boolean surelyOutside = true; // as long as no answer was lost
    while (true) {
      ask();
      if (progress instanceof Progress.Entered || progress instanceof Progress.Refused) {
        return progress;
      }
      surelyOutside &= progress instanceof Progress.Outside;
      Optional<String> why = surelyOutside ? refusal.get() : Optional.empty();
      if (why.isPresent()) {
        progress = new Progress.Refused(why.get());
        return progress;
      }
      if (System.nanoTime() + Duration.ofMillis(pause).toNanos() >= end) {
        return progress;
      }
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
  }

  /// Asks until this node is in; for a restart, where it may be in since long, and for a join whose
  /// caller waits no longer. Ends by interruption, too.
  void untilEntered() throws InterruptedException {
    long pause = FIRST_PAUSE_MILLIS;
    while (!writtenDown()) {
      Thread.sleep(pause); // after a restart the log itself soon tells
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
      Progress before = progress;
      if (!writtenDown()) {
        ask();
      }
      if (!progress.equals(before)) {
        LOG.info("becoming a manager: {}", progress.why());
      }
    }
    progress = new Progress.Entered();
  }

  /// Whether this manager's own state says so: then it is in the log, which it got this from.
  boolean writtenDown() {
    var node = manager.store().state().nodes().get(request.nodeId());
    return node != null
        && node.manager() != null
        && node.manager().raftId().equals(request.raftId())
        && node.manager().address().equals(request.address());
  }

  /// Asks one manager after the other until one of them speaks for the leader.
  private void ask() throws InterruptedException {
    for (String candidate : candidates.get()) {
      if (candidate.equals(request.address())) {
        continue;
      }
      try {
        Messages.MemberReply reply = client.addMember(candidate, request);
        switch (reply.outcome()) {
          case DONE -> {
            progress = entered();
            return;
          }
          case REFUSED -> {
            progress = new Progress.Refused(reply.error());
            return;
          }
          case UNCHANGED -> {
            progress = new Progress.Outside(reply.error());
            return;
          }
          case UNKNOWN -> {
            progress = new Progress.Open(reply.error());
            return;
          }
          case NO_LEADER -> still(reply.error());
        }
      } catch (StatusException e) {
        switch (e.getStatus().getCode()) {
          case PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED -> still(e.getMessage());
          case UNAVAILABLE, DEADLINE_EXCEEDED ->
              progress = new Progress.Open(CallFailures.reason(e)); // which names the manager
          default ->
              progress = new Progress.Open("manager " + candidate + ": " + CallFailures.reason(e));
        }
      }
    }
  }

  /// Nobody spoke for the leader: what is known stays as it was, for a newer reason.
  private void still(@Nullable String why) {
    progress =
        progress instanceof Progress.Open
            ? new Progress.Open(String.valueOf(why))
            : new Progress.Outside(String.valueOf(why));
  }

  private Progress entered() throws InterruptedException {
    Duration limit = Duration.ofSeconds(5);
    return manager.awaitLeader(limit)
        ? new Progress.Entered()
        : new Progress.Open("no leader was heard within " + limit.toSeconds() + " s");
  }
}
