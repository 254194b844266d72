package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Credentials;
import swarm.scheduler.model.Wire;

/// Credentials for a registry as clients send them. Pure.
final class RegistryAuthHeader {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryAuthHeader.class);
  private static final int MAX_CHARACTERS = 64 * 1024;

  private RegistryAuthHeader() {}

  /// Those of the header `X-Registry-Auth`; none where there is none, or it cannot be read: Docker
  /// heeds no such header either, and clients rely on it.
  static Credentials read(Call call) {
    try {
      return decode(call.exchange().header("X-Registry-Auth").orElse(""));
    } catch (ApiException e) {
      LOG.debug("{} {}: {}", call.exchange().method(), call.exchange().path(), e.getMessage());
      return Credentials.NONE;
    }
  }

  /// @param header base64url of JSON
  static Credentials decode(String header) throws ApiException {
    if (header.isEmpty()) {
      return Credentials.NONE;
    }
    if (header.length() > MAX_CHARACTERS) {
      throw ApiException.bad(
          "the header X-Registry-Auth has more than " + MAX_CHARACTERS + " characters");
    }
    try {
      String text = header.replace("=", "").replace('+', '-').replace('/', '_');
      return of(Wire.JSON.readTree(Base64.getUrlDecoder().decode(text)));
    } catch (IOException | IllegalArgumentException _) {
      throw ApiException.bad("the header X-Registry-Auth is not base64url of JSON");
    }
  }

  /// Docker's `AuthConfig`.
  static Credentials of(JsonNode auth) {
    return new Credentials(
        auth.path("username").asText(""),
        auth.path("password").asText(""),
        auth.path("identitytoken").asText(""),
        auth.path("registrytoken").asText(""));
  }
}
