package swarm.runtime.json;

import java.nio.charset.StandardCharsets;

/// Texts in JSON as Go reads them (`encoding/json`): what can be no text becomes U+FFFD, so that
/// all that was read can be written again. Pure.
public final class JsonTexts {
  private static final String REPLACEMENT = "fffd";
  private static final int HEX = 16;

  /// Characters of `\\u0000`.
  private static final int ESCAPE = 6;

  private JsonTexts() {}

  /// JSON that came as bytes, which need not be UTF-8.
  public static String decode(byte[] json) {
    return wellFormed(new String(json, StandardCharsets.UTF_8));
  }

  /// JSON in which no escape stands for half of a surrogate pair (RFC 8259, section 8.2).
  public static String wellFormed(String json) {
    int backslash = json.indexOf('\\');
    if (backslash < 0) {
      return json;
    }
    var mended = new StringBuilder(json);
    for (int i = backslash; i + 1 < mended.length(); ) {
      if (mended.charAt(i) != '\\') {
        i++;
      } else if (mended.charAt(i + 1) != 'u') {
        i += 2; // a backslash may be what is escaped
      } else {
        i += unit(mended, i);
      }
    }
    return mended.toString();
  }

  /// Mends the escape of a UTF-16 unit.
  ///
  /// @return how many characters it has, with its other half
  private static int unit(StringBuilder json, int at) {
    int unit = value(json, at);
    if (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE) {
      return 2;
    }
    int next = value(json, at + ESCAPE);
    if (unit <= Character.MAX_HIGH_SURROGATE
        && next >= Character.MIN_LOW_SURROGATE
        && next <= Character.MAX_LOW_SURROGATE) {
      return 2 * ESCAPE;
    }
    json.replace(at + 2, at + ESCAPE, REPLACEMENT);
    return ESCAPE;
  }

  /// The number that an escape has; -1 where there is none.
  private static int value(StringBuilder json, int at) {
    if (at + ESCAPE > json.length() || json.charAt(at) != '\\' || json.charAt(at + 1) != 'u') {
      return -1;
    }
    int value = 0;
    for (int i = at + 2; i < at + ESCAPE; i++) {
      int digit = Character.digit(json.charAt(i), HEX);
      if (digit < 0) {
        return -1;
      }
      value = value * HEX + digit;
    }
    return value;
  }
}
