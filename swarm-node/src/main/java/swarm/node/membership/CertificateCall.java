package swarm.node.membership;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import swarm.node.identity.JoinToken;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;

/// The first step of a join: a stranger with a token asks the named managers, one after the other,
/// for a certificate.
final class CertificateCall {
  /// How long it asks again where managers say that they have too much to do: many hosts may join
  /// at once.
  private static final Duration BUSY = Duration.ofSeconds(10);

  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LAST_PAUSE_MILLIS = 2_000;

  private CertificateCall() {}

  /// What came of asking each of them once.
  private sealed interface Answer {
    record Given(Messages.JoinReply reply) implements Answer {}

    /// @param busy whether one of them may give it to who asks again
    record None(List<String> why, boolean busy) implements Answer {}
  }

  static Messages.JoinReply ask(
      List<Addresses.HostPort> remotes,
      JoinToken token,
      byte[] request,
      String address,
      EventLoops loops)
      throws MembershipException, InterruptedException {
    long end = System.nanoTime() + BUSY.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      switch (once(remotes, token, request, address, loops)) {
        case Answer.Given given -> {
          return given.reply();
        }
        case Answer.None none -> {
          if (!none.busy() || System.nanoTime() >= end) {
            throw refused(none);
          }
        }
      }
      Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause)); // not all at once
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
  }

  private static Answer once(
      List<Addresses.HostPort> remotes,
      JoinToken token,
      byte[] request,
      String address,
      EventLoops loops) {
    var failures = new ArrayList<String>();
    boolean busy = false;
    for (Addresses.HostPort at : remotes) {
      try {
        return new Answer.Given(
            ClusterClient.join(at.host() + ":" + at.port(), token, request, address, loops));
      } catch (StatusException e) {
        busy |= e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
        failures.add(reason(at, e));
      } catch (IOException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    return new Answer.None(failures, busy);
  }

  private static MembershipException refused(Answer.None none) {
    boolean badToken = !none.busy() && none.why().stream().anyMatch(f -> f.contains("join token"));
    return new MembershipException(
        badToken ? 400 : 503,
        "rpc error: code = "
            + (badToken ? "InvalidArgument" : "Unavailable")
            + " desc = "
            + String.join("; ", none.why()));
  }

  private static String reason(Addresses.HostPort at, StatusException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (text.contains("fingerprint")) {
        return "remote CA does not match fingerprint. The join token was made for another cluster than the one at "
            + at.host()
            + ":"
            + at.port();
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
