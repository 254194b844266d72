package swarm.node.api;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// The keys by which a client leaves a terminal whose process runs on: Ctrl-P Ctrl-Q, or what the
/// client says. Immutable.
final class DetachKeys {
  /// Ctrl-P, Ctrl-Q.
  static final DetachKeys DEFAULT = new DetachKeys(new byte[] {16, 17});

  private static final String CONTROL = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
  private static final int DELETE = 127;

  private final byte[] keys;

  private DetachKeys(byte[] keys) {
    this.keys = keys;
  }

  /// Reads `a`, `ctrl-x` or `DEL`, several parted by commas, as Docker does; the default where
  /// there is no text.
  ///
  /// @return empty where a key is unknown
  static Optional<DetachKeys> parse(String text) {
    if (text.isEmpty()) {
      return Optional.of(DEFAULT);
    }
    var bytes = new ByteArrayOutputStream();
    for (String key : text.split(",", -1)) {
      int code = code(key);
      if (code < 0) {
        return Optional.empty();
      }
      bytes.write(code);
    }
    return Optional.of(new DetachKeys(bytes.toByteArray()));
  }

  private static int code(String key) {
    if (key.length() == 1 && key.charAt(0) <= DELETE) {
      return key.charAt(0);
    }
    if (key.length() == "ctrl-x".length() && key.startsWith("ctrl-")) {
      return CONTROL.indexOf(key.charAt(key.length() - 1));
    }
    return key.equals("DEL") ? DELETE : -1;
  }

  /// The bytes that are looked for.
  byte[] bytes() {
    return keys.clone();
  }

  /// A search of one client's input.
  Search search() {
    return new Search(keys);
  }

  /// What was typed so far. What may be the beginning of the keys is held back until it is clear.
  /// Not thread-safe.
  static final class Search {
    private final byte[] keys;
    private int matched;

    private Search(byte[] keys) {
      this.keys = keys;
    }

    /// Takes the next input.
    ///
    /// @return what of it goes to the process
    byte[] pass(byte[] input, int length) {
      var out = new ByteArrayOutputStream(length + matched);
      for (int i = 0; i < length && !found(); i++) {
        if (input[i] == keys[matched]) {
          matched++;
        } else {
          out.write(keys, 0, matched);
          matched = 0;
          out.write(input[i]);
        }
      }
      return out.toByteArray();
    }

    /// Whether all of the keys were typed.
    boolean found() {
      return matched == keys.length;
    }
  }
}
