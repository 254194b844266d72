package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Words of a Dockerfile's instructions, with quotes, escapes and variables resolved as Docker does
/// it (BuildKit's `shell.Lex`): `$NAME`, `${NAME}`, `${NAME:-WORD}` and its like (POSIX.1-2017,
/// 2.6.2), `${NAME#PATTERN}`, `${NAME/PATTERN/WORD}`, but in single quotes. What a variable gives
/// outside of quotes is parted at its blanks. Confined to one thread.
public final class Words {
  private static final String SPECIAL = "@*#?-$!";
  private static final char END = '\0';
  private static final int DEEPEST = 32;

  /// What the kernel takes of one argument or variable (MAX_ARG_STRLEN): a variable of itself twice
  /// would double with each instruction.
  private static final int LONGEST = 128 * 1024;

  /// How a text is read.
  ///
  /// @param escape backslash or backtick
  /// @param rawQuotes whether quotes stay
  /// @param rawEscapes whether the escape character stays
  /// @param keepUnset whether a variable that is not set stays as it is written
  /// @param quotes whether quotes mean anything
  record Style(
      char escape, boolean rawQuotes, boolean rawEscapes, boolean keepUnset, boolean quotes) {
    Style(char escape, boolean rawQuotes, boolean rawEscapes, boolean keepUnset) {
      this(escape, rawQuotes, rawEscapes, keepUnset, true);
    }

    static Style plain(char escape) {
      return new Style(escape, false, false, false);
    }

    Style escaping(boolean raw) {
      return new Style(escape, rawQuotes, raw, keepUnset, quotes);
    }
  }

  private final Map<String, String> variables;
  private final String text;
  private final Style style;
  private final int depth;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder whole = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private boolean begun;
  private int at;

  private Words(String text, Map<String, String> variables, Style style, int depth) {
    this.text = text;
    this.variables = variables;
    this.style = style;
    this.depth = depth;
  }

  /// The words that blanks part.
  ///
  /// @throws DockerfileException for a quote or brace without its end, or another kind of
  ///   substitution
  public static List<String> split(String text, Map<String, String> variables, char escape)
      throws DockerfileException {
    return split(text, variables, Style.plain(escape));
  }

  static List<String> split(String text, Map<String, String> variables, Style style)
      throws DockerfileException {
    var all = new Words(text, variables, style, 0);
    all.read(END);
    all.endWord();
    return List.copyOf(all.words);
  }

  /// The text as one word, its blanks kept.
  ///
  /// @throws DockerfileException as [#split]
  public static String whole(String text, Map<String, String> variables, char escape)
      throws DockerfileException {
    var all = new Words(text, variables, Style.plain(escape), 0);
    all.read(END);
    return all.whole.toString();
  }

  /// The lines of a here-document: variables alone are resolved, all else stays.
  ///
  /// @throws DockerfileException as [#split]
  public static String lines(String text, Map<String, String> variables, char escape)
      throws DockerfileException {
    var all = new Words(text, variables, new Style(escape, true, true, false, false), 0);
    all.read(END);
    return all.whole.toString();
  }

