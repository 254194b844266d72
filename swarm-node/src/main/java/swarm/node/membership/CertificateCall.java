package swarm.node.membership;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.JoinToken;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;

/// The first step of a join: a stranger with a token asks the named managers, one after the other,
/// for a certificate.
final class CertificateCall {
  private CertificateCall() {}

  /// How long it asks again where managers say that they have too much to do: many hosts may join
  /// at once.
  private static final Duration BUSY = Duration.ofSeconds(10);

  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LAST_PAUSE_MILLIS = 2_000;

  /// What came of asking each of them once.
  private sealed interface Answer {
    record Given(Messages.JoinReply reply) implements Answer {}

    record None(List<Failure> failures) implements Answer {
      /// Whether one of them may give it to who asks again.
      boolean busy() {
        return failures.stream().anyMatch(f -> f.code() == Status.Code.RESOURCE_EXHAUSTED);
      }
    }
  }

  /// What is asked for.
  ///
  /// @param request PKCS#10
  /// @param address of this node
  /// @param availability of this node; empty where nothing was said
  record Wish(JoinToken token, byte[] request, String address, String availability) {}

  static Messages.JoinReply ask(List<Addresses.HostPort> remotes, Wish wish, EventLoops loops)
      throws MembershipException, InterruptedException {
    long end = System.nanoTime() + BUSY.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      switch (once(remotes, wish, loops)) {
        case Answer.Given given -> {
          return given.reply();
        }
        case Answer.None none -> {
          if (!none.busy() || System.nanoTime() >= end) {
            throw explain(none.failures());
          }
        }
      }
      Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause)); // not all at once
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
  }

  private static Answer once(List<Addresses.HostPort> remotes, Wish wish, EventLoops loops)
      throws MembershipException {
    @Nullable String wanted = wish.availability().isEmpty() ? null : wish.availability();
    var failures = new ArrayList<Failure>();
    for (Addresses.HostPort at : remotes) {
      try {
        String manager = at.host() + ":" + at.port();
        Messages.JoinReply reply =
            ClusterClient.join(
                manager, wish.token(), wish.request(), wish.address(), wanted, loops);
        requireHeeded(wanted, reply.availability(), manager);
        return new Answer.Given(reply);
      } catch (StatusException e) {
        failures.add(new Failure(e.getStatus().getCode(), reason(at, e)));
      } catch (IOException e) {
        failures.add(new Failure(Status.Code.UNAVAILABLE, String.valueOf(e.getMessage())));
      }
    }
    return new Answer.None(failures);
  }

  /// Why one of the managers gave no certificate.
  record Failure(Status.Code code, String text) {}

  /// What a user is told: a manager that says no counts for more than one that says nothing.
  static MembershipException explain(List<Failure> failures) {
    boolean badToken =
        failures.stream()
            .anyMatch(
                f ->
                    f.code() != Status.Code.RESOURCE_EXHAUSTED // "too many wrong join tokens"
                        && f.text().contains("join token"));
    boolean invalid = failures.stream().anyMatch(f -> f.code() == Status.Code.INVALID_ARGUMENT);
    boolean refused = failures.stream().anyMatch(f -> f.code() == Status.Code.FAILED_PRECONDITION);
    String code =
        badToken || invalid ? "InvalidArgument" : refused ? "FailedPrecondition" : "Unavailable";
    return new MembershipException(
        badToken || invalid || refused ? 400 : 503,
        "rpc error: code = "
            + code
            + " desc = "
            + failures.stream().map(Failure::text).collect(Collectors.joining("; ")));
  }

  /// A manager of an older build admits every node as an active one, which would get tasks.
  static void requireHeeded(@Nullable String wanted, @Nullable String given, String manager)
      throws MembershipException {
    if (wanted != null && !wanted.equals("active") && !wanted.equals(given)) {
      throw new MembershipException(
          400,
          "rpc error: code = FailedPrecondition desc = manager "
              + manager
              + " is of an older version, which cannot admit a node with availability "
              + wanted
              + ": join at another manager; or join without --availability, and 'docker node update"
              + " --availability "
              + wanted
              + "' this node afterwards");
    }
  }

  private static String reason(Addresses.HostPort at, StatusException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (text.contains("fingerprint")) {
        return "remote CA does not match fingerprint. The join token was made for another cluster than"
            + " the one at "
            + at.host()
            + ":"
            + at.port()
            + ", or before its root CA was replaced: 'swarm join-token' on a manager prints one that"
            + " is good now";
      }
    }
    String reason = CallFailures.reason(e);
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION -> reason;
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          reason + "; check the address and that port " + at.port() + "/tcp is open";
      default -> "manager " + at.host() + ":" + at.port() + ": " + reason;
    };
  }
}
