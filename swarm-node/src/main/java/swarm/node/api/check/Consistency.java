package swarm.node.api.check;

import java.util.Locale;
import java.util.Optional;
import swarm.node.api.error.ApiException;

/// Which state a read wants (our addition, a header of the request). Pure.
public enum Consistency {
  /// One that has everything which was acknowledged anywhere before the read; without a majority
  /// there is none.
  LINEARIZABLE,
  /// This manager's own, as far as it has come.
  STALE;

  public static final String HEADER = "X-Swarm-Consistency";

  /// @param header as it came; empty where there was none
  /// @throws ApiException 400 where it asks for neither
  public static Consistency asked(Optional<String> header) throws ApiException {
    String text = header.orElse("").strip();
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "linearizable" -> LINEARIZABLE;
      case "stale" -> STALE;
      default ->
          throw ApiException.bad(
              HEADER
                  + " must be stale or linearizable, not '"
                  + (text.length() > 40 ? text.substring(0, 40) + "..." : text)
                  + "'");
    };
  }
}
