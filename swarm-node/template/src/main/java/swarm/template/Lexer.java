package swarm.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Takes a template apart into texts and actions, and actions into tokens, as Go's
/// `text/template/parse` does.
final class Lexer {
  /// @param text what stands before the action; after the last one, what is left
  /// @param tokens of the action, with an END; empty after the last text
  record Piece(String text, List<Token> tokens) {}

  private static final String SPACES = " \t\r\n";

  private final String source;
  private final Language language;
  private int at;

  Lexer(String source, Language language) {
    this.source = source;
    this.language = language;
  }

  List<Piece> pieces() throws TemplateException {
    var pieces = new ArrayList<Piece>();
    boolean trimmed = false;
    while (true) {
      int open = source.indexOf("{{", at);
      String text = source.substring(at, open < 0 ? source.length() : open);
      text = trimmed ? stripLeading(text) : text;
      if (open < 0) {
        pieces.add(new Piece(text, List.of()));
        return pieces;
      }
      at = open + 2;
      if (source.startsWith("-", at) && at + 1 < source.length() && space(source.charAt(at + 1))) {
        text = stripTrailing(text);
        at++;
      }
      List<Token> tokens = comment(open) ? List.of() : action();
      pieces.add(new Piece(text, tokens));
      trimmed = closing();
    }
  }

  /// Whether a comment was skipped.
  private boolean comment(int open) throws TemplateException {
    int start = at;
    while (start < source.length() && space(source.charAt(start))) {
      start++;
    }
    if (!source.startsWith("/*", start)) {
      return false;
    }
    int end = source.indexOf("*/", start + 2);
    if (end < 0) {
      throw wrong(open, "unclosed comment");
    }
    at = end + 2;
    return true;
  }

  /// Skips what closes an action.
  ///
  /// @return whether the white space behind it goes, too
  private boolean closing() throws TemplateException {
    int start = at;
    while (start < source.length() && space(source.charAt(start))) {
      start++;
    }
    if (start > at && source.startsWith("-}}", start)) {
      at = start + 3;
      return true;
    }
    if (!source.startsWith("}}", start)) {
      throw wrong(start, "unclosed action");
    }
    at = start + 2;
    return false;
  }

  private boolean closes() {
    return at >= source.length()
        || source.startsWith("}}", at)
        || (source.startsWith("-}}", at) && at > 0 && space(source.charAt(at - 1)));
  }

  private List<Token> action() throws TemplateException {
    var tokens = new ArrayList<Token>();
    while (true) {
      int start = at;
      while (at < source.length() && space(source.charAt(at))) {
        at++;
      }
      boolean spaced = at > start;
      if (closes()) {
        tokens.add(new Token(Token.Kind.END, "", at, at, spaced));
        at = spaced ? start : at;
        return tokens;
      }
      tokens.add(token(spaced));
    }
  }

  private Token token(boolean spaced) throws TemplateException {
    int start = at;
    char c = source.charAt(at++);
    return switch (c) {
      case '|' -> made(Token.Kind.PIPE, "|", start, spaced);
      case '(' -> made(Token.Kind.OPEN, "(", start, spaced);
      case ')' -> made(Token.Kind.CLOSE, ")", start, spaced);
      case '"' -> made(Token.Kind.STRING, quoted(start, '"'), start, spaced);
      case '`' -> made(Token.Kind.STRING, raw(start), start, spaced);
      case '$' -> {
        String name = word();
        if (!language.whole() && !name.isEmpty()) {
          throw TemplateException.unimplemented("a variable such as '$" + name + "' in a template");
        }
        yield made(Token.Kind.VARIABLE, name, start, spaced);
      }
      case '.' -> {
        if (language.whole() && at < source.length() && digit(source.charAt(at))) {
          yield made(Token.Kind.NUMBER, number(start), start, spaced);
        }
        String name = word();
        yield name.isEmpty()
            ? made(Token.Kind.DOT, ".", start, spaced)
            : made(Token.Kind.FIELD, name, start, spaced);
      }
      default -> {
        at = start;
        yield language.whole() && ":=,'".indexOf(c) >= 0 ? sign(c, spaced) : other(c, spaced);
      }
    };
  }

  private Token made(Token.Kind kind, String text, int start, boolean spaced) {
    return new Token(kind, text, start, at, spaced);
  }

