package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import swarm.node.identity.Pem;

/// The external authorities of a `CAConfig` that sign with a given root. Pure.
final class ExternalUrls {
  private ExternalUrls() {}

  /// Every entry is read, whoever's it is.
  ///
  /// @param current the cluster's root: that of an entry which does not say whose it is
  /// @throws IOException where an entry's certificate is none
  static List<String> of(JsonNode config, X509Certificate current, X509Certificate root)
      throws IOException {
    var urls = new ArrayList<String>();
    for (JsonNode each : config.path("ExternalCAs")) {
      String own = each.path("CACert").asText("");
      X509Certificate of = own.isBlank() ? current : Pem.certificates(own).getFirst();
      if (of.equals(root)) {
        urls.add(each.path("URL").asText());
      }
    }
    return urls;
  }
}
