package swarm.node.membership;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  static Messages.JoinReply ask(
      List<Addresses.HostPort> remotes,
      JoinToken token,
      byte[] request,
      String address,
      String availability,
      EventLoops loops)
      throws MembershipException {
    @Nullable String wanted = availability.isEmpty() ? null : availability;
    var failures = new ArrayList<Failure>();
    for (Addresses.HostPort at : remotes) {
      try {
        String manager = at.host() + ":" + at.port();
        Messages.JoinReply reply =
            ClusterClient.join(manager, token, request, address, wanted, loops);
        requireHeeded(wanted, reply.availability(), manager);
        return reply;
      } catch (StatusException e) {
        failures.add(new Failure(e.getStatus().getCode(), reason(at, e)));
      } catch (IOException e) {
        failures.add(new Failure(Status.Code.UNAVAILABLE, String.valueOf(e.getMessage())));
      }
    }
    throw explain(failures);
  }

  /// Why one of the managers gave no certificate.
  record Failure(Status.Code code, String text) {}

  /// What a user is told: a manager that says no counts for more than one that says nothing.
  static MembershipException explain(List<Failure> failures) {
    boolean badToken = failures.stream().anyMatch(f -> f.text().contains("join token"));
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
