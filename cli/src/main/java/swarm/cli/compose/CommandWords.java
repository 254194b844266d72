package swarm.cli.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Splits `command` and `entrypoint` as Docker's command does (github.com/google/shlex): blanks
/// part, quotes join, a backslash takes the next character as it is outside of single quotes, and a
/// `#` before a word begins a comment.
final class CommandWords {
  private static final String BLANKS = " \t\r\n";

  private CommandWords() {}

  /// @return empty where a quote is not closed, or nothing follows a backslash
  static Optional<List<String>> split(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'') {
        if (++i == text.length()) {
          return Optional.empty();
        }
        word.append(text.charAt(i));
        begun = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        begun = true;
      } else if (BLANKS.indexOf(c) >= 0) {
        if (begun) {
          words.add(word.toString());
          word.setLength(0);
          begun = false;
        }
      } else if (c == '#' && !begun) {
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      return Optional.empty();
    }
    if (begun) {
      words.add(word.toString());
    }
    return Optional.of(words);
  }
}
