package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// Checks the `CAConfig` of a `SwarmSpec` as far as it is good or bad by itself. Pure.
public final class CaConfigValidator {
  private static final long MIN_EXPIRY_NANOS = 3_600_000_000_000L;
  private static final JsonShape CONFIG =
      new JsonShape()
          .with(JsonType.INTEGER, "NodeCertExpiry", "ForceRotate")
          .with(JsonType.TEXT, "SigningCACert", "SigningCAKey")
          .with(JsonType.OBJECTS, "ExternalCAs");
  private static final JsonShape EXTERNAL =
      new JsonShape()
          .with(JsonType.TEXT, "Protocol", "URL", "CACert")
          .with(JsonType.MAP, "Options");

  private CaConfigValidator() {}

  /// @throws ApiException 400 for what is wrong
  public static void check(JsonNode config) throws ApiException {
    CONFIG.check(config, "CAConfig.");
    JsonNode expiry = config.path("NodeCertExpiry");
    if (expiry.asLong(0) < 0) {
      throw ApiException.bad(
          "CAConfig.NodeCertExpiry must be a whole number from 0, not " + expiry);
    }
    if (expiry.asLong(0) != 0 && expiry.asLong() < MIN_EXPIRY_NANOS) {
      throw ApiException.bad(
          "rpc error: code = InvalidArgument desc = minimum certificate expiry time is 1h0m0s, not "
              + expiry.asLong()
              + " ns");
    }
    for (JsonNode external : config.path("ExternalCAs")) {
      EXTERNAL.check(external, "CAConfig.ExternalCAs.");
      String protocol = external.path("Protocol").asText("");
      if (!protocol.isEmpty() && !protocol.toLowerCase(Locale.ROOT).equals("cfssl")) {
        throw ApiException.bad("invalid CAProtocol: '" + protocol + "' (cfssl is the only one)");
      }
      if (!external.path("URL").asText("").startsWith("https://")) {
        throw ApiException.bad(
            "the URL of an external CA must begin with https://, not '"
                + external.path("URL").asText("")
                + "'");
      }
    }
  }

  /// For a cluster that is to be formed: under its own root, or that of its external authorities.
  ///
  /// @throws ApiException 501 for what nothing heeds there
  public static void checkNew(JsonNode config) throws ApiException {
    if (JsonValues.says(config.path("SigningCACert"))
        || JsonValues.says(config.path("SigningCAKey"))
        || JsonValues.says(config.path("ForceRotate"))) {
      throw ApiException.unimplemented(
          "forming a swarm with a root and key that are brought along; 'swarm ca --rotate' changes to"
              + " them afterwards; this");
    }
  }
}
