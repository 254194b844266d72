package swarm.runtime.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Words of a Dockerfile's instructions, with quotes, backslashes and variables resolved as Docker
/// does it: `$NAME`, `${NAME}`, `${NAME:-WORD}` and its like (POSIX.1-2017, 2.6.2) but in single
/// quotes. What a variable gives outside of quotes is parted at its blanks. Confined to one thread.
final class DockerfileWords {
  private static final String SPECIAL = "@*#?-$!";

  private static final int DEEPEST = 32;

  /// What the kernel takes of one argument or variable (MAX_ARG_STRLEN): a variable of itself twice
  /// would double with each instruction.
  private static final int LONGEST = 128 * 1024;

  private final Map<String, String> variables;
  private final String text;
  private final int depth;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder whole = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private boolean begun;
  private int at;

  private DockerfileWords(String text, Map<String, String> variables, int depth) {
    this.text = text;
    this.variables = variables;
    this.depth = depth;
  }

  /// The words that blanks part.
  ///
  /// @throws ImageException for a quote or brace without its end, or another kind of substitution
  static List<String> split(String text, Map<String, String> variables) throws ImageException {
    var all = new DockerfileWords(text, variables, 0);
    all.read('\0');
    all.endWord();
    return List.copyOf(all.words);
  }

  /// The text as one word, its blanks kept.
  ///
  /// @throws ImageException as [#split]
  static String whole(String text, Map<String, String> variables) throws ImageException {
    var all = new DockerfileWords(text, variables, 0);
    all.read('\0');
    return all.whole.toString();
  }

  /// Up to the end, or an `end` that nothing quotes.
  private void read(char end) throws ImageException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == end && end != '\0') {
        return;
      }
      switch (c) {
        case '\'' -> quoted();
        case '"' -> doubleQuoted();
        case '\\' -> literal(at < text.length() ? text.charAt(at++) : c);
        case '$' -> parted(dollar());
        default -> {
          if (Character.isWhitespace(c)) {
            endWord();
            whole.append(c);
          } else {
            literal(c);
          }
        }
      }
      bound();
    }
    if (end != '\0') {
      throw invalid("'" + end + "' is missing");
    }
  }

  private void literal(char c) {
    word.append(c);
    whole.append(c);
    begun = true;
  }

  private void literal(String value) {
    word.append(value);
    whole.append(value);
    begun = true;
  }

  private void parted(String value) {
    whole.append(value);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isWhitespace(c)) {
        endWord();
      } else {
        word.append(c);
        begun = true;
      }
    }
  }

  private void endWord() {
    if (begun) {
      words.add(word.toString());
    }
    word.setLength(0);
    begun = false;
  }

  private void quoted() throws ImageException {
    int end = text.indexOf('\'', at);
    if (end < 0) {
      throw invalid("a single quote has no end");
    }
    literal(text.substring(at, end));
    at = end + 1;
  }

  private void doubleQuoted() throws ImageException {
    begun = true;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c == '$') {
        literal(dollar());
      } else if (c == '\\' && at < text.length() && "\\\"$".indexOf(text.charAt(at)) >= 0) {
        literal(text.charAt(at++));
      } else {
        literal(c);
      }
      bound();
    }
    throw invalid("a double quote has no end");
  }

  private void bound() throws ImageException {
    if (whole.length() > LONGEST) {
      throw Configuration.invalid(
          "a value of more than " + LONGEST + " characters: no process could be given it");
    }
  }

  /// What stands behind a dollar sign.
  private String dollar() throws ImageException {
    if (at < text.length() && text.charAt(at) == '{') {
      at++;
      return braces();
    }
    String name = name();
    return name.isEmpty() ? "$" : variables.getOrDefault(name, "");
  }

  private String braces() throws ImageException {
    String name = name();
    if (name.isEmpty() || at >= text.length()) {
      throw invalid("'${' needs a name and '}'");
    }
    String value = variables.get(name);
    if (text.charAt(at) == '}') {
      at++;
      return value == null ? "" : value;
    }
    boolean orEmpty = text.charAt(at) == ':';
    at += orEmpty ? 1 : 0;
    char kind = at < text.length() ? text.charAt(at++) : '\0';
    String other = inner();
    boolean given = value != null && !(orEmpty && value.isEmpty());
    String own = value == null ? "" : value;
    return switch (kind) {
      case '-' -> given ? own : other;
      case '+' -> given ? other : "";
      case '?' -> {
        if (!given) {
          throw invalid(name + ": " + (other.isEmpty() ? "is not allowed to be unset" : other));
        }
        yield own;
      }
      default -> throw invalid("unsupported modifier (" + kind + ") in substitution");
    };
  }

  private String inner() throws ImageException {
    if (depth == DEEPEST) {
      throw invalid("substitutions are nested more than " + DEEPEST + " times");
    }
    var rest = new DockerfileWords(text, variables, depth + 1);
    rest.at = at;
    rest.read('}');
    at = rest.at;
    return rest.whole.toString();
  }

  private String name() {
    int begin = at;
    if (at < text.length() && (SPECIAL.indexOf(text.charAt(at)) >= 0)) {
      at++;
    } else if (at < text.length() && isDigit(text.charAt(at))) {
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
    } else {
      while (at < text.length() && isLetter(text.charAt(at))) {
        at++;
      }
    }
    return text.substring(begin, at);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c == '_' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private ImageException invalid(String why) {
    return Configuration.invalid("failed to process \"" + text + "\": " + why);
  }
}
