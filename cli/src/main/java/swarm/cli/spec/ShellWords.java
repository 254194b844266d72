package swarm.cli.spec;

import java.util.ArrayList;
import java.util.List;

/// Splits a command as Docker's does (github.com/google/shlex): blanks part, quotes join, a
/// backslash takes the next character as it is outside of single quotes, and a `#` before a word
/// begins a comment. Pure.
public final class ShellWords {
  private static final String BLANKS = " \t\r\n";

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean begun;

  private ShellWords(String text) {
    this.text = text;
  }

  /// Of an option's value.
  public static List<String> split(String text, String option) throws InvalidValueException {
    try {
      return split(text);
    } catch (InvalidValueException e) {
      throw InvalidValueException.of(text, option, e.reason());
    }
  }

  /// @throws InvalidValueException where a quote is not closed, or nothing follows a backslash
  public static List<String> split(String text) throws InvalidValueException {
    return new ShellWords(text).all();
  }

  private List<String> all() throws InvalidValueException {
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'') {
        if (++i == text.length()) {
          throw new InvalidValueException("EOF found after escape character");
        }
        take(text.charAt(i));
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
        end();
      } else if (c == '#' && !begun) {
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end;
      } else {
        take(c);
      }
    }
    if (quote != 0) {
      throw new InvalidValueException("EOF found when expecting closing quote");
    }
    end();
    return words;
  }

  private void take(char c) {
    word.append(c);
    begun = true;
  }

  private void end() {
    if (begun) {
      words.add(word.toString());
      word.setLength(0);
      begun = false;
    }
  }
}
