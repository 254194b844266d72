package swarm.node.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Why a call to a manager came to nothing, in words for whoever waits for it: gRPC's own are "io
/// exception", whatever happened and wherever.
public final class CallFailures {
  /// What the kernel says, and what a user is told.
  private static final Map<String, String> WORDS = words();

  private CallFailures() {}

  private static Map<String, String> words() {
    var words = new LinkedHashMap<String, String>();
    words.put("connection refused", "connection refused");
    words.put("timed out", "the connection timed out");
    words.put("no route to host", "no route to host");
    words.put("network is unreachable", "the network is unreachable");
    words.put("reset by peer", "the connection was reset");
    return words;
  }

  /// What a call that failed says of itself.
  public static String reason(StatusException failure) {
    String description = failure.getStatus().getDescription();
    return description == null ? failure.getStatus().getCode().toString() : description;
  }

  /// Whether the call surely never left this node, as there was no connection and none could be
  /// made.
  public static boolean neverSent(StatusException failure) {
    Throwable cause = failure.getStatus().getCause();
    return failure.getStatus().getCode() == Status.Code.UNAVAILABLE
        && cause != null
        && chain(cause).stream()
            .anyMatch(
                each -> each instanceof ConnectException || each instanceof NoRouteToHostException);
  }

  /// The same status with a description that names the manager and the real cause.
  ///
  /// @param limit how long the call might take
  static Status explain(String address, Status status, Duration limit) {
    return switch (status.getCode()) {
      case UNAVAILABLE -> {
        Throwable cause = status.getCause();
        String description = status.getDescription();
        yield status.withDescription(
            cause == null // the manager itself said so
                ? "manager " + address + ": " + (description == null ? "unavailable" : description)
                : "manager " + address + " cannot be reached: " + why(cause));
      }
      case DEADLINE_EXCEEDED ->
          status.withDescription(
              "manager " + address + " did not answer within " + limit.toSeconds() + " s");
      default -> status;
    };
  }

  private static String why(Throwable failure) {
    List<Throwable> chain = chain(failure);
    for (Throwable each : chain.reversed()) {
      if (each instanceof CertificateException) {
        return "its certificate is refused: " + message(each);
      }
    }
    for (Throwable each : chain) {
      if (each instanceof UnknownHostException || each instanceof UnresolvedAddressException) {
        return "no host of that name is known";
      }
      if (each instanceof SSLException) {
        return "it does not take up TLS as a manager does: " + message(chain.getLast());
      }
      String text = message(each).toLowerCase(Locale.ROOT);
      for (Map.Entry<String, String> known : WORDS.entrySet()) {
        if (text.contains(known.getKey())) {
          return known.getValue();
        }
      }
    }
    return message(chain.getLast());
  }

  /// Outermost first; a chain that comes back to itself ends there.
  private static List<Throwable> chain(Throwable failure) {
    var all = new ArrayList<Throwable>();
    for (@Nullable Throwable at = failure; at != null && !all.contains(at); at = at.getCause()) {
      all.add(at);
    }
    return all;
  }

  private static String message(Throwable failure) {
    String text = failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }
}
