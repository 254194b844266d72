package swarm.template;

import java.util.List;

/// A function that a template may call. Thread-safe where its template is used by many.
@FunctionalInterface
public interface Function {
  /// @throws TemplateException where it cannot be called with these
  Value call(List<Value> arguments) throws TemplateException;

  /// One from text to text. Both are bytes, as those of [Value.Text].
  static Function ofText(String name, TextFunction function) {
    return arguments -> {
      String argument = Arguments.text(Arguments.only(name, arguments));
      try {
        return new Value.Text(function.of(argument));
      } catch (TemplateException e) {
        throw e.in("error calling " + name);
      }
    };
  }
}