  /// Up to the end, or an `end` that nothing quotes.
  private void read(char end) throws DockerfileException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == end && end != END) {
        return;
      }
      if (c == style.escape()) {
        escaped(c);
      } else {
        unescaped(c);
      }
      bound();
    }
    if (end != END) {
      throw invalid("syntax error: missing '" + end + "'");
    }
  }

  private void escaped(char c) {
    if (style.rawEscapes()) {
      literal(c);
    }
    if (at < text.length()) {
      literal(text.charAt(at++));
    }
  }

  private void unescaped(char c) throws DockerfileException {
    if (!style.quotes() && (c == '\'' || c == '"')) {
      literal(c);
      return;
    }
    switch (c) {
      case '\'' -> quoted();
      case '"' -> doubleQuoted();
      case '$' -> parted(dollar());
      case '<' -> hereDocument();
      default -> {
        if (Characters.isSpace(c)) {
          endWord();
          whole.append(c);
        } else {
          literal(c);
        }
      }
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
      if (Characters.isSpace(c)) {
        endWord();
      } else {
        word.append(c);
        begun = true;
      }
    }
  }

  private void endWord() {
    if (begun && !word.isEmpty()) {
      words.add(word.toString());
    }
    word.setLength(0);
    begun = false;
  }

  /// Blanks between `<<` and the word belong to it.
  private void hereDocument() {
    literal('<');
    if (at >= text.length() || text.charAt(at) != '<') {
      return;
    }
    literal(text.charAt(at++));
    while (at < text.length() && " \t\r".indexOf(text.charAt(at)) >= 0) {
      literal(text.charAt(at++));
    }
  }

  private void quoted() throws DockerfileException {
    int end = text.indexOf('\'', at);
    if (end < 0) {
      throw invalid("unexpected end of statement while looking for matching single-quote");
    }
    literal(style.rawQuotes() ? text.substring(at - 1, end + 1) : text.substring(at, end));
    at = end + 1;
  }

  private void doubleQuoted() throws DockerfileException {
    begun = true;
    rawQuote();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        rawQuote();
        return;
      }
      if (c == '$') {
        literal(dollar());
      } else if (c == style.escape()) {
        escapedInQuotes(c);
      } else {
        literal(c);
      }
      bound();
    }
    throw invalid("unexpected end of statement while looking for matching double-quote");
  }

  private void rawQuote() {
    if (style.rawQuotes()) {
      literal('"');
    }
  }

  private void escapedInQuotes(char c) {
    if (style.rawEscapes()) {
      literal(c);
    }
    if (at < text.length()) {
      char next = text.charAt(at);
      if (next == '"' || next == '$' || next == style.escape()) {
        at++;
        literal(next);
      } else {
        literal(c);
      }
    }
  }

  private void bound() throws DockerfileException {
    checkLength(whole.length());
  }

  /// @throws DockerfileException for more characters than a value may have
  static void checkLength(int length) throws DockerfileException {
    if (length > LONGEST) {
      throw new DockerfileException(
          "a value of more than " + LONGEST + " characters: no process could be given it");
    }
  }

  /// What stands behind a dollar sign.
  private String dollar() throws DockerfileException {
    if (at < text.length() && text.charAt(at) == '{') {
      at++;
      return braces();
    }
    String name = name();
    if (name.isEmpty()) {
      return "$";
    }
    String value = variables.get(name);
    return value == null && style.keepUnset() ? "$" + name : value == null ? "" : value;
  }

  private String braces() throws DockerfileException {
    if (at >= text.length()) {
      throw invalid("syntax error: missing '}'");
    }
    if ("{}:".indexOf(text.charAt(at)) >= 0) {
      throw invalid("syntax error: bad substitution");
    }
    int begin = at;
    String name = name();
    if (at >= text.length()) {
      throw invalid("syntax error: missing '}'");
    }
    String value = variables.get(name);
    String result = modified(name, value, text.charAt(at++));
    return value == null && style.keepUnset() ? "${" + text.substring(begin, at) : result;
  }

  private String modified(String name, @Nullable String value, char c) throws DockerfileException {
    String own = value == null ? "" : value;
    if (c == '}') {
      return own;
    }
    if (c == '/') {
      return replaced(own);
    }
    boolean orEmpty = c == ':';
    char kind = orEmpty && at < text.length() ? text.charAt(at++) : c;
    boolean trims = kind == '#' || kind == '%';
    if ("+-?#%".indexOf(kind) < 0 || (orEmpty && trims)) {
      throw invalid(
          "unsupported modifier (" + (orEmpty ? ":" + kind : "" + kind) + ") in substitution");
    }
    String other = inner('}', trims);
    boolean given = value != null && !(orEmpty && value.isEmpty());
    return switch (kind) {
      case '-' -> given ? own : other;
      case '+' -> given ? other : "";
      case '#', '%' -> trimmed(own, other, kind);
      default -> {
        if (!given && !style.keepUnset()) {
          String why = "is not allowed to be " + (value == null ? "unset" : "empty");
          throw invalid(name + ": " + (other.isEmpty() ? why : other));
        }
        yield own;
      }
    };
  }

  /// Once for the shortest, twice for the longest.
  private static String trimmed(String value, String pattern, char kind)
      throws DockerfileException {
    boolean greedy = !pattern.isEmpty() && pattern.charAt(0) == kind;
    var glob = ShellPattern.of(greedy ? pattern.substring(1) : pattern);
    return kind == '#' ? glob.withoutPrefix(value, greedy) : glob.withoutSuffix(value, greedy);
  }

  private String replaced(String value) throws DockerfileException {
    boolean all = at < text.length() && text.charAt(at) == '/';
    at += all ? 1 : 0;
    String pattern = inner('/', true);
    String replacement = inner('}', true);
    return ShellPattern.of(pattern).replaced(value, replacement, all);
  }

  private String inner(char end, boolean rawEscapes) throws DockerfileException {
    if (depth == DEEPEST) {
      throw invalid("substitutions are nested more than " + DEEPEST + " times");
    }
    var rest =
        new Words(text, variables, style.escaping(rawEscapes || style.rawEscapes()), depth + 1);
    rest.at = at;
    rest.read(end);
    at = rest.at;
    return rest.whole.toString();
  }

  private String name() {
    int begin = at;
    if (at < text.length() && SPECIAL.indexOf(text.charAt(at)) >= 0) {
      at++;
    } else if (at < text.length() && Character.isDigit(text.charAt(at))) {
      while (at < text.length() && Character.isDigit(text.charAt(at))) {
        at++;
      }
    } else {
      while (at < text.length() && isOfName(text.charAt(at))) {
        at++;
      }
    }
    return text.substring(begin, at);
  }

  private static boolean isOfName(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private DockerfileException invalid(String why) {
    return new DockerfileException("failed to process " + GoText.quote(text) + ": " + why);
  }
}
