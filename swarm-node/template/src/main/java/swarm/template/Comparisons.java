package swarm.template;

import java.util.List;

/// `eq` and its kin, as Go has them.
final class Comparisons {
  private Comparisons() {}

  static boolean of(String function, List<Value> arguments) throws TemplateException {
    if (function.equals("eq")) {
      Arguments.atLeast(function, arguments, 1);
      if (arguments.size() == 1) {
        throw TemplateException.of("error calling eq: missing argument for comparison");
      }
      boolean found = false;
      for (Value each : arguments.subList(1, arguments.size())) {
        found |= equal(function, arguments.getFirst(), each);
      }
      return found;
    }
    Arguments.exactly(function, arguments, 2);
    Value a = arguments.get(0);
    Value b = arguments.get(1);
    return switch (function) {
      case "ne" -> !equal(function, a, b);
      case "lt" -> compare(function, a, b) < 0;
      case "le" -> compare(function, a, b) <= 0;
      case "gt" -> compare(function, a, b) > 0;
      default -> compare(function, a, b) >= 0;
    };
  }

  private static boolean nothing(Value value) {
    return value instanceof Value.Nil || value instanceof Value.Absent;
  }

  private static boolean equal(String function, Value a, Value b) throws TemplateException {
    if (nothing(a) || nothing(b)) {
      return nothing(a) == nothing(b);
    }
    if (!a.goType().equals(b.goType())) {
      throw calling(function, "incompatible types for comparison");
    }
    return switch (a) {
      case Value.Text _, Value.Int _, Value.Real _, Value.Bool _ -> a.equals(b);
      case Value.Nil _,
          Value.Absent _,
          Value.Items _,
          Value.Entries _,
          Value.Struct _,
          Value.Method _ ->
          throw calling(function, "non-comparable type " + a.goType() + ": " + Printing.plain(a));
    };
  }

  private static int compare(String function, Value a, Value b) throws TemplateException {
    return switch (a) {
      case Value.Text(String one) when b instanceof Value.Text(String other) ->
          one.compareTo(other);
      case Value.Int(long one) when b instanceof Value.Int(long other) -> Long.compare(one, other);
      case Value.Real(double one) when b instanceof Value.Real(double other) ->
          Double.compare(one, other);
      case Value.Text _, Value.Int _, Value.Real _ ->
          throw calling(function, "incompatible types for comparison");
      case Value.Bool _,
          Value.Nil _,
          Value.Absent _,
          Value.Items _,
          Value.Entries _,
          Value.Struct _,
          Value.Method _ ->
          throw calling(function, "invalid type for comparison");
    };
  }

  private static TemplateException calling(String function, String why) {
    return TemplateException.of("error calling " + function + ": " + why);
  }
}
