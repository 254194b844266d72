package swarm.runtime.dockerfile;

/// Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are classes, a
/// backslash takes the next character as it is. Characters are Unicode's, not UTF-16's halves.
/// Pure.
public final class FileMatch {
  private FileMatch() {}

  /// Whether a pattern has anything but plain characters in it, by Docker's rule for `COPY`.
  public static boolean isPattern(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '*' || c == '?' || c == '[') {
        return true;
      }
    }
    return false;
  }

  /// Whether all of `name` is matched.
  ///
  /// @throws DockerfileException where the pattern has no sense
  public static boolean matches(String pattern, String name) throws DockerfileException {
    check(pattern);
    // the last star is gone back to: what an earlier one could take, the last one can, too, as both
    // stop at the same slash
    int p = 0;
    int n = 0;
    int star = -1;
    int from = 0;
    while (n < name.length() || p < pattern.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p;
        from = n;
        p++;
        continue;
      }
      if (p < pattern.length() && n < name.length()) {
        int c = name.codePointAt(n);
        int next = one(pattern, p, c);
        if (next > 0) {
          p = next;
          n += Character.charCount(c);
          continue;
        }
      }
      if (star < 0 || from >= name.length() || name.charAt(from) == '/') {
        return false;
      }
      from += Character.charCount(name.codePointAt(from));
      n = from;
      p = star + 1;
    }
    return true;
  }

  /// @throws DockerfileException where a pattern has no sense
  static void check(String pattern) throws DockerfileException {
    for (int i = 0; i < pattern.length(); ) {
      i = end(pattern, i);
    }
  }

  /// Where the part of a pattern that begins at `p` ends.
  private static int end(String pattern, int p) throws DockerfileException {
    return switch (pattern.charAt(p)) {
      case '\\' -> behind(pattern, escaped(pattern, p));
      case '[' -> classEnd(pattern, p);
      default -> behind(pattern, p);
    };
  }

  /// Where the character at `p` ends.
  private static int behind(String pattern, int p) {
    return p + Character.charCount(pattern.codePointAt(p));
  }

  private static int escaped(String pattern, int p) throws DockerfileException {
    if (p + 1 >= pattern.length()) {
      throw bad(pattern);
    }
    return p + 1;
  }

  /// Where the class that begins at `p` ends.
  static int classEnd(String pattern, int p) throws DockerfileException {
    int at = p + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    boolean first = true;
    while (first || at >= pattern.length() || pattern.charAt(at) != ']') {
      at = memberEnd(pattern, at);
      if (at < pattern.length() && pattern.charAt(at) == '-') {
        at = memberEnd(pattern, at + 1);
      }
      first = false;
    }
    return at + 1;
  }

  private static int memberEnd(String pattern, int at) throws DockerfileException {
    if (at >= pattern.length() || pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
      throw bad(pattern);
    }
    int own = pattern.charAt(at) == '\\' ? escaped(pattern, at) : at;
    int end = behind(pattern, own);
    if (end >= pattern.length()) { // the class has no end
      throw bad(pattern);
    }
    return end;
  }

  private static DockerfileException bad(String pattern) {
    return new DockerfileException("syntax error in pattern: " + pattern);
  }

  /// Where the part of a pattern ends that takes `c`; 0 where it does not.
  private static int one(String pattern, int p, int c) throws DockerfileException {
    int end = end(pattern, p);
    boolean takes =
        switch (pattern.charAt(p)) {
          case '?' -> c != '/';
          case '\\' -> pattern.codePointAt(p + 1) == c;
          case '[' -> inClass(pattern.substring(p, end), c);
          default -> pattern.codePointAt(p) == c;
        };
    return takes ? end : 0;
  }

  /// Whether a class, with its brackets, which was checked, has a character.
  static boolean inClass(String members, int c) {
    int end = members.length() - 1;
    int at = 1;
    boolean not = members.charAt(at) == '^';
    at += not ? 1 : 0;
    boolean in = false;
    while (at < end) {
      at += members.charAt(at) == '\\' ? 1 : 0;
      int low = members.codePointAt(at);
      int high = low;
      at += Character.charCount(low);
      if (at < end && members.charAt(at) == '-') {
        at++;
        at += members.charAt(at) == '\\' ? 1 : 0;
        high = members.codePointAt(at);
        at += Character.charCount(high);
      }
      in |= low <= c && c <= high;
    }
    return in != not;
  }
}