  /// What only the whole language has.
  private Token sign(char c, boolean spaced) throws TemplateException {
    int start = at++;
    if (c == ',') {
      return made(Token.Kind.COMMA, ",", start, spaced);
    }
    if (c == '=') {
      return made(Token.Kind.ASSIGN, "=", start, spaced);
    }
    if (c == ':') {
      if (!source.startsWith("=", at)) {
        throw wrong(start, "expected :=");
      }
      at++;
      return made(Token.Kind.DECLARE, ":=", start, spaced);
    }
    String character = Value.Text.shown(quoted(start, '\''));
    if (character.codePointCount(0, character.length()) != 1) {
      throw wrong(start, "malformed character constant: " + source.substring(start, at));
    }
    return made(Token.Kind.CHARACTER, "" + character.codePointAt(0), start, spaced);
  }

  private Token other(char c, boolean spaced) throws TemplateException {
    int start = at;
    boolean signed = c == '-' || (c == '+' && language.whole());
    if (digit(c) || (signed && at + 1 < source.length() && digit(source.charAt(at + 1)))) {
      return made(Token.Kind.NUMBER, number(start), start, spaced);
    }
    String word = word();
    if (word.isEmpty()) {
      throw wrong(start, "unexpected '" + c + "' in action");
    }
    return made(Token.Kind.WORD, word, start, spaced);
  }

  private String word() {
    int start = at;
    while (at < source.length() && (letter(source.charAt(at)) || digit(source.charAt(at)))) {
      at++;
    }
    return source.substring(start, at);
  }

  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,18}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d{1,18}|0x[0-9a-fA-F]{1,15}|\\d{0,18}\\.\\d{1,18})");

  private String number(int start) throws TemplateException {
    at = start + 1;
    while (at < source.length()
        && (letter(source.charAt(at))
            || digit(source.charAt(at))
            || (language.whole() && source.charAt(at) == '.'))) {
      at++;
    }
    String number = source.substring(start, at);
    if (!(language.whole() ? NUMBER : WHOLE).matcher(number).matches()) {
      throw wrong(start, "bad number syntax: \"" + number + "\"");
    }
    return number;
  }

  private String raw(int start) throws TemplateException {
    int end = source.indexOf('`', at);
    if (end < 0) {
      throw wrong(start, "unterminated raw quoted string");
    }
    String text = source.substring(at, end);
    at = end + 1;
    return text;
  }

  private String quoted(int start, char end) throws TemplateException {
    var text = new StringBuilder();
    while (at < source.length()) {
      char c = source.charAt(at++);
      if (c == end) {
        return text.toString();
      }
      if (c == '\n') {
        break;
      }
      text.append(c == '\\' ? escaped(start) : String.valueOf(c));
    }
    throw wrong(
        start, end == '"' ? "unterminated quoted string" : "unterminated character constant");
  }

  private String escaped(int start) throws TemplateException {
    char c = at < source.length() ? source.charAt(at++) : ' ';
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case '\\', '"' -> String.valueOf(c);
      case '\'' -> "'";
      case 'x' -> String.valueOf((char) hexadecimal(start, 2));
      case 'u' -> {
        byte[] bytes = Character.toString(hexadecimal(start, 4)).getBytes(StandardCharsets.UTF_8);
        yield new String(bytes, StandardCharsets.ISO_8859_1);
      }
      default -> throw wrong(start, "invalid syntax: an escape that is not known, \\" + c);
    };
  }

  private int hexadecimal(int start, int digits) throws TemplateException {
    int end = Math.min(source.length(), at + digits);
    String text = source.substring(at, end);
    if (text.length() < digits || !text.matches("[0-9a-fA-F]+")) {
      throw wrong(start, "invalid syntax: an escape without its digits");
    }
    at = end;
    return Integer.parseInt(text, 16);
  }

  /// A parse error with its line, as Go has it.
  TemplateException wrong(int where, String why) {
    return wrong(language, source, where, why);
  }

  static TemplateException wrong(Language language, String source, int where, String why) {
    long line = 1 + source.substring(0, where).chars().filter(c -> c == '\n').count();
    return TemplateException.of("template: " + language.name() + ":" + line + ": " + why);
  }

  private static String stripLeading(String text) {
    int from = 0;
    while (from < text.length() && space(text.charAt(from))) {
      from++;
    }
    return text.substring(from);
  }

  private static String stripTrailing(String text) {
    int to = text.length();
    while (to > 0 && space(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }

  private static boolean space(char c) {
    return SPACES.indexOf(c) >= 0;
  }

  private static boolean letter(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}
