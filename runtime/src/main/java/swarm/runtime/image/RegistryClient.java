package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private static final Pattern PARAMETER = Pattern.compile("([a-z]+)=\"([^\"]*)\"");
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);

  private final RegistryOptions options;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  public RegistryClient(RegistryOptions options) {
    this.options = options;
  }

  /// @param digest of the exact bytes
  record Manifest(String mediaType, byte[] content, String digest) {}

  /// Fetches a manifest or an index by tag or digest.
  Manifest manifest(Reference reference, String target, Credentials credentials)
      throws IOException, InterruptedException {
    URI uri = uri(reference, "manifests/" + target);
    HttpResponse<InputStream> response = get(reference, uri, MANIFESTS, credentials);
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

  /// Opens a blob; its content must be checked by the caller.
  InputStream blob(Reference reference, String digest, Credentials credentials)
      throws IOException, InterruptedException {
    return get(reference, uri(reference, "blobs/" + digest), "*/*", credentials).body();
  }

  private URI uri(Reference reference, String rest) {
    String host =
        reference.registry().equals("docker.io") ? "registry-1.docker.io" : reference.registry();
    String scheme = options.plain(reference.registry()) ? "http" : "https";
    return URI.create(scheme + "://" + host + "/v2/" + reference.repository() + "/" + rest);
  }

  private HttpResponse<InputStream> get(
      Reference reference, URI uri, String accept, Credentials credentials)
      throws IOException, InterruptedException {
    String scope = reference.registry() + "/" + reference.repository() + "/" + credentials.user();
    HttpResponse<InputStream> response = send(uri, accept, tokens.get(scope));
    if (response.statusCode() == 401) {
      String challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
      response.body().close();
      String authorization = authorize(reference, challenge, credentials);
      tokens.put(scope, authorization);
      response = send(uri, accept, authorization);
    }
    if (response.statusCode() == 200) {
      return response;
    }
    try (InputStream body = response.body()) {
      throw failure(
          reference,
          response.statusCode(),
          new String(body.readNBytes(2_000), StandardCharsets.UTF_8));
    }
  }

  private HttpResponse<InputStream> send(
      URI uri, String accept, @org.jspecify.annotations.Nullable String authorization)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).timeout(FIRST_BYTE).header("Accept", accept);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException e) {
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

  private static ImageException failure(Reference reference, int status, String body) {
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
              "registry " + reference.registry() + " answered " + status + ": " + body.strip());
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
        throw failure(reference, 401, "");
      }
      return basic;
    }
    var parameters = new LinkedHashMap<String, String>();
    Matcher m = PARAMETER.matcher(challenge);
    while (m.find()) {
      parameters.put(m.group(1), m.group(2));
    }
    String realm = parameters.get("realm");
    if (realm == null) {
      throw failure(reference, 401, "");
    }
    String scope = "repository:" + reference.repository() + ":pull";
    var uri =
        URI.create(
            realm
                + (realm.contains("?") ? "&" : "?")
                + "service="
                + encode(parameters.getOrDefault("service", ""))
                + "&scope="
                + encode(scope));
    HttpResponse<InputStream> response =
        send(uri, "application/json", credentials.present() ? basic : null);
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw failure(reference, response.statusCode() == 404 ? 401 : response.statusCode(), "");
      }
      JsonNode answer = ImageStore.JSON.readTree(body.readNBytes(MAX_MANIFEST));
      String token = answer.path("token").asText(answer.path("access_token").asText(""));
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
