package swarm.node.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Takes a template apart into texts and actions, and actions into tokens, as Go's
/// `text/template/parse` does.
final class Lexer {
  /// @param text what stands before the action; after the last one, what is left
  /// @param tokens of the action, with an END; empty after the last text
  record Piece(String text, List<Token> tokens) {}

  private static final String SPACES = " \t\r\n";

  private final String source;
  private int at;

  Lexer(String source) {
    this.source = source;
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
        tokens.add(new Token(Token.Kind.END, "", at, spaced));
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
      case '|' -> new Token(Token.Kind.PIPE, "|", start, spaced);
      case '(' -> new Token(Token.Kind.OPEN, "(", start, spaced);
      case ')' -> new Token(Token.Kind.CLOSE, ")", start, spaced);
      case '"' -> new Token(Token.Kind.STRING, quoted(start), start, spaced);
      case '`' -> new Token(Token.Kind.STRING, raw(start), start, spaced);
      case '$' -> {
        if (at < source.length() && letter(source.charAt(at))) {
          throw TemplateException.unimplemented(
              "a variable such as '$" + word() + "' in a template");
        }
        yield new Token(Token.Kind.ROOT, "$", start, spaced);
      }
      case '.' -> {
        String name = word();
        yield name.isEmpty()
            ? new Token(Token.Kind.DOT, ".", start, spaced)
            : new Token(Token.Kind.FIELD, name, start, spaced);
      }
      default -> {
        at = start;
        if (digit(c) || (c == '-' && at + 1 < source.length() && digit(source.charAt(at + 1)))) {
          yield new Token(Token.Kind.NUMBER, number(), start, spaced);
        }
        String word = word();
        if (word.isEmpty()) {
          throw wrong(start, "unexpected '" + c + "' in action");
        }
        yield new Token(Token.Kind.WORD, word, start, spaced);
      }
    };
  }

  private String word() {
    int start = at;
    while (at < source.length() && (letter(source.charAt(at)) || digit(source.charAt(at)))) {
      at++;
    }
    return source.substring(start, at);
  }

  private String number() throws TemplateException {
    int start = at++;
    while (at < source.length() && (letter(source.charAt(at)) || digit(source.charAt(at)))) {
      at++;
    }
    String number = source.substring(start, at);
    if (!number.matches("-?\\d{1,18}")) {
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

  private String quoted(int start) throws TemplateException {
    var text = new StringBuilder();
    while (at < source.length()) {
      char c = source.charAt(at++);
      if (c == '"') {
        return text.toString();
      }
      if (c == '\n') {
        break;
      }
      text.append(c == '\\' ? escaped(start) : String.valueOf(c));
    }
    throw wrong(start, "unterminated quoted string");
  }

  private String escaped(int start) throws TemplateException {
    char c = at < source.length() ? source.charAt(at++) : ' ';
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case '\\', '"' -> String.valueOf(c);
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
    return wrong(source, where, why);
  }

  static TemplateException wrong(String source, int where, String why) {
    long line = 1 + source.substring(0, where).chars().filter(c -> c == '\n').count();
    return TemplateException.of("template: expansion:" + line + ": " + why);
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
