package swarm.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/// `printf`, as Go's `fmt.Sprintf`: what an argument cannot be shown as is said in the text.
final class Printf {
  private static final String FLAGS = "-+# 0";

  /// No wider than this: a width is no way to fill the memory.
  private static final int WIDEST = 10_000;

  /// Verbs of the language that is not whole.
  private static final String PLAIN = "svqd%";

  private final String format;
  private final List<Value> arguments;
  private final boolean whole;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int next = 1;

  private Printf(List<Value> arguments, boolean whole) throws TemplateException {
    this.format = Arguments.text(arguments.getFirst());
    this.arguments = arguments;
    this.whole = whole;
  }

  static String of(List<Value> arguments, boolean whole) throws TemplateException {
    var printf = new Printf(arguments, whole);
    printf.write();
    return printf.out.toString();
  }

  private void write() throws TemplateException {
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c == '%') {
        verb();
      } else {
        out.append(c);
      }
    }
    if (next < arguments.size()) {
      out.append("%!(EXTRA ");
      for (int i = next; i < arguments.size(); i++) {
        out.append(i > next ? ", " : "").append(arguments.get(i).goType()).append('=');
        out.append(Printing.plain(arguments.get(i)));
      }
      out.append(')');
    }
  }

  private record Shape(String flags, int width, int precision) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  private void verb() throws TemplateException {
    int start = at;
    while (at < format.length() && FLAGS.indexOf(format.charAt(at)) >= 0) {
      at++;
    }
    String flags = format.substring(start, at);
    int width = number();
    int precision = -1;
    if (at < format.length() && format.charAt(at) == '.') {
      at++;
      precision = Math.max(0, number());
    }
    if (at >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    char verb = format.charAt(at++);
    if (!whole && (at - start > 1 || PLAIN.indexOf(verb) < 0)) {
      throw TemplateException.unimplemented(
          "'%" + format.substring(start, at) + "' of 'printf' in a template");
    }
    if (verb == '%') {
      out.append('%');
    } else if (next >= arguments.size()) {
      out.append("%!").append(verb).append("(MISSING)");
    } else {
      padded(verb, arguments.get(next++), new Shape(flags, width, precision));
    }
  }

  private int number() {
    int start = at;
    while (at < format.length() && at - start < 6 && Character.isDigit(format.charAt(at))) {
      at++;
    }
    return at == start ? -1 : Math.min(WIDEST, Integer.parseInt(format.substring(start, at)));
  }

  private void padded(char verb, Value value, Shape shape) throws TemplateException {
    String text = text(verb, value, shape);
    int missing = shape.width - runes(text);
    boolean zeros = shape.has('0') && !shape.has('-');
    if (missing <= 0) {
      out.append(text);
    } else if (shape.has('-')) {
      out.append(text).repeat(' ', missing);
    } else if (zeros && !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0) {
      out.append(text.charAt(0)).repeat('0', missing).append(text.substring(1));
    } else {
      out.repeat(zeros ? '0' : ' ', missing).append(text);
    }
  }

  private static int runes(String bytes) {
    String text = Value.Text.shown(bytes);
    return text.codePointCount(0, text.length());
  }

  private static String text(char verb, Value value, Shape shape) throws TemplateException {
    return switch (value) {
      case Value.Int(long number) when "vdxXobcqUs".indexOf(verb) >= 0 && verb != 's' ->
          whole(verb, number, shape);
      case Value.Real(double number) when "vfFgeE".indexOf(verb) >= 0 -> real(verb, number, shape);
      case Value.Bool _ when "vt".indexOf(verb) >= 0 -> Printing.plain(value);
      case Value.Text(String bytes) when "vsqxX".indexOf(verb) >= 0 -> string(verb, bytes, shape);
      case Value.Items _, Value.Entries _, Value.Struct _, Value.Nil _, Value.Absent _
          when "vs".indexOf(verb) >= 0 && !(verb == 's' && nothing(value)) ->
          Printing.plain(value);
      case Value.Int _,
          Value.Real _,
          Value.Bool _,
          Value.Text _,
          Value.Nil _,
          Value.Absent _,
          Value.Items _,
          Value.Entries _,
          Value.Struct _,
          Value.Method _ ->
          verb == 'T'
              ? value.goType()
              : "%!"
                  + verb
                  + "("
                  + (nothing(value) ? "" : value.goType() + "=")
                  + Printing.plain(value)
                  + ")";
    };
  }

  private static boolean nothing(Value value) {
    return value instanceof Value.Nil || value instanceof Value.Absent;
  }

  private static String whole(char verb, long number, Shape shape) {
    String sign = number < 0 ? "-" : shape.has('+') ? "+" : shape.has(' ') ? " " : "";
    String digits =
        switch (verb) {
          case 'x' -> (shape.has('#') ? "0x" : "") + Long.toString(Math.abs(number), 16);
          case 'X' ->
              (shape.has('#') ? "0X" : "")
                  + Long.toString(Math.abs(number), 16).toUpperCase(Locale.ROOT);
          case 'o' -> (shape.has('#') ? "0" : "") + Long.toString(Math.abs(number), 8);
          case 'b' -> Long.toString(Math.abs(number), 2);
          default -> Long.toString(Math.abs(number));
        };
    return switch (verb) {
      case 'c' -> Value.Text.of(Character.toString(rune(number))).bytes();
      case 'q' -> "'" + Value.Text.of(Character.toString(rune(number))).bytes() + "'";
      case 'U' -> String.format(Locale.ROOT, "U+%04X", number);
      default -> sign + "0".repeat(Math.max(0, shape.precision - digits.length())) + digits;
    };
  }

  private static int rune(long number) {
    return number >= 0 && number <= Character.MAX_CODE_POINT ? (int) number : 0xfffd;
  }

  private static String real(char verb, double number, Shape shape) {
    String sign = number >= 0 && shape.has('+') ? "+" : "";
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return sign + Printing.real(number);
    }
    return sign
        + switch (verb) {
          case 'f', 'F' ->
              BigDecimal.valueOf(number)
                  .setScale(shape.precision < 0 ? 6 : shape.precision, RoundingMode.HALF_EVEN)
                  .toPlainString();
          case 'e', 'E' ->
              String.format(
                  Locale.ROOT, "%." + (shape.precision < 0 ? 6 : shape.precision) + verb, number);
          default ->
              shape.precision < 0
                  ? Printing.real(number)
                  : Printing.real(
                      BigDecimal.valueOf(number)
                          .round(new java.math.MathContext(Math.max(1, shape.precision)))
                          .doubleValue());
        };
  }

  private static String string(char verb, String bytes, Shape shape) {
    String text = bytes;
    if (shape.precision >= 0 && runes(bytes) > shape.precision) {
      String shown = Value.Text.shown(bytes);
      text =
          Value.Text.of(shown.substring(0, shown.offsetByCodePoints(0, shape.precision))).bytes();
    }
    return switch (verb) {
      case 'q' -> quoted(text);
      case 'x', 'X' -> {
        var hex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
          char c = text.charAt(i);
          hex.append(String.format(Locale.ROOT, verb == 'x' ? "%02x" : "%02X", (int) c));
        }
        yield hex.toString();
      }
      default -> text;
    };
  }

  private static String quoted(String bytes) {
    var all = new StringBuilder("\"");
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      switch (c) {
        case '"', '\\' -> all.append('\\').append(c);
        case '\n' -> all.append("\\n");
        case '\r' -> all.append("\\r");
        case '\t' -> all.append("\\t");
        default ->
            all.append(
                c < ' ' || c == 0x7f ? String.format(Locale.ROOT, "\\x%02x", (int) c) : "" + c);
      }
    }
    return all.append('"').toString();
  }
}
