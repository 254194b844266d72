package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads from a registry (OCI distribution-spec; token and basic authentication as Docker's
/// registries do them). Thread-safe; one for the life of the daemon.
public final class RegistryClient implements AutoCloseable {
  private static final String MANIFESTS =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  private static final int MAX_MANIFEST = 4 * 1024 * 1024;
  private static final int TAGS_AT_ONCE = 1_000;
  private static final int MAX_TAG_PAGES = 20;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
  private static final Pattern PARAMETER = Pattern.compile("([a-zA-Z]+)=\"([^\"]*)\"");
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);

  /// Too many requests, and what a load balancer says while a server behind it restarts.
  private static final Set<Integer> PASSING = Set.of(429, 500, 502, 503, 504);

  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MILLIS = 250;

  /// Whoever asks for a longer pause is taken at his word: the user gets the answer.
  private static final long MAX_PAUSE_MILLIS = 10_000;

  private static final Set<Integer> REDIRECT = Set.of(301, 302, 303, 307, 308);
  private static final int MAX_REDIRECTS = 5;

  private static final Duration STALL = Duration.ofSeconds(60);

  private final RegistryOptions options;
  private final Duration stall;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER) // by us: credentials stay with their server
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  public RegistryClient(RegistryOptions options) {
    this(options, STALL);
  }

  /// @param stall how long a blob's connection may be silent
  RegistryClient(RegistryOptions options, Duration stall) {
    this.options = options;
    this.stall = stall;
  }

  /// @param digest of the exact bytes
  record Manifest(String mediaType, byte[] content, String digest) {}

  /// Fetches a manifest or an index by tag or digest.
  Manifest manifest(Reference reference, String target, Credentials credentials)
      throws IOException, InterruptedException {
    URI uri = uri(reference, "manifests/" + target);
    HttpResponse<InputStream> response = get(reference, uri, MANIFESTS, 0, credentials);
    try (InputStream body = response.body()) {
      byte[] content = body.readNBytes(MAX_MANIFEST + 1);
      if (content.length > MAX_MANIFEST) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the manifest of "
                + reference.familiar()
                + " is larger than "
                + MAX_MANIFEST
                + " bytes");
      }
      String digest = ContentStore.digestOf(content);
      if (target.startsWith("sha256:") && !target.equals(digest)) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the registry sent a manifest " + digest + " where " + target + " was asked for");
      }
      String type = response.headers().firstValue("Content-Type").orElse("");
      return new Manifest(type, content, digest);
    }
  }

  /// The tags of a repository (OCI distribution-spec, "Listing Tags"), page by page.
  List<String> tags(Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    URI first = uri(repository, "tags/list?n=" + TAGS_AT_ONCE);
    var all = new ArrayList<String>();
    URI page = first;
    for (int i = 0; i < MAX_TAG_PAGES; i++) {
      HttpResponse<InputStream> response =
          get(repository, page, "application/json", 0, credentials);
      try (InputStream body = response.body()) {
        JsonNode answer =
            Configuration.json(body.readNBytes(MAX_MANIFEST), "the registry's list of tags");
        answer.path("tags").forEach(tag -> all.add(tag.asText()));
      }
      Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
      if (!next.find()) {
        return all;
      }
      page = address(next.group(1), page);
      if (!sameServer(page, first)) { // it would get the credentials
        throw Configuration.invalid("the registry's list of tags goes on at another server");
      }
    }
    throw Configuration.invalid(
        repository.familiarRepository()
            + " has more than "
            + all.size()
            + " tags; pull those you need by name");
  }

  /// A blob's content from `offset` on.
  ///
  /// @param offset where `in` begins: 0 where the registry sends no parts
  record Blob(InputStream in, long offset) {}

  /// Opens a blob; its content must be checked by the caller.
  ///
  /// @param offset how many bytes are here already
  Blob blob(Reference reference, String digest, long offset, Credentials credentials)
      throws IOException, InterruptedException {
    URI uri = uri(reference, "blobs/" + digest);
    HttpResponse<InputStream> response = get(reference, uri, "*/*", offset, credentials);
    return new Blob(
        new StallGuard(response.body(), stall), response.statusCode() == 206 ? offset : 0);
  }

  private URI uri(Reference reference, String rest) {
    String host =
        reference.registry().equals("docker.io") ? "registry-1.docker.io" : reference.registry();
    String scheme = options.plain(reference.registry()) ? "http" : "https";
    return URI.create(scheme + "://" + host + "/v2/" + reference.repository() + "/" + rest);
  }

  private HttpResponse<InputStream> get(
      Reference reference, URI uri, String accept, long offset, Credentials credentials)
      throws IOException, InterruptedException {
    String scope = reference.registry() + "/" + reference.repository() + "/" + credentials.user();
    var ask = new Ask(accept, offset, tokens.get(scope));
    boolean renewed = false;
    long pause = FIRST_PAUSE_MILLIS;
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> response;
      try {
        response = follow(uri, ask);
      } catch (ImageException e) {
        throw e;
      } catch (IOException e) {
        if (attempt >= ATTEMPTS) {
          throw brokeOff(uri, e);
        }
        Thread.sleep(pause);
        pause *= 2;
        continue;
      }
      int status = response.statusCode();
      if (status == 200 || (status == 206 && offset > 0)) {
        return response;
      }
      try (InputStream body = response.body()) {
        if (status == 401 && !renewed && sameServer(response.uri(), uri)) {
          renewed = true;
          String challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
          String authorization = authorize(reference, challenge, credentials);
          tokens.put(scope, authorization);
          ask = new Ask(accept, offset, authorization);
          continue;
        }
        long wanted = Math.max(pause, retryAfter(response));
        if (!PASSING.contains(status) || attempt >= ATTEMPTS || wanted > MAX_PAUSE_MILLIS) {
          String text = new String(body.readNBytes(2_000), StandardCharsets.UTF_8);
          throw failure(reference, status, text, retryAfter(response));
        }
        Thread.sleep(wanted);
        pause *= 2;
      }
    }
  }

  private static ImageException brokeOff(URI uri, IOException e) {
    return new ImageException(
        ImageException.Kind.UNAVAILABLE,
        "registry " + uri.getAuthority() + " broke off before an answer: " + e.getMessage());
  }

  /// In milliseconds; 0 where the server asks for no pause. The form with a date is not read.
  private static long retryAfter(HttpResponse<?> response) {
    String seconds = response.headers().firstValue("Retry-After").orElse("");
    return seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) * 1_000 : 0;
  }

  /// What is the same in every request on the way to one answer.
  private record Ask(
      String accept, long offset, @org.jspecify.annotations.Nullable String authorization) {}

  /// Sends a request, and again to wherever the registry says; what is meant for the registry alone
  /// does not go along to another server (RFC 9110, section 15.4).
  private HttpResponse<InputStream> follow(URI first, Ask ask)
      throws IOException, InterruptedException {
    URI uri = first;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpResponse<InputStream> response =
          send(uri, sameServer(uri, first) ? ask : new Ask(ask.accept(), ask.offset(), null));
      String location = response.headers().firstValue("Location").orElse("");
      if (!REDIRECT.contains(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next = address(location, uri);
      if (uri.getScheme().equalsIgnoreCase("https") && next.getScheme().equalsIgnoreCase("http")) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "registry " + first.getAuthority() + " leads from https to the plain " + next);
      }
      uri = next;
    }
    throw new ImageException(
        ImageException.Kind.INVALID,
        "registry " + first.getAuthority() + " redirects more than " + MAX_REDIRECTS + " times");
  }

  private static boolean sameServer(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getAuthority().equalsIgnoreCase(other.getAuthority());
  }

  /// An address that a registry gave.
  private static URI address(String text, @org.jspecify.annotations.Nullable URI base)
      throws ImageException {
    try {
      URI uri = base == null ? new URI(text) : base.resolve(new URI(text));
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // said below
    }
    throw new ImageException(
        ImageException.Kind.INVALID, "the registry names an address that is none: '" + text + "'");
  }

  private HttpResponse<InputStream> send(URI uri, Ask ask)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).timeout(FIRST_BYTE).header("Accept", ask.accept());
    if (ask.offset() > 0) {
      request.header("Range", "bytes=" + ask.offset() + "-");
    }
    if (ask.authorization() != null) {
      request.header("Authorization", ask.authorization());
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException | ConnectException e) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "registry "
              + uri.getAuthority()
              + " cannot be reached over "
              + uri.getScheme()
              + ": "
              + (e.getMessage() == null ? "connection failed" : e.getMessage()));
    } catch (javax.net.ssl.SSLException e) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "registry "
              + uri.getAuthority()
              + " does not speak TLS that this machine trusts ("
              + e.getMessage()
              + "); if it is meant to be plain, start the daemon with --insecure-registry "
              + uri.getAuthority());
    }
  }

  private static ImageException failure(
      Reference reference, int status, String body, long retryAfterMillis) {
    return switch (status) {
      case 404 ->
          new ImageException(
              ImageException.Kind.NOT_FOUND,
              "manifest for "
                  + reference.familiar()
                  + " not found: manifest unknown: manifest unknown");
      case 401, 403 ->
          new ImageException(
              ImageException.Kind.DENIED,
              "pull access denied for "
                  + reference.familiarRepository()
                  + ", repository does not exist or may require 'docker login'");
      default ->
          new ImageException(
              ImageException.Kind.UNAVAILABLE,
              "registry "
                  + reference.registry()
                  + " answered "
                  + status
                  + (retryAfterMillis > 0
                      ? " and asks to wait " + retryAfterMillis / 1_000 + " s"
                      : "")
                  + ": "
                  + body.strip());
    };
  }

  private String authorize(Reference reference, String challenge, Credentials credentials)
      throws IOException, InterruptedException {
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (credentials.user() + ":" + credentials.password())
                        .getBytes(StandardCharsets.UTF_8));
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      if (!credentials.present()) {
        throw failure(reference, 401, "", 0);
      }
      return basic;
    }
    var parameters = new LinkedHashMap<String, String>();
    Matcher m = PARAMETER.matcher(challenge);
    while (m.find()) {
      parameters.put(m.group(1).toLowerCase(Locale.ROOT), m.group(2));
    }
    String realm = parameters.get("realm");
    if (realm == null) {
      throw failure(reference, 401, "", 0);
    }
    String scope = "repository:" + reference.repository() + ":pull";
    URI uri =
        address(
            realm
                + (realm.contains("?") ? "&" : "?")
                + "service="
                + encode(parameters.getOrDefault("service", ""))
                + "&scope="
                + encode(scope),
            null);
    HttpResponse<InputStream> response;
    try {
      response = follow(uri, new Ask("application/json", 0, credentials.present() ? basic : null));
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw brokeOff(uri, e);
    }
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status != 200) {
        throw failure(reference, status == 404 ? 401 : status, "", retryAfter(response));
      }
      JsonNode answer = Configuration.json(body.readNBytes(MAX_MANIFEST), "the registry's token");
      String token = answer.path("token").asText(answer.path("access_token").asText(""));
      if (token.isEmpty()) {
        throw failure(reference, 401, "", 0);
      }
      return "Bearer " + token;
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
