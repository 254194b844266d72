package swarm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The Docker Engine API of one daemon. Thread-safe: each request has a connection of its own.
public final class Api {
  /// The version that every request names.
  public static final String VERSION = "1.50";

  /// Longest answer that is read whole.
  private static final int ERROR_LIMIT = 1024 * 1024;

  private final Endpoint endpoint;

  public Api(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  public JsonNode get(Target target) throws IOException, DaemonException {
    try (Answer answer = stream("GET", target)) {
      return Json.parse(answer.body());
    }
  }

  /// @param body null for none
  /// @return [com.fasterxml.jackson.databind.node.MissingNode] where the answer is empty
  public JsonNode post(Target target, @Nullable JsonNode body) throws IOException, DaemonException {
    try (Answer answer = send("POST", target, Map.of(), body, null)) {
      return Json.parse(answer.body());
    }
  }

  /// The same with headers of its own.
  public JsonNode post(Target target, Map<String, String> headers, JsonNode body)
      throws IOException, DaemonException {
    try (Answer answer = send("POST", target, headers, body, null)) {
      return Json.parse(answer.body());
    }
  }

  public JsonNode post(Target target) throws IOException, DaemonException {
    return post(target, null);
  }

  public JsonNode delete(Target target) throws IOException, DaemonException {
    try (Answer answer = stream("DELETE", target)) {
      return Json.parse(answer.body());
    }
  }

  /// A request whose answer is read as it comes.
  public Answer stream(String method, Target target) throws IOException, DaemonException {
    return send(method, target, Map.of(), null, null);
  }

  /// Sends a body of unknown length, such as an image.
  public Answer upload(Target target, String contentType, InputStream body)
      throws IOException, DaemonException {
    return send("POST", target, Map.of("Content-Type", contentType), null, body);
  }

  /// A request with headers of its own.
  ///
  /// @param upload null for none
  public Answer stream(
      String method, Target target, Map<String, String> headers, @Nullable InputStream upload)
      throws IOException, DaemonException {
    return send(method, target, headers, null, upload);
  }

  /// Takes the connection over: what is written after is the process's input, what comes its
  /// output.
  public Answer hijack(Target target, @Nullable JsonNode body) throws IOException, DaemonException {
    return send("POST", target, Map.of("Connection", "Upgrade", "Upgrade", "tcp"), body, null);
  }

  private Answer send(
      String method,
      Target target,
      Map<String, String> headers,
      @Nullable JsonNode body,
      @Nullable InputStream upload)
      throws IOException, DaemonException {
    byte[] bytes = body == null ? new byte[0] : Json.text(body).getBytes(StandardCharsets.UTF_8);
    var all = new java.util.TreeMap<String, String>(headers);
    if (body != null) {
      all.put("Content-Type", "application/json");
    }
    Connection connection = Connection.open(endpoint);
    Answer answer;
    try {
      answer =
          connection.exchange(new Request(method, "/v" + VERSION + target, all, bytes, upload));
    } catch (IOException e) {
      connection.close();
      throw e;
    }
    if (answer.status() < 400) {
      return answer;
    }
    try (answer) {
      throw new DaemonException(answer.status(), reason(answer));
    }
  }

  private static String reason(Answer answer) throws IOException {
    String text = new String(answer.body().readNBytes(ERROR_LIMIT), StandardCharsets.UTF_8).strip();
    if (answer.header("content-type").startsWith("application/json") || text.startsWith("{")) {
      String message = Json.parse(text).path("message").asText("");
      if (!message.isEmpty()) {
        return message;
      }
    }
    return text.isEmpty() ? "status " + answer.status() + " without a reason" : text;
  }
}
