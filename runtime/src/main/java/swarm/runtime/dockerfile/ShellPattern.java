package swarm.runtime.dockerfile;

import java.util.BitSet;
import java.util.stream.IntStream;

/// A shell's pattern of `*` and `?` as `${NAME#PATTERN}` and `${NAME/PATTERN/WORD}` have it. All
/// ways through a pattern are followed at once, so that none takes long. Confined to one thread.
final class ShellPattern {
  /// Characters of the value times parts of the pattern, in all: some tenths of a second.
  private static final long MAX_STEPS = 50_000_000;

  /// No characters.
  private static final int ANY = -1;

  private static final int ONE = -2;

  private final int[] parts;
  private long steps;

  private ShellPattern(int[] parts) {
    this.parts = parts;
  }

  /// @throws DockerfileException where a backslash stands before what it cannot escape
  static ShellPattern of(String pattern) throws DockerfileException {
    var parts = IntStream.builder();
    int[] all = pattern.codePoints().toArray();
    for (int i = 0; i < all.length; i++) {
      int c = all[i];
      if (c == '*') {
        parts.add(ANY);
      } else if (c == '?') {
        parts.add(ONE);
      } else if (c == '\\') {
        int next = i + 1 < all.length ? all[i + 1] : ' ';
        if (next == '}' || next == '/') {
          continue; // the escape was the substitution's
        }
        if (next != '*' && next != '?' && next != '\\') {
          throw new DockerfileException(
              "invalid pattern ("
                  + pattern
                  + ") in substitution: invalid escape '\\"
                  + Character.toString(next)
                  + "'");
        }
        parts.add(next);
        i++;
      } else {
        parts.add(c);
      }
    }
    return new ShellPattern(parts.build().toArray());
  }

  String withoutPrefix(String text, boolean greedy) throws DockerfileException {
    int[] value = text.codePoints().toArray();
    int end = end(value, 0, greedy);
    return end < 0 ? text : text(value, end, value.length);
  }

  String withoutSuffix(String value, boolean greedy) throws DockerfileException {
    int[] mirrored = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      mirrored[i] = parts[parts.length - 1 - i];
    }
    String back = new StringBuilder(value).reverse().toString();
    String left = new ShellPattern(mirrored).withoutPrefix(back, greedy);
    return new StringBuilder(left).reverse().toString();
  }

  private static String text(int[] value, int from, int to) {
    return new String(value, from, to - from);
  }

  String replaced(String text, String replacement, boolean all) throws DockerfileException {
    int[] value = text.codePoints().toArray();
    var result = new StringBuilder();
    int from = 0;
    int before = -1; // where the last match ended: one of nothing does not follow it at once
    while (from <= value.length) {
      int end = end(value, from, true);
      boolean matches = end >= 0 && (end > from || from != before);
      if (matches) {
        result.append(replacement);
        Words.checkLength(result.length());
        before = end;
        if (!all) {
          return result.append(text(value, end, value.length)).toString();
        }
      }
      if (end <= from || !matches) {
        result.append(text(value, from, Math.min(from + 1, value.length)));
        from++;
      } else {
        from = end;
      }
    }
    return result.toString();
  }

  /// Where a match that begins at `from` ends; -1 where there is none.
  private int end(int[] value, int from, boolean longest) throws DockerfileException {
    BitSet states = new BitSet();
    enter(states, 0);
    int found = -1;
    for (int i = from; ; i++) {
      if (states.get(parts.length)) {
        found = i;
        if (!longest) {
          return found;
        }
      }
      if (i == value.length || states.isEmpty()) {
        return found;
      }
      states = after(states, value[i]);
    }
  }

  private BitSet after(BitSet states, int c) throws DockerfileException {
    var next = new BitSet();
    for (int s = states.nextSetBit(0); s >= 0 && s < parts.length; s = states.nextSetBit(s + 1)) {
      steps++;
      int part = parts[s];
      if (part == ANY) {
        enter(next, s);
      } else if (part == ONE || part == c) {
        enter(next, s + 1);
      }
    }
    if (steps > MAX_STEPS) {
      throw new DockerfileException(
          "a substitution with a pattern takes too long: make it shorter");
    }
    return next;
  }

  private void enter(BitSet states, int state) {
    int s = state;
    states.set(s);
    while (s < parts.length && parts[s] == ANY) { // which may stand for nothing
      s++;
      states.set(s);
    }
  }
}
