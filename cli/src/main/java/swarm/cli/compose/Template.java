package swarm.cli.compose;

import java.util.Map;

/// One text with variables in it. Pure; time and depth are bounded by the text's length.
final class Template {
  /// Defaults in defaults.
  private static final int MAX_DEPTH = 20;

  private final String text;
  private final Map<String, String> variables;
  private int at;

  private Template(String text, Map<String, String> variables) {
    this.text = text;
    this.variables = variables;
  }

  static String expand(String text, Map<String, String> variables) throws InvalidTemplateException {
    return new Template(text, variables).until(false, 0, true);
  }

  /// A dollar sign that begins nothing, or a variable that must have a value and has none.
  static final class InvalidTemplateException extends Exception {
    private final boolean required;

    private InvalidTemplateException(String message, boolean required) {
      super(message);
      this.required = required;
    }

    /// Whether the message says what the file's author wants to be told.
    boolean required() {
      return required;
    }
  }

  private static InvalidTemplateException invalid() {
    return new InvalidTemplateException("", false);
  }

  /// @param inner whether a closing brace ends it
  /// @param used whether the outcome is asked for: what is not must still be well-formed
  private String until(boolean inner, int depth, boolean used) throws InvalidTemplateException {
    if (depth > MAX_DEPTH) {
      throw invalid();
    }
    var out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (inner && c == '}') {
        return out.toString();
      }
      at++;
      if (c == '$') {
        variable(out, depth, used);
      } else {
        out.append(c);
      }
    }
    if (inner) {
      throw invalid();
    }
    return out.toString();
  }

  private void variable(StringBuilder out, int depth, boolean used)
      throws InvalidTemplateException {
    if (at >= text.length()) {
      throw invalid();
    }
    char c = text.charAt(at);
    if (c == '$') {
      at++;
      out.append('$');
    } else if (c == '{') {
      at++;
      out.append(braced(depth, used));
      at++; // the closing brace
    } else {
      out.append(variables.getOrDefault(name(), ""));
    }
  }

  private String name() throws InvalidTemplateException {
    int start = at;
    while (at < text.length() && part(text.charAt(at), at > start)) {
      at++;
    }
    if (at == start) {
      throw invalid();
    }
    return text.substring(start, at);
  }

  private static boolean part(char c, boolean digits) {
    return c == '_'
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (digits && c >= '0' && c <= '9');
  }

  private String braced(int depth, boolean used) throws InvalidTemplateException {
    String name = name();
    String value = variables.get(name);
    boolean colon = at < text.length() && text.charAt(at) == ':';
    if (colon) {
      at++;
    }
    boolean there = value != null && !(colon && value.isEmpty());
    if (at >= text.length()) {
      throw invalid();
    }
    char operator = text.charAt(at);
    if (operator == '}' && !colon) {
      return value == null ? "" : value;
    }
    at++;
    return switch (operator) {
      case '-' -> {
        String other = until(true, depth + 1, used && !there);
        yield value != null && there ? value : other;
      }
      case '+' -> {
        String other = until(true, depth + 1, used && there);
        yield there ? other : "";
      }
      case '?' -> {
        String message = until(true, depth + 1, used && !there);
        if (used && !there) {
          throw new InvalidTemplateException(
              "required variable " + name + " is missing a value: " + message, true);
        }
        yield value == null ? "" : value;
      }
      default -> throw invalid();
    };
  }
}
