package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An instruction's line in its three parts. Pure.
///
/// @param keyword as it is written
/// @param flags the words that begin with `--` and come first
/// @param rest what is left
record CommandLine(String keyword, List<String> flags, String rest) {
  /// In capitals, as it is looked up.
  String name() {
    return keyword.toUpperCase(Locale.ROOT);
  }

  static CommandLine of(String line, char escape) {
    String text = Characters.trim(line);
    int end = 0;
    while (end < text.length() && !Characters.isBlank(text.charAt(end))) {
      end++;
    }
    int begin = end;
    while (begin < text.length() && Characters.isBlank(text.charAt(begin))) {
      begin++;
    }
    var flags = new FlagReader(text.substring(begin), escape);
    flags.read();
    return new CommandLine(
        text.substring(0, end), List.copyOf(flags.words), Characters.trim(flags.rest));
  }

  /// Takes the flags off (BuildKit's `extractBuilderFlags`).
  private static final class FlagReader {
    private final String text;
    private final char escape;
    private final List<String> words = new ArrayList<>();
    private String rest = "";
    private int at = 0;

    FlagReader(String text, char escape) {
      this.text = text;
      this.escape = escape;
    }

    void read() {
      while (true) {
        while (at < text.length() && Characters.isSpace(text.charAt(at))) {
          at++;
        }
        if (!text.startsWith("--", at)) {
          rest = text.substring(at);
          return;
        }
        String word = word();
        if (word.equals("--")) {
          rest = text.substring(at);
          return;
        }
        words.add(word);
      }
    }

    private String word() {
      var word = new StringBuilder();
      char quote = 0;
      while (at < text.length()) {
        char c = text.charAt(at);
        if (quote == 0 && Characters.isSpace(c)) {
          break;
        }
        at++;
        if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == quote && quote != 0) {
          quote = 0;
        } else if (c != escape) {
          word.append(c);
        } else if (at < text.length()) { // at the very end it is skipped
          word.append(text.charAt(at++));
        }
      }
      return word.toString();
    }
  }

  /// The words of `rest` that blanks part, as they are written.
  List<String> fields() {
    var all = new ArrayList<String>();
    int begin = 0;
    for (int i = 0; i <= rest.length(); i++) {
      if (i == rest.length() || Characters.isBlank(rest.charAt(i))) {
        if (i > begin) {
          all.add(rest.substring(begin, i));
        }
        begin = i + 1;
      }
    }
    return all;
  }

  /// The words of `rest` that blanks outside of quotes part; quotes and escapes stay (BuildKit's
  /// `parseWords`).
  List<String> quotedWords(char escape) {
    var all = new ArrayList<String>();
    var word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (quote == 0 && Characters.isSpace(c)) {
        if (!word.isEmpty()) {
          all.add(word.toString());
        }
        word.setLength(0);
        continue;
      }
      if (c == escape && quote != '\'') {
        if (i + 1 == rest.length()) {
          break; // at the very end it is skipped
        }
        word.append(c);
        i++;
        c = rest.charAt(i);
      } else if (c == quote && quote != 0) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      }
      word.append(c);
    }
    if (!word.isEmpty()) {
      all.add(word.toString());
    }
    return all;
  }
}
