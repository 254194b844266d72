package swarm.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.template.Expression.Pipeline;
import swarm.template.Expression.Place;

/// Reads what stands between `{{` and `}}`, action by action, and knows the variables there are.
final class ActionParser {
  private static final int DEEPEST = 64;

  private final String source;
  private final Language language;
  private final List<String> variables = new ArrayList<>(List.of(""));
  private List<Token> tokens = List.of();
  private int token;
  private int depth;

  ActionParser(String source, Language language) {
    this.source = source;
    this.language = language;
  }

  void begin(List<Token> action) {
    tokens = action;
    token = 0;
  }

  Token peek() {
    return tokens.get(token);
  }

  private Token peek(int further) {
    return tokens.get(Math.min(token + further, tokens.size() - 1));
  }

  Token take() {
    Token taken = tokens.get(token);
    token += taken.kind() == Token.Kind.END ? 0 : 1;
    return taken;
  }

  /// How many variables there are.
  int variables() {
    return variables.size();
  }

  /// Leaves as many.
  void forget(int count) {
    variables.subList(count, variables.size()).clear();
  }

  void expectEnd(String where) throws TemplateException {
    if (peek().kind() != Token.Kind.END) {
      throw wrong("unexpected \"" + written(peek()) + "\" in " + where);
    }
  }

  void deeper() throws TemplateException {
    if (++depth > DEEPEST) {
      throw wrong("more than " + DEEPEST + " conditions or parentheses within each other");
    }
  }

  void shallower() {
    depth--;
  }

  TemplateException wrong(String why) {
    return Lexer.wrong(language, source, tokens.isEmpty() ? source.length() : peek().at(), why);
  }

  private String written(Token some) {
    return source.substring(some.at(), some.to());
  }

  /// All of what is left of the action.
  ///
  /// @param pair whether it may set two variables
  /// @param where what messages call it
  Pipeline pipeline(boolean pair, String where) throws TemplateException {
    var names = new ArrayList<String>();
    boolean declares = true;
    if (peek().kind() == Token.Kind.VARIABLE) {
      Token.Kind after = peek(1).kind();
      boolean two =
          pair
              && after == Token.Kind.COMMA
              && peek(2).kind() == Token.Kind.VARIABLE
              && (peek(3).kind() == Token.Kind.DECLARE || peek(3).kind() == Token.Kind.ASSIGN);
      if (two || after == Token.Kind.DECLARE || after == Token.Kind.ASSIGN) {
        names.add(take().text());
        if (two) {
          take();
          names.add(take().text());
        }
        declares = take().kind() == Token.Kind.DECLARE;
      } else if (after == Token.Kind.COMMA) {
        throw wrong("too many declarations in " + where);
      }
    }
    if (!declares) {
      for (String name : names) {
        known(name);
      }
    }
    Expression value = stages(where);
    expectEnd(where);
    if (declares) {
      variables.addAll(names);
    }
    return new Pipeline(names, declares, value);
  }

  private void known(String name) throws TemplateException {
    if (!variables.contains(name)) {
      throw wrong("undefined variable \"$" + name + "\"");
    }
  }

  private Expression stages(String where) throws TemplateException {
    Expression value = command(null, 1, where);
    for (int stage = 2; peek().kind() == Token.Kind.PIPE; stage++) {
      take();
      if (stage > DEEPEST) { // each is evaluated within the next
        throw wrong("more than " + DEEPEST + " stages in " + where);
      }
      value = command(value, stage, where);
    }
    return value;
  }

  /// @param piped the value of the stage before; null for the first
  private Expression command(@Nullable Expression piped, int stage, String where)
      throws TemplateException {
    Token first = peek();
    if (!operand(first)) {
      throw wrong("missing value for " + where);
    }
    Expression head = operand();
    var arguments = new ArrayList<Expression>();
    while (operand(peek())) {
      arguments.add(operand());
    }
    if (piped != null && !callable(head)) {
      throw wrong("non executable command in pipeline stage " + stage);
    }
    if (!arguments.isEmpty() && !callable(head)) {
      throw wrong("can't give argument to non-function " + written(first));
    }
    int to = tokens.get(token - 1).to();
    if (piped != null) {
      arguments.add(piped);
    }
    return switch (head) {
      case Expression.Call call ->
          new Expression.Call(call.function(), arguments, new Place(first.at(), first.at(), to));
      case Expression.Fields fields ->
          new Expression.Fields(fields.of(), fields.names(), arguments, fields.place());
      case Expression.Dot _,
          Expression.Nothing _,
          Expression.Group _,
          Expression.Variable _,
          Expression.Literal _ ->
          head;
    };
  }

