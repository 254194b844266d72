package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a key of a Compose file may hold, and the one form that all its spellings are read into.
@FunctionalInterface
interface Shape {
  /// @param path of the key, as messages name it: `services.web.ports.0`
  /// @return null where the value says nothing: empty texts, zeros and `false`, as Docker's command
  ///   leaves them out
  @Nullable JsonNode read(Value value, String path, Places places) throws ComposeException;

  /// Where each key stands.
  final class Places {
    private final Map<String, Place> all = new HashMap<>();

    void put(String path, Place place) {
      all.put(path, place);
    }

    void putAll(Places others) {
      all.putAll(others.all);
    }

    /// A failure at a key, or at the nearest one above it that is known.
    ComposeException failure(String path, String message) {
      String known = path;
      while (!all.containsKey(known)) {
        int dot = known.lastIndexOf('.');
        if (dot < 0) {
          return new ComposeException(message);
        }
        known = known.substring(0, dot);
      }
      return new ComposeException(all.getOrDefault(known, new Place("-", 1)), message);
    }
  }
}
