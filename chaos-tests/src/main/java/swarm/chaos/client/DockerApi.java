package swarm.chaos.client;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// One daemon's Docker Engine API, v1.50 unless said otherwise. Thread-safe: each call has its own
/// connection.
public final class DockerApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NEWEST = "/v1.50";

  private final Path socket;
  private final Duration limit;
  private final String version;

  /// @param socket the daemon's unix socket
  /// @param limit for each call
  public DockerApi(Path socket, Duration limit) {
    this(socket, limit, NEWEST);
  }

  private DockerApi(Path socket, Duration limit, String version) {
    this.socket = socket;
    this.limit = limit;
    this.version = version;
  }

  /// The same daemon through version 1.41 of the API: the oldest that we speak, and the newest of
  /// Debian 12's Docker.
  public DockerApi oldest() {
    return new DockerApi(socket, limit, "/v1.41");
  }

  /// The same daemon with another limit for each call.
  public DockerApi within(Duration other) {
    return new DockerApi(socket, other, version);
  }

  /// @param path without the version
  /// @return the JSON answer; missing where there is none
  /// @throws ApiException where the daemon refuses
  /// @throws NotSentException where the daemon cannot be reached
  /// @throws IOException where it does not answer within the limit
  public JsonNode get(String path) throws IOException {
    return call("GET", path, "application/json", new byte[0]);
  }

  /// As [#get], with a JSON body.
  public JsonNode post(String path, JsonNode body) throws IOException {
    return call("POST", path, "application/json", JSON.writeValueAsBytes(body));
  }

  /// As [#post], without a body.
  public JsonNode post(String path) throws IOException {
    return call("POST", path, "application/json", new byte[0]);
  }

  /// As [#get].
  public JsonNode delete(String path) throws IOException {
    return call("DELETE", path, "application/json", new byte[0]);
  }

  /// Makes the image `name:tag` from a tar archive of a file system.
  ///
  /// @param command the image's command, as JSON
  public void importImage(byte[] tar, String name, String tag, String command) throws IOException {
    String change = URLEncoder.encode("CMD " + command, StandardCharsets.UTF_8);
    call(
        "POST",
        "/images/create?fromSrc=-&repo=" + name + "&tag=" + tag + "&changes=" + change,
        "application/x-tar",
        tar);
  }

  /// As [#get], of what answers in plain text.
  public String text(String path) throws IOException {
    return answer("GET", path, "text/plain", new byte[0]).text();
  }

  /// As [#get], with any method and body.
  public JsonNode call(String method, String path, String type, byte[] body) throws IOException {
    return lastValue(answer(method, path, type, body).text());
  }

  private HttpCall.Answer answer(String method, String path, String type, byte[] body)
      throws IOException {
    HttpCall.Answer answer;
    try {
      answer =
          HttpCall.send(
              UnixDomainSocketAddress.of(socket), method, version + path, type, body, limit);
    } catch (NotSentException e) {
      throw new NotSentException(failure(method, path, e), e);
    } catch (IOException e) {
      throw new IOException(failure(method, path, e), e);
    }
    if (answer.status() >= 400) {
      throw new ApiException(method + " " + path, answer.status(), message(answer));
    }
    return answer;
  }

  private String failure(String method, String path, IOException e) {
    return method + " " + path + " at " + socket + ": " + e.getMessage();
  }

  /// A stream of progress (pull, import) holds several objects: the last one tells the outcome.
  static JsonNode lastValue(String text) throws IOException {
    JsonNode last = MissingNode.getInstance();
    try (var parser = JSON.createParser(text)) {
      while (parser.nextToken() != null) {
        last = parser.readValueAsTree();
      }
    } catch (JsonParseException _) {
      return MissingNode.getInstance(); // plain text
    }
    return last;
  }

  private static String message(HttpCall.Answer answer) {
    try {
      return JSON.readTree(answer.body()).path("message").asText(answer.text());
    } catch (IOException _) {
      return answer.text(); // not JSON: shown as it is
    }
  }
}
