package swarm.node.identity;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Issues nodes' certificates.
public interface Issuer {
  /// Signs a request.
  ///
  /// @param request PKCS#10, proven to be of who asks by its own signature
  /// @param subject what is written into the certificate, whatever the request says
  /// @param expiry how long it is to be good for
  /// @return the certificate, then what leads from it to a root that others may trust alone
  /// @throws IOException where the request is malformed
  /// @throws UnavailableException where it is nothing about the request
  List<X509Certificate> issue(byte[] request, Peer subject, Instant now, Duration expiry)
      throws IOException;

  /// The authority cannot issue anything now; asking again may help.
  final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    public UnavailableException(String message) {
      super(message);
    }
  }
}
