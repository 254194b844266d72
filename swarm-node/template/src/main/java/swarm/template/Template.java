package swarm.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import swarm.template.Expression.Part;

/// A template in the syntax of Go's `text/template`: text, fields, calls, methods, pipelines, `if`,
/// `with`, `range`, variables, comments and the removal of white space; what its [Language] has not
/// is refused by name. It ends: it repeats only over what it is given, and what it does and becomes
/// has a bound. Immutable.
public final class Template {
  private final String source;
  private final List<Part> parts;
  private final Language language;

  private Template(String source, List<Part> parts, Language language) {
    this.source = source;
    this.parts = parts;
    this.language = language;
  }

  public static Template parse(byte[] text, Language language) throws TemplateException {
    String source = new String(text, StandardCharsets.ISO_8859_1);
    return new Template(source, new Parser(source, language).parse(), language);
  }

  /// The same, its functions those of another language, which has all of them.
  public Template in(Language other) {
    return new Template(source, parts, other);
  }

  /// @param context what `.` stands for
  public byte[] expand(Value context) throws TemplateException {
    return new Execution(source, language, context)
        .run(parts)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
