package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a key of a Compose file may hold, and the one form that all its spellings are read into.
@FunctionalInterface
interface Shape {
  /// @param path of the key, as messages name it: `services.web.ports.0`
  /// @return null where the value says nothing: empty texts, zeros and `false`, as Docker's command
  ///   leaves them out
  @Nullable JsonNode read(Value value, String path, Places places) throws ComposeException;

  /// Where each key stands, and what the user should know of it.
  final class Places {
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Place> all = new HashMap<>();

    void put(String path, Place place) {
      all.put(path, place);
    }

    void putAll(Places others) {
      all.putAll(others.all);
      notes.addAll(others.notes);
    }

    /// Keeps what is no mistake, but does not do what it says.
    void note(Place place, String text) {
      notes.add(place + ": " + text);
    }

    List<String> notes() {
      return List.copyOf(notes);
    }

    /// Where a key stands; of one that is not known, the nearest above it.
    ///
    /// @return null where none is known
    private @Nullable Place nearest(String path) {
      String known = path;
      while (!all.containsKey(known)) {
        int dot = known.lastIndexOf('.');
        if (dot < 0) {
          return null;
        }
        known = known.substring(0, dot);
      }
      return all.get(known);
    }

    void note(String path, String text) {
      Place place = nearest(path);
      notes.add(place == null ? text : place + ": " + text);
    }

    /// A failure at a key, or at the nearest one above it that is known.
    ComposeException failure(String path, String message) {
      Place place = nearest(path);
      return place == null ? new ComposeException(message) : new ComposeException(place, message);
    }
  }
}
