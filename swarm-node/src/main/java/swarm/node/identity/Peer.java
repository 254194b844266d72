package swarm.node.identity;

import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Who is at the other end of a connection, as its certificate says.
///
/// @param nodeId the subject's CN
/// @param clusterId the subject's O
public record Peer(String nodeId, String clusterId, Role role) {
  /// Reads a certificate that the TLS layer has already verified against the cluster's CA.
  ///
  /// @return empty where the subject is not one that our CA writes
  public static Optional<Peer> of(X509Certificate certificate) {
    var parts = new HashMap<String, String>();
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        // A part of two attributes, one that is not text, or two of a kind: which of them counts
        // would be the parser's choice, and a role must not be.
        if (rdn.size() != 1
            || !(rdn.getValue() instanceof String value)
            || parts.put(rdn.getType(), value) != null) {
          return Optional.empty();
        }
      }
    } catch (InvalidNameException _) {
      return Optional.empty(); // a subject that is no name names nobody
    }
    String node = parts.get("CN");
    String cluster = parts.get("O");
    String unit = parts.get("OU");
    if (node == null || cluster == null) {
      return Optional.empty();
    }
    for (Role role : Role.values()) {
      if (role.unit().equals(unit)) {
        return Optional.of(new Peer(node, cluster, role));
      }
    }
    return Optional.empty();
  }
}
