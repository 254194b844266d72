package swarm.runtime.dockerfile;

/// Characters as Go's packages `unicode` and `strings` see them, which Docker reads Dockerfiles
/// with. Pure.
final class Characters {
  private static final int LAST_OF_LATIN_1 = 0xff;

  private Characters() {}

  /// Go's `unicode.IsSpace`.
  static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || c == ' '
        || c == 0x85
        || c == 0xa0
        || (c > LAST_OF_LATIN_1 && Character.isSpaceChar(c));
  }

  /// The blanks that part words: `[\t\v\f\r ]`.
  static boolean isBlank(char c) {
    return c == '\t' || c == 0x0b || c == '\f' || c == '\r' || c == ' ';
  }

  /// Go's `strings.TrimSpace`.
  static String trim(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return trimLeft(text.substring(0, end));
  }

  static String trimLeft(String text) {
    int begin = 0;
    while (begin < text.length() && isSpace(text.charAt(begin))) {
      begin++;
    }
    return text.substring(begin);
  }

  /// Without line ends behind it.
  static String trimNewline(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }
}
