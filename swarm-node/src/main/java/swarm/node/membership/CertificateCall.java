package swarm.node.membership;

import io.grpc.StatusException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
      EventLoops loops)
      throws MembershipException {
    var failures = new ArrayList<String>();
    for (Addresses.HostPort at : remotes) {
      try {
        return ClusterClient.join(at.host() + ":" + at.port(), token, request, address, loops);
      } catch (StatusException e) {
        failures.add(reason(at, e));
      } catch (IOException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    boolean badToken = failures.stream().anyMatch(f -> f.contains("join token"));
    throw new MembershipException(
        badToken ? 400 : 503,
        "rpc error: code = "
            + (badToken ? "InvalidArgument" : "Unavailable")
            + " desc = "
            + String.join("; ", failures));
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
