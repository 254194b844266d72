package swarm.cli.spec;

import java.util.ArrayList;
import java.util.List;

/// Splits a text into words as a POSIX shell does: blanks part, quotes and backslashes join.
public final class ShellWords {
  private ShellWords() {}

  public static List<String> split(String text, String option) throws InvalidValueException {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') {
          word.append(c);
        }
        word.append(next);
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
      } else if (Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
          word.setLength(0);
          begun = false;
        }
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      throw InvalidValueException.of(text, option, "a quote is not closed");
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
