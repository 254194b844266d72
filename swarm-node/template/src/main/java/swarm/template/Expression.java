package swarm.template;

import java.util.List;

/// What stands between `{{` and `}}`, read.
sealed interface Expression {
  /// Where it stands in the template.
  Place place();

  /// @param at what messages say
  /// @param from its first character
  /// @param to the one behind its last
  record Place(int at, int from, int to) {}

  /// The context.
  record Dot(Place place) implements Expression {}

  /// What stands in parentheses.
  record Group(Expression inner, Place place) implements Expression {}

  /// `nil`
  record Nothing(Place place) implements Expression {}

  /// @param name without `$`; empty for the context that the template began with
  record Variable(String name, Place place) implements Expression {}

  record Literal(Value value, Place place) implements Expression {}

  /// `.A.B` of something; methods with arguments.
  record Fields(Expression of, List<String> names, List<Expression> arguments, Place place)
      implements Expression {}

  /// A function with its arguments; what was piped into it is the last of them.
  record Call(String function, List<Expression> arguments, Place place) implements Expression {}

  /// A pipeline and the variables that it sets: `$x := ...`, `$x = ...`, `$k, $v := ...`.
  record Pipeline(List<String> variables, boolean declares, Expression value) {}

  /// A piece of a template.
  sealed interface Part {
    record Text(String bytes) implements Part {}

    record Print(Pipeline what) implements Part {}

    record If(Pipeline condition, List<Part> then, List<Part> otherwise) implements Part {}

    record With(Pipeline context, List<Part> then, List<Part> otherwise) implements Part {}

    record Range(Pipeline over, List<Part> each, List<Part> otherwise) implements Part {}

    /// Out of the loop, or to its next round.
    record Jump(boolean out) implements Part {}
  }
}
