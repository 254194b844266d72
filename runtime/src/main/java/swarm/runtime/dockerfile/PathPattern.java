package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A pattern of a `.dockerignore` with signs in it. All ways through it are followed at once, so
/// that the time of a match is its length times the path's. Immutable.
final class PathPattern {
  private sealed interface Part {
    /// A character as it is.
    record Plain(int c) implements Part {}

    /// `?`: one that is no slash.
    record One() implements Part {}

    /// `*`: any number of those.
    record Star() implements Part {}

    /// `**/`: nothing, or folders with the slash behind them.
    record Folders() implements Part {}

    /// `**` at the end: anything.
    record All() implements Part {}

    /// `[a-z]`.
    record Members(String text) implements Part {}
  }

  private final List<Part> parts;
  private final boolean plain;

  private PathPattern(List<Part> parts, boolean plain) {
    this.parts = parts;
    this.plain = plain;
  }

  static PathPattern of(String pattern) throws DockerfileException {
    FileMatch.check(pattern);
    var parts = new ArrayList<Part>();
    boolean plain = true;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      int next = i + Character.charCount(c);
      plain &= c != '*' && c != '?' && c != '[' && c != '\\';
      if (pattern.startsWith("**", i)) {
        next = i + (pattern.startsWith("**/", i) ? 3 : 2);
        parts.add(next == pattern.length() ? new Part.All() : new Part.Folders());
      } else if (c == '*') {
        parts.add(new Part.Star());
      } else if (c == '?') {
        parts.add(new Part.One());
      } else if (c == '[') {
        next = FileMatch.classEnd(pattern, i);
        parts.add(new Part.Members(pattern.substring(i, next)));
      } else if (c == '\\') {
        int escaped = pattern.codePointAt(i + 1); // there is one: it was checked
        next = i + 1 + Character.charCount(escaped);
        parts.add(new Part.Plain(escaped));
      } else {
        parts.add(new Part.Plain(c));
      }
      i = next;
    }
    return new PathPattern(List.copyOf(parts), plain);
  }

  /// Whether it has no sign at all.
  boolean isPlain() {
    return plain;
  }

  boolean matches(String path) {
    return matches(path, false);
  }

  /// Whether it matches a path, or a folder above it.
  boolean matchesWithParents(String path) {
    return matches(path, true);
  }

  private boolean matches(String path, boolean parents) {
    var states = new BitSet();
    var within = new BitSet(); // of folders whose slash has not come
    enter(states, 0);
    for (int c : path.codePoints().toArray()) {
      if (parents && c == '/' && states.get(parts.size())) {
        return true;
      }
      var next = new BitSet();
      var nextWithin = new BitSet();
      for (int s = states.nextSetBit(0); s >= 0 && s < parts.size(); s = states.nextSetBit(s + 1)) {
        step(s, c, next, nextWithin);
      }
      for (int s = within.nextSetBit(0); s >= 0; s = within.nextSetBit(s + 1)) {
        step(s, c, next, nextWithin);
      }
      states = next;
      within = nextWithin;
    }
    return states.get(parts.size());
  }

  private void step(int s, int c, BitSet next, BitSet within) {
    switch (parts.get(s)) {
      case Part.Plain(int own) -> {
        if (own == c) {
          enter(next, s + 1);
        }
      }
      case Part.One _ -> {
        if (c != '/') {
          enter(next, s + 1);
        }
      }
      case Part.Star _ -> {
        if (c != '/') {
          enter(next, s);
        }
      }
      case Part.Members(String text) -> {
        if (FileMatch.inClass(text, c)) {
          enter(next, s + 1);
        }
      }
      case Part.All _ -> enter(next, s);
      case Part.Folders _ -> {
        within.set(s);
        if (c == '/') {
          enter(next, s + 1);
        }
      }
    }
  }

  /// With what follows where a part may stand for nothing.
  private void enter(BitSet states, int state) {
    states.set(state);
    for (int s = state;
        s < parts.size()
            && (parts.get(s) instanceof Part.Star
                || parts.get(s) instanceof Part.All
                || parts.get(s) instanceof Part.Folders);
        s++) {
      states.set(s + 1);
    }
  }
}
