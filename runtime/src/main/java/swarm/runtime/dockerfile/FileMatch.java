package swarm.runtime.dockerfile;

/// Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are classes, a
/// backslash takes the next character as it is. Pure.
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
        int next = one(pattern, p, name.charAt(n));
        if (next > 0) {
          p = next;
          n++;
          continue;
        }
      }
      if (star < 0 || from >= name.length() || name.charAt(from) == '/') {
        return false;
      }
      from++;
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
      case '\\' -> escaped(pattern, p) + 1;
      case '[' -> classEnd(pattern, p);
      default -> p + 1;
    };
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
    if (own + 1 >= pattern.length()) { // the class has no end
      throw bad(pattern);
    }
    return own + 1;
  }

  private static DockerfileException bad(String pattern) {
    return new DockerfileException("syntax error in pattern: " + pattern);
  }

  /// Where the part of a pattern ends that takes `c`; 0 where it does not.
  private static int one(String pattern, int p, char c) throws DockerfileException {
    int end = end(pattern, p);
    boolean takes =
        switch (pattern.charAt(p)) {
          case '?' -> c != '/';
          case '\\' -> pattern.charAt(p + 1) == c;
          case '[' -> inClass(pattern.substring(p, end), c);
          default -> pattern.charAt(p) == c;
        };
    return takes ? end : 0;
  }

  /// Whether a class, with its brackets, which was checked, has a character.
  static boolean inClass(String members, char c) {
    int end = members.length() - 1;
    int at = 1;
    boolean not = members.charAt(at) == '^';
    at += not ? 1 : 0;
    boolean in = false;
    while (at < end) {
      at += members.charAt(at) == '\\' ? 1 : 0;
      char low = members.charAt(at);
      char high = low;
      at++;
      if (at < end && members.charAt(at) == '-') {
        at++;
        at += members.charAt(at) == '\\' ? 1 : 0;
        high = members.charAt(at);
        at++;
      }
      in |= low <= c && c <= high;
    }
    return in != not;
  }
}
