package swarm.runtime.dockerfile;

import java.util.BitSet;

/// A shell's pattern of `*` and `?` as `${NAME#PATTERN}` and `${NAME/PATTERN/WORD}` have it. All
/// ways through a pattern are followed at once, so that none takes long. Confined to one thread.
final class ShellPattern {
  /// Characters of the value times parts of the pattern, in all: some tenths of a second.
  private static final long MAX_STEPS = 50_000_000;

  private static final char ANY = '\uE000';
  private static final char ONE = '\uE001';

  private final String parts;
  private long steps;

  private ShellPattern(String parts) {
    this.parts = parts;
  }

  /// @throws DockerfileException where a backslash stands before what it cannot escape
  static ShellPattern of(String pattern) throws DockerfileException {
    var parts = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*') {
        parts.append(ANY);
      } else if (c == '?') {
        parts.append(ONE);
      } else if (c == '\\') {
        char next = i + 1 < pattern.length() ? pattern.charAt(i + 1) : ' ';
        if (next == '}' || next == '/') {
          continue; // the escape was the substitution's
        }
        if (next != '*' && next != '?' && next != '\\') {
          throw new DockerfileException(
              "invalid pattern (" + pattern + ") in substitution: invalid escape '\\" + next + "'");
        }
        parts.append(next);
        i++;
      } else {
        parts.append(c);
      }
    }
    return new ShellPattern(parts.toString());
  }

  String withoutPrefix(String value, boolean greedy) throws DockerfileException {
    int end = end(value, 0, greedy);
    return end < 0 ? value : value.substring(end);
  }

  String withoutSuffix(String value, boolean greedy) throws DockerfileException {
    var mirrored = new ShellPattern(new StringBuilder(parts).reverse().toString());
    String back = new StringBuilder(value).reverse().toString();
    return new StringBuilder(mirrored.withoutPrefix(back, greedy)).reverse().toString();
  }

  String replaced(String value, String replacement, boolean all) throws DockerfileException {
    var result = new StringBuilder();
    int from = 0;
    int before = -1; // where the last match ended: one of nothing does not follow it at once
    while (from <= value.length()) {
      int end = end(value, from, true);
      boolean matches = end >= 0 && (end > from || from != before);
      if (matches) {
        result.append(replacement);
        before = end;
        if (!all) {
          return result.append(value, end, value.length()).toString();
        }
      }
      if (end <= from || !matches) {
        result.append(value, from, Math.min(from + 1, value.length()));
        from++;
      } else {
        from = end;
      }
    }
    return result.toString();
  }

  /// Where a match that begins at `from` ends; -1 where there is none.
  private int end(String value, int from, boolean longest) throws DockerfileException {
    BitSet states = new BitSet();
    enter(states, 0);
    int found = -1;
    for (int i = from; ; i++) {
      if (states.get(parts.length())) {
        found = i;
        if (!longest) {
          return found;
        }
      }
      if (i == value.length() || states.isEmpty()) {
        return found;
      }
      states = after(states, value.charAt(i));
    }
  }

  private BitSet after(BitSet states, char c) throws DockerfileException {
    var next = new BitSet();
    for (int s = states.nextSetBit(0); s >= 0 && s < parts.length(); s = states.nextSetBit(s + 1)) {
      steps++;
      char part = parts.charAt(s);
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
    while (s < parts.length() && parts.charAt(s) == ANY) { // which may stand for nothing
      s++;
      states.set(s);
    }
  }
}
