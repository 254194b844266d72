package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Credentials;
import swarm.scheduler.model.Wire;

/// Credentials for a registry as clients send them. Pure.
final class RegistryAuthHeader {
  private static final int MAX_CHARACTERS = 64 * 1024;

  private RegistryAuthHeader() {}

  /// Those of the header `X-Registry-Auth`; none where there is none.
  static Credentials read(Call call) throws ApiException {
    return decode(call.exchange().header("X-Registry-Auth").orElse(""));
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
