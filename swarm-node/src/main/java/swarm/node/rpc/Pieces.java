package swarm.node.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import swarm.scheduler.model.Wire;

/// Cuts lists into pieces that fit into a message, or into a command for the log.
public final class Pieces {
  /// Of a piece's elements as CBOR: well below what a manager reads (4 MiB) and the log takes (2
  /// MiB), with room for what is around them.
  public static final int MAX_BYTES = 1024 * 1024;

  private Pieces() {}

  /// Pieces of at most [#MAX_BYTES], in order, none of them empty.
  ///
  /// @param all what Jackson writes as CBOR; an element that is larger alone is a piece of its own
  public static <T> List<List<T>> of(List<T> all) {
    if (all.size() == 1) {
      return List.of(all); // the most common case: nothing to weigh
    }
    return of(all, Pieces::bytes, MAX_BYTES);
  }

  static <T> List<List<T>> of(List<T> all, ToIntFunction<T> size, int most) {
    var pieces = new ArrayList<List<T>>();
    long room = -1; // the first element begins a piece
    for (T each : all) {
      int needed = size.applyAsInt(each);
      if (needed > room) {
        pieces.add(new ArrayList<>());
        room = most;
      }
      pieces.getLast().add(each);
      room -= needed;
    }
    return pieces;
  }

  private static int bytes(Object element) {
    try {
      return Wire.CBOR.writeValueAsBytes(element).length;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written: " + element.getClass(), e);
    }
  }
}
