package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;

/// How far the nodes are with another root. Pure.
///
/// @param done whether every node that is not down trusts the new root, by a certificate of its
public record RootProgress(String text, boolean done) {
  /// @param swarm as `GET /swarm` answers
  /// @param nodes as `GET /nodes` answers
  public static RootProgress of(JsonNode swarm, JsonNode nodes) {
    JsonNode wanted = swarm.path("TLSInfo");
    boolean rotating = swarm.path("RootRotationInProgress").asBoolean();
    int all = 0;
    int certificates = 0;
    int roots = 0;
    for (JsonNode node : nodes) {
      if (!rotating && node.at("/Status/State").asText().equals("down")) {
        continue; // it left: whoever has yet to come back would hold the rotation up
      }
      JsonNode has = node.at("/Description/TLSInfo");
      all++;
      certificates += same(has, wanted, "CertIssuerPublicKey", "CertIssuerSubject") ? 1 : 0;
      roots += !rotating && same(has, wanted, "TrustRoot") ? 1 : 0;
    }
    return new RootProgress(
        "rotated TLS certificates:  "
            + certificates
            + "/"
            + all
            + " nodes   rotated CA certificates:  "
            + roots
            + "/"
            + all
            + " nodes",
        !rotating && certificates == all && roots == all);
  }

  private static boolean same(JsonNode has, JsonNode wanted, String... fields) {
    for (String field : fields) {
      if (!has.path(field).asText().equals(wanted.path(field).asText())) {
        return false;
      }
    }
    return true;
  }
}
