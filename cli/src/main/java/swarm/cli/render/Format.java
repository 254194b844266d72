package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import swarm.cli.spec.InvalidValueException;
import swarm.template.Language;
import swarm.template.Template;
import swarm.template.TemplateException;
import swarm.template.Value;

/// A template of `--format`, as Docker's command understands it.
public final class Format {
  private static final String WRONG = "template parsing error: ";

  /// The status of Docker's command for a template that cannot be read.
  private static final int UNREADABLE = 64;

  private final Template template;

  private Format(Template template) {
    this.template = template;
  }

  public static Format parse(String text) throws InvalidValueException {
    return parse(text, WRONG, 1);
  }

  /// `json`, or a template, of what is no list: such a template that cannot be read has an exit
  /// status of its own.
  public static Format ofObject(String text) throws InvalidValueException {
    return parse(text.equals("json") ? "{{json .}}" : text, WRONG, UNREADABLE);
  }

  private static Format parse(String text, String before, int status) throws InvalidValueException {
    try {
      return new Format(
          Template.parse(text.getBytes(StandardCharsets.UTF_8), DockerFunctions.VALUES));
    } catch (TemplateException e) {
      throw wrong(before, e, status);
    }
  }

  /// Of an object that Docker's client has a type for.
  ///
  /// @param type its name, for messages
  public String render(JsonNode node, String type) throws InvalidValueException {
    return whole(JsonValues.typed(node, type));
  }

  /// Of something that is shown as one.
  String whole(Value value) throws InvalidValueException {
    try {
      return text(DockerFunctions.VALUES, value);
    } catch (TemplateException e) {
      throw wrong("", e, 1);
    }
  }

  /// Before there is a list: a template that cannot be read, or asks for what its things have not,
  /// is refused even where the list is empty.
  ///
  /// @param example a thing of the list
  public static void check(String text, Row example, String type) throws InvalidValueException {
    Format format = parse(text, "failed to parse template: ", 1);
    try {
      format.text(DockerFunctions.VALUES, RowValues.of(example, type));
    } catch (TemplateException e) {
      throw wrong("failed to execute template: ", e, 1);
    }
  }

  /// Of an object that is inspected: as Docker does, once by its type, and where that fails by its
  /// JSON, which may have more.
  public String inspect(JsonNode node) throws InvalidValueException {
    try {
      return text(DockerFunctions.VALUES, JsonValues.typed(node, "interface {}"));
    } catch (TemplateException _) {
      return expand(JsonValues.raw(node));
    }
  }

  String expand(Value value) throws InvalidValueException {
    try {
      return text(DockerFunctions.VALUES, value);
    } catch (TemplateException e) {
      throw wrong(WRONG, e, 1);
    }
  }

  /// The header of a table whose rows the template makes. A header that cannot be made is empty, as
  /// Docker's.
  String header(Value names) {
    try {
      return text(DockerFunctions.HEADERS, names);
    } catch (TemplateException _) {
      return "";
    }
  }

  private String text(Language language, Value value) throws TemplateException {
    return new String(template.in(language).expand(value), StandardCharsets.UTF_8);
  }

  private static InvalidValueException wrong(String before, TemplateException e, int status) {
    return new InvalidValueException(
        before + (e.isUnimplemented() ? "not implemented: " : "") + e.getMessage(), status);
  }
}
