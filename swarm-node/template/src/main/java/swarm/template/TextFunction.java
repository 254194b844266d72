package swarm.template;

/// A function from text to text.
@FunctionalInterface
public interface TextFunction {
  /// @param argument bytes, as those of [Value.Text]; so is what is returned
  String of(String argument) throws TemplateException;
}
