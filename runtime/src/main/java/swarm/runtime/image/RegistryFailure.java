package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a registry's refusals mean to the user. Pure.
@FunctionalInterface
interface RegistryFailure {
  /// @param status of HTTP
  /// @param body the beginning of the answer
  /// @param retryAfterMillis how long the registry asks to wait; 0 for nothing
  ImageException of(int status, String body, long retryAfterMillis);

  /// For reading an image.
  static RegistryFailure pulling(Reference reference) {
    return (status, body, retryAfter) ->
        switch (status) {
          case 404 ->
              new ImageException(
                  ImageException.Kind.NOT_FOUND,
                  "manifest for "
                      + reference.familiar()
                      + " not found: manifest unknown: manifest unknown");
          case 401, 403 ->
              new ImageException(
                  ImageException.Kind.DENIED,
                  "pull access denied for "
                      + reference.familiarRepository()
                      + ", repository does not exist or may require 'docker login'"
                      + reasons(body));
          default -> unavailable(reference.registry(), status, body, retryAfter);
        };
  }

  /// For writing to a repository.
  static RegistryFailure pushing(Reference reference) {
    return (status, body, retryAfter) ->
        switch (status) {
          case 401, 403 -> {
            String why = reasons(body);
            yield new ImageException(
                ImageException.Kind.DENIED,
                why.isEmpty()
                    ? "denied: requested access to the resource is denied"
                    : why.substring(2));
          }
          case 413 ->
              new ImageException(
                  ImageException.Kind.INVALID,
                  "registry "
                      + reference.registry()
                      + " takes no part of this size (413)"
                      + reasons(body));
          default -> unavailable(reference.registry(), status, body, retryAfter);
        };
  }

  static ImageException unavailable(String registry, int status, String body, long retryAfter) {
    String why = reasons(body);
    return new ImageException(
        ImageException.Kind.UNAVAILABLE,
        "registry "
            + registry
            + " answered "
            + status
            + (retryAfter > 0 ? " and asks to wait " + retryAfter / 1_000 + " s" : "")
            + (why.isEmpty() ? ": " + body.strip() : why));
  }

  /// The errors of an answer as Docker writes them (OCI distribution-spec, "Error Codes"): `:
  /// denied: requested access to the resource is denied`.
  static String reasons(String body) {
    List<String> all = new ArrayList<>();
    try {
      JsonNode node = ImageStore.JSON.readTree(body.getBytes(StandardCharsets.UTF_8));
      if (node != null) {
        for (JsonNode error : node.path("errors")) {
          String code = error.path("code").asText("").toLowerCase(Locale.ROOT).replace('_', ' ');
          String message = error.path("message").asText("");
          all.add(message.isEmpty() ? code : code.isEmpty() ? message : code + ": " + message);
        }
      }
    } catch (IOException _) {
      // no JSON: it says nothing that a user could read
    }
    return all.isEmpty() ? "" : ": " + String.join("; ", all);
  }
}
