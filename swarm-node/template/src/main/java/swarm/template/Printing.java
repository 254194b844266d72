package swarm.template;

import java.math.BigDecimal;
import java.util.List;

/// Values as Go's `fmt` prints them.
final class Printing {
  /// The exponent from which on `%g` of a shortest text writes it (`strconv.FormatFloat`).
  private static final int LARGEST_PLAIN = 6;

  private Printing() {}

  /// As an action prints it.
  static String action(Value value) throws TemplateException {
    return value instanceof Value.Absent ? "<no value>" : plain(value);
  }

  /// As `%v`.
  ///
  /// @throws TemplateException for an object whose text nobody could want
  static String plain(Value value) throws TemplateException {
    return switch (value) {
      case Value.Text text -> text.bytes();
      case Value.Int number -> Long.toString(number.number());
      case Value.Real number -> real(number.number());
      case Value.Bool bool -> Boolean.toString(bool.yes());
      case Value.Nil _, Value.Absent _ -> "<nil>";
      case Value.Method _ -> "<func>";
      case Value.Items list -> {
        var all = new StringBuilder("[");
        for (Value each : list.items()) {
          all.append(all.length() > 1 ? " " : "").append(plain(each));
        }
        yield all.append(']').toString();
      }
      case Value.Entries map -> {
        var all = new StringBuilder("map[");
        for (var each : map.entries().entrySet()) {
          all.append(all.length() > 4 ? " " : "").append(each.getKey()).append(':');
          all.append(plain(each.getValue()));
        }
        yield all.append(']').toString();
      }
      case Value.Struct object -> {
        if (object.opaque()) {
          throw TemplateException.unimplemented(
              "printing all of a " + object.type() + " in a template");
        }
        var all = new StringBuilder("{");
        for (Value each : object.fields().values()) {
          all.append(all.length() > 1 ? " " : "").append(plain(each));
        }
        yield all.append('}').toString();
      }
    };
  }

  /// The shortest text that stands for the number; with an exponent from 1e6 on, as `%v` has it.
  static String real(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    }
    var exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exact.signum() == 0 || (exponent >= -4 && exponent < LARGEST_PLAIN)) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    return (number < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /// As `fmt.Sprint`: spaces go between two that are no texts.
  static String print(List<Value> arguments) throws TemplateException {
    var all = new StringBuilder();
    boolean text = true;
    for (Value each : arguments) {
      boolean isText = each instanceof Value.Text;
      all.append(text || isText ? "" : " ").append(plain(each));
      text = isText;
    }
    return all.toString();
  }

  static String println(List<Value> arguments) throws TemplateException {
    var all = new StringBuilder();
    for (int i = 0; i < arguments.size(); i++) {
      all.append(i == 0 ? "" : " ").append(plain(arguments.get(i)));
    }
    return all.append('\n').toString();
  }
}
