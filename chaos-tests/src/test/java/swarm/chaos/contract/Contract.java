package swarm.chaos.contract;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.swagger.parser.OpenAPIParser;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import swarm.chaos.client.HttpCall;

/// One daemon's answers, each held against the reference. What deviates is gathered, so that one
/// run tells all of it. Confined to one thread.
final class Contract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERSION = "/v1.50";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// An operation of the reference.
  ///
  /// @param path such as `/containers/{id}/json`
  record Operation(String method, String path) {
    @Override
    public String toString() {
      return method + " " + path;
    }

    /// The path with something in place of each parameter.
    String filled() {
      return path.replaceAll("\\{[^}]+}", "nothing");
    }

    private boolean matches(String calledMethod, String calledPath) {
      String regex = Pattern.compile("\\{[^}]+}").matcher(path).replaceAll("[^/]+");
      return method.equals(calledMethod) && calledPath.matches(regex);
    }
  }

  private final Path socket;
  private final OpenApiInteractionValidator validator;

  /// Also refuses fields that the reference does not have. Where a schema is made of several
  /// (allOf), it refuses everything, so that only this one kind of its messages counts.
  private final OpenApiInteractionValidator strict;

  private final List<Operation> operations = new ArrayList<>();
  private final TreeSet<String> called = new TreeSet<>();
  private final List<String> deviations = new ArrayList<>();
  private final TreeSet<String> excused = new TreeSet<>();

  Contract(Path reference, Path socket) {
    this.socket = socket;
    validator = validator(reference, ValidationReport.Level.IGNORE);
    strict = validator(reference, ValidationReport.Level.ERROR);
    OpenAPI api =
        Objects.requireNonNull(
            new OpenAPIParser()
                .readLocation(reference.toString(), null, new ParseOptions())
                .getOpenAPI(),
            "the reference cannot be read");
    api.getPaths()
        .forEach(
            (path, item) -> {
              for (PathItem.HttpMethod method : item.readOperationsMap().keySet()) {
                operations.add(new Operation(method.name(), path));
              }
            });
  }

  private static OpenApiInteractionValidator validator(
      Path reference, ValidationReport.Level unknownFields) {
    return OpenApiInteractionValidator.createForSpecificationUrl(reference.toUri().toString())
        .withBasePathOverride(VERSION)
        .withLevelResolver(
            LevelResolver.create()
                .withLevel("validation.request", ValidationReport.Level.IGNORE)
                .withLevel("validation.schema.additionalProperties", unknownFields)
                .build())
        .build();
  }

  /// Every operation of the reference.
  List<Operation> operations() {
    return operations;
  }

  /// Whether a call to it was held against the reference.
  boolean called(Operation operation) {
    return called.contains(operation.toString());
  }

  JsonNode get(int status, String path) throws IOException {
    return call(status, "GET", path, "application/json", new byte[0]);
  }

  JsonNode delete(int status, String path) throws IOException {
    return call(status, "DELETE", path, "application/json", new byte[0]);
  }

  JsonNode post(int status, String path) throws IOException {
    return call(status, "POST", path, "application/json", new byte[0]);
  }

  JsonNode post(int status, String path, JsonNode body) throws IOException {
    return call(status, "POST", path, "application/json", JSON.writeValueAsBytes(body));
  }

  /// Makes a call and holds its answer against the reference.
  ///
  /// @param status that must come
  /// @return the JSON answer; missing where it is none
  JsonNode call(int status, String method, String target, String type, byte[] body)
      throws IOException {
    Operation operation = operation(method, target);
    HttpCall.Answer answer = raw(method, target, type, body);
    if (answer.status() != status) {
      deviations.add(
          operation + " answered " + answer.status() + ", not " + status + ": " + answer.text());
    }
    String shown = Deviations.withoutNulls(operation, answer.text());
    hold(operation, target, answer.status(), answer.contentType(), shown);
    JsonNode value = json(answer.text());
    if (answer.status() >= 400 && !method.equals("HEAD")) {
      error(operation, answer, value);
    }
    return value;
  }

  /// As [#call], for an answer of several JSON values, each of which must fit.
  List<JsonNode> stream(int status, String method, String target, String type, byte[] body)
      throws IOException {
    Operation operation = operation(method, target);
    HttpCall.Answer answer = raw(method, target, type, body);
    if (answer.status() != status) {
      deviations.add(
          operation + " answered " + answer.status() + ", not " + status + ": " + answer.text());
    }
    var values = new ArrayList<JsonNode>();
    for (String line : answer.text().split("\r?\n")) {
      if (!line.isEmpty()) {
        values.add(json(line));
        hold(operation, target, answer.status(), answer.contentType(), line);
      }
    }
    return values;
  }

  /// An answer that nothing is held against yet.
  HttpCall.Answer raw(String method, String target, String type, byte[] body) throws IOException {
    return HttpCall.send(
        UnixDomainSocketAddress.of(socket), method, VERSION + target, type, body, LIMIT);
  }

  /// The operation of a call, noted as called.
  Operation operation(String method, String target) {
    String path = target.replaceAll("\\?.*", "");
    // /images/get is no image: the path without a parameter comes first
    Operation found =
        operations.stream()
            .filter(o -> o.matches(method, path))
            .min((a, b) -> Integer.compare(braces(a), braces(b)))
            .orElseThrow(
                () -> new IllegalArgumentException("not in the reference: " + method + target));
    called.add(found.toString());
    return found;
  }

  private static int braces(Operation operation) {
    return (int) operation.path().chars().filter(c -> c == '{').count();
  }

  private void hold(
      Operation operation, String target, int status, String contentType, String body) {
    var response = SimpleResponse.Builder.status(status);
    if (!contentType.isEmpty()) {
      response.withContentType(contentType);
    }
    if (!body.isEmpty() || contentType.equals("application/json")) {
      response.withBody(body, StandardCharsets.UTF_8);
    }
    String path = VERSION + target.replaceAll("\\?.*", "");
    var method = Request.Method.valueOf(operation.method());
    var messages = new ArrayList<ValidationReport.Message>();
    messages.addAll(validator.validateResponse(path, method, response.build()).getMessages());
    strict.validateResponse(path, method, response.build()).getMessages().stream()
        .filter(m -> m.getKey().endsWith(".additionalProperties"))
        .forEach(messages::add);
    for (ValidationReport.Message message : messages) {
      if (message.getLevel() == ValidationReport.Level.ERROR) {
        String pointer =
            message
                .getContext()
                .flatMap(ValidationReport.MessageContext::getPointers)
                .map(ValidationReport.MessageContext.Pointers::getInstance)
                .orElse("");
        note(operation, status, message.getKey(), pointer, message.getMessage());
      }
    }
  }

  private void note(Operation operation, int status, String key, String pointer, String text) {
    var reason = Deviations.excuse(operation, status, key, pointer, text);
    if (reason.isPresent()) {
      excused.add(reason.get().name());
    } else {
      deviations.add(operation + " " + status + " " + key + " at '" + pointer + "': " + text);
    }
  }

  /// Docker's errors are one object with one sentence.
  private void error(Operation operation, HttpCall.Answer answer, JsonNode value) {
    if (!answer.contentType().startsWith("application/json")
        || value.path("message").asText().isBlank()
        || value.size() != 1) {
      deviations.add(
          operation + " " + answer.status() + " is no {\"message\": ...}: " + answer.text());
    }
  }

  /// What was found since the last call of this.
  List<String> deviations() {
    var found = List.copyOf(deviations);
    deviations.clear();
    return found;
  }

  /// The names of the exceptions that were needed.
  Set<String> excused() {

    return excused;
  }

  static JsonNode json(String text) {
    try {
      JsonNode value = JSON.readTree(text);
      return value == null ? MissingNode.getInstance() : value;
    } catch (IOException _) {
      return MissingNode.getInstance(); // plain text
    }
  }
}
