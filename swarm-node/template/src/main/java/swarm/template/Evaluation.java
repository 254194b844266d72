package swarm.template;

import java.util.ArrayList;
import java.util.List;
import swarm.template.Expression.Pipeline;
import swarm.template.Expression.Place;

/// What expressions are worth, with the variables that there are.
final class Evaluation {
  private record Variable(String name, Value value) {}

  private final String source;
  private final Language language;
  private final Value root;
  private final List<Variable> variables = new ArrayList<>();

  Evaluation(String source, Language language, Value root) {
    this.source = source;
    this.language = language;
    this.root = root;
  }

  Value root() {
    return root;
  }

  /// A mark of the variables there are.
  int scope() {
    return variables.size();
  }

  /// Forgets the variables made since the mark.
  void leave(int scope) {
    variables.subList(scope, variables.size()).clear();
  }

  void set(String name, Value value, boolean declares) {
    if (declares) {
      variables.add(new Variable(name, value));
      return;
    }
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name().equals(name)) {
        variables.set(i, new Variable(name, value));
        return;
      }
    }
  }

  Value value(Pipeline pipeline, Value dot) throws TemplateException {
    Value value = value(pipeline.value(), dot);
    for (String name : pipeline.variables()) {
      set(name, value, pipeline.declares());
    }
    return value;
  }

  private Value value(Expression what, Value dot) throws TemplateException {
    return switch (what) {
      case Expression.Dot _ -> dot;
      case Expression.Nothing _ -> throw at(what, TemplateException.of("nil is not a command"));
      case Expression.Literal literal -> literal.value();
      case Expression.Group group -> value(group.inner(), dot);
      case Expression.Variable(String name, Place _) -> variable(name);
      case Expression.Fields fields -> fields(fields, dot);
      case Expression.Call call -> call(call, dot);
    };
  }

  private Value variable(String name) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name().equals(name)) {
        return variables.get(i).value();
      }
    }
    return root;
  }

  private Value fields(Expression.Fields fields, Value dot) throws TemplateException {
    Value value = value(fields.of(), dot);
    List<Value> arguments = arguments(fields.arguments(), dot);
    try {
      for (int i = 0; i < fields.names().size(); i++) {
        String name = fields.names().get(i);
        boolean last = i == fields.names().size() - 1;
        value = field(value, name, last ? arguments : List.of());
      }
    } catch (TemplateException e) {
      throw at(fields, e);
    }
    return value;
  }

  private static Value field(Value of, String name, List<Value> arguments)
      throws TemplateException {
    Value found =
        switch (of) {
          case Value.Struct object -> object.field(name);
          case Value.Entries map -> map.entries().getOrDefault(name, map.absent());
          case Value.Nil _, Value.Absent _ ->
              throw TemplateException.of(
                  "nil pointer evaluating interface {}." + Value.Text.shown(name));
          case Value.Text _,
              Value.Int _,
              Value.Real _,
              Value.Bool _,
              Value.Items _,
              Value.Method _ ->
              null;
        };
    if (found == null) {
      throw TemplateException.of(
          of instanceof Value.Entries
              ? "map has no entry for key \"" + Value.Text.shown(name) + "\""
              : "can't evaluate field " + Value.Text.shown(name) + " in type " + of.goType());
    }
    if (found instanceof Value.Method(Function function)) {
      return function.call(arguments);
    }
    if (!arguments.isEmpty()) {
      throw TemplateException.of(
          Value.Text.shown(name)
              + (of instanceof Value.Entries
                  ? " is not a method but has arguments"
                  : " has arguments but cannot be invoked as function"));
    }
    return found;
  }

  private List<Value> arguments(List<Expression> expressions, Value dot) throws TemplateException {
    var values = new ArrayList<Value>();
    for (Expression each : expressions) {
      values.add(each instanceof Expression.Nothing ? new Value.Nil() : value(each, dot));
    }
    return values;
  }

  private Value call(Expression.Call call, Value dot) throws TemplateException {
    Function own = language.functions().get(call.function());
    boolean and = call.function().equals("and");
    if (own == null && (and || call.function().equals("or"))) {
      return logic(call, and, dot);
    }
    List<Value> arguments = arguments(call.arguments(), dot);
    try {
      return own == null
          ? Builtins.call(call.function(), arguments, language.whole())
          : own.call(arguments);
    } catch (TemplateException e) {
      throw Arguments.isWrongCount(e) ? at(named(call), e) : at(call, e);
    }
  }

  /// Of a wrong number of arguments Go names the function, of all else the whole call.
  private static Expression named(Expression.Call call) {
    Place place = call.place();
    int to = place.from() + call.function().length();
    return new Expression.Dot(new Place(place.at(), place.from(), to));
  }

  /// `and` and `or` do not look at all their arguments.
  private Value logic(Expression.Call call, boolean and, Value dot) throws TemplateException {
    if (call.arguments().isEmpty()) {
      throw at(call, Arguments.wrongCount(call.function(), "want at least 1", 0));
    }
    Value last = new Value.Nil();
    for (Expression each : call.arguments()) {
      last = each instanceof Expression.Nothing ? new Value.Nil() : value(each, dot);
      if (last.truth() != and) {
        break;
      }
    }
    return last;
  }

  /// With the place, in Go's words.
  TemplateException at(Expression where, TemplateException e) {
    Place place = where.place();
    String before = source.substring(0, place.at());
    long line = 1 + before.chars().filter(c -> c == '\n').count();
    int column = place.at() - before.lastIndexOf('\n') - 1;
    return e.in(
        "template: %s:%d:%d: executing \"%s\" at <%s>"
            .formatted(
                language.name(),
                line,
                column,
                language.name(),
                Value.Text.shown(source.substring(place.from(), place.to()))));
  }
}