  private static boolean callable(Expression head) {
    return head instanceof Expression.Call || head instanceof Expression.Fields;
  }

  private static boolean operand(Token token) {
    return switch (token.kind()) {
      case WORD, FIELD, DOT, STRING, NUMBER, CHARACTER, OPEN, VARIABLE -> true;
      case PIPE, CLOSE, END, DECLARE, ASSIGN, COMMA -> false;
    };
  }

  private Expression operand() throws TemplateException {
    Token first = take();
    var place = new Place(first.at(), first.at(), first.to());
    Expression value =
        switch (first.kind()) {
          case DOT -> new Expression.Dot(place);
          case VARIABLE -> {
            known(first.text());
            yield new Expression.Variable(first.text(), place);
          }
          case FIELD ->
              new Expression.Fields(
                  new Expression.Dot(place), List.of(first.text()), List.of(), place);
          case STRING -> new Expression.Literal(new Value.Text(first.text()), place);
          case NUMBER -> new Expression.Literal(number(first.text()), place);
          case CHARACTER ->
              new Expression.Literal(new Value.Int(Long.parseLong(first.text())), place);
          case WORD -> word(first, place);
          case OPEN -> parenthesised(first);
          case PIPE, CLOSE, END, DECLARE, ASSIGN, COMMA ->
              throw wrong("unexpected \"" + written(first) + "\" in operand");
        };
    return fields(value, first);
  }

  private Expression parenthesised(Token open) throws TemplateException {
    deeper();
    Expression inner = stages("parenthesized pipeline");
    if (take().kind() != Token.Kind.CLOSE) {
      throw wrong("unclosed left paren");
    }
    depth--;
    return new Expression.Group(inner, new Place(open.at(), open.at(), tokens.get(token - 1).to()));
  }

  /// With the fields that follow without a space. Go says of a chain where its second part stands.
  private Expression fields(Expression value, Token first) throws TemplateException {
    Token after = peek();
    if (after.kind() != Token.Kind.FIELD || after.spaced()) {
      return value;
    }
    if (value instanceof Expression.Literal || value instanceof Expression.Nothing) {
      throw wrong("unexpected . after term \"" + written(first) + "\"");
    }
    var names = new ArrayList<String>();
    Expression of = value;
    if (value instanceof Expression.Fields(var inner, var before, var _, var _)
        && first.kind() == Token.Kind.FIELD) {
      of = inner;
      names.addAll(before);
    }
    while (peek().kind() == Token.Kind.FIELD && !peek().spaced()) {
      names.add(take().text());
    }
    int at = first.kind() == Token.Kind.VARIABLE ? first.at() : after.at();
    int to = tokens.get(token - 1).to();
    return new Expression.Fields(of, names, List.of(), new Place(at, first.at(), to));
  }

  private static Value number(String text) {
    if (text.contains("x")) {
      return new Value.Int(Long.decode(text));
    }
    return text.contains(".")
        ? new Value.Real(Double.parseDouble(text))
        : new Value.Int(Long.parseLong(text));
  }

  private Expression word(Token word, Place place) throws TemplateException {
    if (word.is("true") || word.is("false")) {
      return new Expression.Literal(new Value.Bool(word.is("true")), place);
    }
    if (word.is("nil") && language.whole()) {
      return new Expression.Nothing(place);
    }
    String name = word.text();
    if (!language.functions().containsKey(name) && !Builtins.has(name)) {
      throw wrong("function \"" + name + "\" not defined");
    }
    if (!language.whole() && Builtins.WHOLE.contains(name)) {
      throw TemplateException.unimplemented("the function '" + name + "' in a template");
    }
    return new Expression.Call(name, List.of(), place);
  }
}
