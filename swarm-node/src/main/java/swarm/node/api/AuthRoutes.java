package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.SearchFilter;
import swarm.runtime.image.Distribution;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Reference;
import swarm.runtime.image.RegistrySearch;
import swarm.scheduler.model.Wire;

/// What is asked of registries without fetching anything: `POST /auth`, `GET /images/search` and
/// `GET /distribution/{name}/json`.
final class AuthRoutes {
  private static final int DEFAULT_LIMIT = 25;

  private final Daemon daemon;

  AuthRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("POST", "/auth", this::login);
    router.add("GET", "/images/search", this::search);
    router.add("GET", "/distribution/{name*}/json", this::distribution);
  }

  private void login(Call call) throws IOException, ApiException, InterruptedException {
    JsonNode body = call.json();
    String server = body.path("serveraddress").asText("");
    try {
      String token = daemon.registries().login().login(server, RegistryAuthHeader.of(body));
      call.respond(200, Map.of("Status", "Login Succeeded", "IdentityToken", token));
    } catch (ImageException e) {
      throw unauthorized(e);
    }
  }

  /// Where credentials are the question, a registry's refusal is an answer of its own.
  private static ApiException unauthorized(ImageException e) throws ImageException {
    if (e.kind() == ImageException.Kind.DENIED) {
      return new ApiException(401, String.valueOf(e.getMessage()));
    }
    throw e;
  }

  private void search(Call call) throws IOException, ApiException, InterruptedException {
    String term = call.query("term");
    if (term.isEmpty()) {
      throw ApiException.bad("term must say what to search for");
    }
    Map<String, Set<String>> filters = call.filters();
    SearchFilter filter = SearchFilter.of(filters);
    int limit = Math.toIntExact(Math.clamp(call.number("limit", 0), -1, Integer.MAX_VALUE));
    List<RegistrySearch.Found> all =
        daemon
            .registries()
            .search()
            .search(term, limit == 0 ? DEFAULT_LIMIT : limit, RegistryAuthHeader.read(call));
    ArrayNode rows = Wire.JSON.createArrayNode();
    for (RegistrySearch.Found found : all) {
      if (filter.passes(found)) {
        rows.addObject()
            .put("description", found.description())
            .put("is_official", found.official())
            .put("is_automated", false)
            .put("name", found.name())
            .put("star_count", found.stars());
      }
    }
    call.respond(200, rows);
  }

  private void distribution(Call call) throws IOException, ApiException, InterruptedException {
    Reference reference = Reference.parse(call.path("name"));
    try {
      Distribution.Description found =
          daemon.registries().distribution().describe(reference, RegistryAuthHeader.read(call));
      ObjectNode answer = Wire.JSON.createObjectNode();
      answer
          .putObject("Descriptor")
          .put("mediaType", found.mediaType())
          .put("digest", found.digest())
          .put("size", found.size());
      ArrayNode platforms = answer.putArray("Platforms");
      found.platforms().forEach(platforms::add);
      call.respond(200, answer);
    } catch (ImageException e) {
      throw unauthorized(e);
    }
  }
}
