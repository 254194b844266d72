package swarm.node.api.check;

import java.util.Locale;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;

/// Whether a body says that it is JSON, as Docker's daemon asks. Pure.
public final class ContentTypes {
  /// RFC 9110, 8.3.1: type, subtype, and parameters that nobody looks at.
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("\\s*([\\w!#$%&'*+.^`|~-]+(?:/[\\w!#$%&'*+.^`|~-]+)?)\\s*(?:;.*)?");

  private ContentTypes() {}

  /// @param header empty where there is none
  /// @throws ApiException 400 where it is not JSON's
  public static void requireJson(String header, boolean hasBody) throws ApiException {
    if (header.isEmpty() && !hasBody) {
      return;
    }
    var type = MEDIA_TYPE.matcher(header);
    if (!type.matches()) {
      throw ApiException.bad(
          "malformed Content-Type header ("
              + header
              + "): mime: "
              + (header.isBlank() ? "no media type" : "expected token after slash"));
    }
    if (!type.group(1).toLowerCase(Locale.ROOT).equals("application/json")) {
      throw ApiException.bad(
          "unsupported Content-Type header (" + header + "): must be 'application/json'");
    }
  }
}
