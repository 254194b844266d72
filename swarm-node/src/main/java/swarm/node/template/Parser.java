package swarm.node.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.node.template.Expression.Part;

/// Reads a template.
final class Parser {
  private static final Set<String> UNDONE =
      Set.of("range", "with", "define", "template", "block", "break", "continue");
  private static final int DEEPEST = 64;

  private final String source;
  private final Set<String> functions;
  private final List<Lexer.Piece> pieces;
  private int next;
  private List<Token> tokens = List.of(); // of the action that is being read
  private int token;
  private int depth;

  /// @param functions those that may be called
  Parser(String source, Set<String> functions) throws TemplateException {
    this.source = source;
    this.functions = functions;
    this.pieces = new Lexer(source).pieces();
  }

  List<Part> parse() throws TemplateException {
    var parts = new ArrayList<Part>();
    String end = parts(parts, false);
    if (!end.isEmpty()) {
      throw wrong("unexpected {{" + end + "}}");
    }
    return parts;
  }

  /// Reads on to the end, or to an `end` or `else` of an `if`.
  ///
  /// @return the word that ended it
  private String parts(List<Part> parts, boolean inside) throws TemplateException {
    while (next < pieces.size()) {
      Lexer.Piece piece = pieces.get(next++);
      if (!piece.text().isEmpty()) {
        parts.add(new Part.Text(piece.text()));
      }
      if (piece.tokens().isEmpty()) {
        continue; // a comment, or the last text
      }
      tokens = piece.tokens();
      token = 0;
      Token first = peek();
      if (first.kind() == Token.Kind.WORD && UNDONE.contains(first.text())) {
        throw TemplateException.unimplemented("'" + first.text() + "' in a template");
      }
      switch (first.kind() == Token.Kind.WORD ? first.text() : "") {
        case "if" -> {
          take();
          parts.add(condition());
        }
        case "end", "else" -> {
          take();
          return first.text();
        }
        default -> {
          Expression what = pipeline();
          expectEnd();
          parts.add(new Part.Print(what));
        }
      }
    }
    if (inside) {
      throw wrong("unexpected EOF");
    }
    return "";
  }

  private Part condition() throws TemplateException {
    deeper();
    Expression condition = pipeline();
    expectEnd();
    var then = new ArrayList<Part>();
    var otherwise = new ArrayList<Part>();
    String end = parts(then, true);
    if (end.equals("else")) {
      if (peek().kind() == Token.Kind.WORD && peek().text().equals("if")) {
        take();
        otherwise.add(condition()); // its end is this one's, too
        depth--;
        return new Part.If(condition, then, otherwise);
      }
      expectEnd();
      if (parts(otherwise, true).equals("else")) {
        throw wrong("unexpected {{else}}");
      }
    }
    expectEnd();
    depth--;
    return new Part.If(condition, then, otherwise);
  }

  private Expression pipeline() throws TemplateException {
    Expression value = command(null);
    while (peek().kind() == Token.Kind.PIPE) {
      take();
      value = command(value);
    }
    return value;
  }

  /// @param piped the value of the stage before; null for the first
  private Expression command(@Nullable Expression piped) throws TemplateException {
    Token first = peek();
    if (first.kind() == Token.Kind.WORD && !literal(first.text())) {
      take();
      if (Builtins.UNDONE.contains(first.text())) {
        throw TemplateException.unimplemented("the function '" + first.text() + "' in a template");
      }
      if (!functions.contains(first.text())) {
        throw wrong("function \"" + first.text() + "\" not defined");
      }
      var arguments = new ArrayList<Expression>();
      while (operand(peek())) {
        arguments.add(operand());
      }
      if (piped != null) {
        arguments.add(piped);
      }
      return new Expression.Call(first.text(), arguments, first.at());
    }
    if (piped != null) {
      throw wrong("non executable command in pipeline");
    }
    if (!operand(first)) {
      throw wrong("missing value for command");
    }
    Expression value = operand();
    if (operand(peek())) {
      throw wrong("can't give argument to non-function");
    }
    return value;
  }

  private static boolean literal(String word) {
    return word.equals("true") || word.equals("false");
  }

  private static boolean operand(Token token) {
    return switch (token.kind()) {
      case WORD, FIELD, DOT, STRING, NUMBER, OPEN, ROOT -> true;
      case PIPE, CLOSE, END -> false;
    };
  }

  private Expression operand() throws TemplateException {
    Token first = take();
    Expression value =
        switch (first.kind()) {
          case DOT, ROOT -> new Expression.Dot(first.at());
          case FIELD ->
              new Expression.Fields(
                  new Expression.Dot(first.at()), fields(first.text()), first.at());
          case STRING -> new Expression.Literal(new Value.Text(first.text()), first.at());
          case NUMBER ->
              new Expression.Literal(new Value.Int(Long.parseLong(first.text())), first.at());
          case WORD -> word(first);
          case OPEN -> {
            deeper();
            Expression inner = pipeline();
            if (take().kind() != Token.Kind.CLOSE) {
              throw wrong("unclosed left paren");
            }
            depth--;
            yield inner;
          }
          case PIPE, CLOSE, END -> throw wrong("unexpected \"" + first.text() + "\" in operand");
        };
    Token after = peek();
    if (after.kind() == Token.Kind.FIELD && !after.spaced()) {
      take();
      return new Expression.Fields(value, fields(after.text()), after.at());
    }
    return value;
  }

  private Expression word(Token word) throws TemplateException {
    if (literal(word.text())) {
      return new Expression.Literal(new Value.Bool(word.text().equals("true")), word.at());
    }
    if (!functions.contains(word.text())) {
      throw wrong("function \"" + word.text() + "\" not defined");
    }
    return new Expression.Call(word.text(), List.of(), word.at());
  }

  private List<String> fields(String first) {
    var names = new ArrayList<String>(List.of(first));
    while (peek().kind() == Token.Kind.FIELD && !peek().spaced()) {
      names.add(take().text());
    }
    return names;
  }

  private void deeper() throws TemplateException {
    if (++depth > DEEPEST) {
      throw wrong("more than " + DEEPEST + " conditions or parentheses within each other");
    }
  }

  private Token peek() {
    return tokens.get(token);
  }

  private Token take() {
    Token taken = tokens.get(token);
    token += taken.kind() == Token.Kind.END ? 0 : 1;
    return taken;
  }

  private void expectEnd() throws TemplateException {
    if (peek().kind() != Token.Kind.END) {
      throw wrong("unexpected \"" + peek().text() + "\" in command");
    }
  }

  private TemplateException wrong(String why) {
    return Lexer.wrong(source, tokens.isEmpty() ? source.length() : peek().at(), why);
  }
}
