package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Searches a registry's images by a word: Docker Hub's index, and the same way, `/v1/search`, at
/// other registries. Thread-safe.
public final class RegistrySearch {
  private static final String INDEX = "https://index.docker.io";
  private static final int MAX_ANSWER = 4 * 1024 * 1024;
  private static final int MAX_RESULTS = 100;

  private final RegistryClient registry;

  public RegistrySearch(RegistryClient registry) {
    this.registry = registry;
  }

  /// One image that was found.
  public record Found(String name, String description, boolean official, long stars) {}

  /// @param term with the registry's host before it, unless it is Docker Hub
  /// @param limit 1 to 100
  public List<Found> search(String term, int limit, Credentials credentials)
      throws IOException, InterruptedException {
    if (limit < 1 || limit > MAX_RESULTS) {
      throw Configuration.invalid(
          "limit " + limit + " is outside the range of [1, " + MAX_RESULTS + "]");
    }
    if (term.contains("://")) {
      throw Configuration.invalid(
          "invalid repository name: repository name (" + term + ") should not have a scheme");
    }
    int slash = term.indexOf('/');
    String head = slash < 0 ? "" : term.substring(0, slash);
    boolean elsewhere = head.contains(".") || head.contains(":") || head.equals("localhost");
    boolean hub = !elsewhere || head.equals("docker.io") || head.equals("index.docker.io");
    String base = hub ? INDEX : registry.sites().own(RegistryLogin.host(head)).base().toString();
    String word = elsewhere ? term.substring(slash + 1) : term;
    URI uri =
        URI.create(
            base
                + "/v1/search?q="
                + URLEncoder.encode(word.replaceFirst("^library/", ""), StandardCharsets.UTF_8)
                + "&n="
                + limit);
    String host = hub ? "docker.io" : head;
    var caller =
        new RegistryHttp.Caller(
            base, "", credentials, (status, body, _) -> refused(host, status, body));
    HttpResponse<InputStream> response =
        registry.http().exchange(RegistryHttp.Ask.get(uri, "application/json"), caller, Set.of());
    try (InputStream body = response.body()) {
      return read(Configuration.json(body.readNBytes(MAX_ANSWER), "what the registry found"));
    }
  }

  private static List<Found> read(JsonNode answer) {
    var all = new ArrayList<Found>();
    for (JsonNode one : answer.path("results")) {
      all.add(
          new Found(
              one.path("name").asText(""),
              one.path("description").asText(""),
              one.path("is_official").asBoolean(),
              one.path("star_count").asLong()));
    }
    return all;
  }

  private static ImageException refused(String host, int status, String body) {
    return new ImageException(
        status == 401 || status == 403
            ? ImageException.Kind.DENIED
            : ImageException.Kind.UNAVAILABLE,
        "Unexpected status code "
            + status
            + ": registry "
            + host
            + (status == 404 ? " has no search (/v1/search)" : "")
            + RegistryFailure.reasons(body));
  }
}
