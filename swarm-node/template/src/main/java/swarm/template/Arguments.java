package swarm.template;

import java.util.List;

/// What functions say of arguments that they cannot take, in Go's words.
public final class Arguments {
  private static final String WRONG_COUNT = "wrong number of args for ";

  private Arguments() {}

  static boolean isWrongCount(TemplateException e) {
    String message = e.getMessage();
    return message != null && message.startsWith(WRONG_COUNT);
  }

  /// The one argument of a function.
  public static Value only(String function, List<Value> arguments) throws TemplateException {
    exactly(function, arguments, 1);
    return arguments.getFirst();
  }

  public static void exactly(String function, List<Value> arguments, int count)
      throws TemplateException {
    if (arguments.size() != count) {
      throw wrongCount(function, "want " + count, arguments.size());
    }
  }

  static void atLeast(String function, List<Value> arguments, int least) throws TemplateException {
    if (arguments.size() < least) {
      throw wrongCount(function, "want at least " + least, arguments.size());
    }
  }

  static TemplateException wrongCount(String function, String wanted, int given) {
    return TemplateException.of(WRONG_COUNT + function + ": " + wanted + " got " + given);
  }

  /// An argument that must be a text.
  ///
  /// @return its bytes
  public static String text(Value value) throws TemplateException {
    if (value instanceof Value.Text(String bytes)) {
      return bytes;
    }
    throw wrong("string", value);
  }

  /// An argument that must be a whole number.
  public static long number(Value value) throws TemplateException {
    if (value instanceof Value.Int(long number)) {
      return number;
    }
    throw wrong("int", value);
  }

  /// A value of another type than the function takes.
  public static TemplateException wrong(String expected, Value value) {
    return TemplateException.of(
        "wrong type for value; expected " + expected + "; got " + value.goType());
  }
}
