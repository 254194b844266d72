package swarm.node.template;

import java.util.List;

/// What stands between `{{` and `}}`, read.
sealed interface Expression {
  /// Where it begins in the template.
  int at();

  /// The context, `.` or `$`.
  record Dot(int at) implements Expression {}

  record Literal(Value value, int at) implements Expression {}

  /// `.A.B` of something.
  record Fields(Expression of, List<String> names, int at) implements Expression {}

  /// A function with its arguments; what was piped into it is the last of them.
  record Call(String function, List<Expression> arguments, int at) implements Expression {}

  /// A piece of a template.
  sealed interface Part {
    record Text(String bytes) implements Part {}

    record Print(Expression what) implements Part {}

    record If(Expression condition, List<Part> then, List<Part> otherwise) implements Part {}
  }
}
