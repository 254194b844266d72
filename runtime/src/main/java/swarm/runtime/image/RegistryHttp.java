package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Sends requests to registries: follows where they lead, waits out what will pass, and shows
/// credentials to whom they belong only. Thread-safe.
final class RegistryHttp implements AutoCloseable {
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
  private static final int MAX_ERROR = 2_000;

  private final RegistryOptions options;
  private final Duration stall;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER) // by us: credentials stay with their server
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final RegistryAuth auth = new RegistryAuth(this);

  /// @param stall how long a connection may be silent while it carries a blob
  RegistryHttp(RegistryOptions options, Duration stall) {
    this.options = options;
    this.stall = stall;
  }

  /// Whether plain HTTP is right for a server.
  boolean plain(URI uri) {
    return options.plain(uri.getAuthority());
  }

  Duration stall() {
    return stall;
  }

  RegistryAuth auth() {
    return auth;
  }

  /// What is asked.
  ///
  /// @param upload null for none
  record Ask(String method, URI uri, Map<String, String> headers, @Nullable Upload upload) {
    static Ask get(URI uri, String accept) {
      return new Ask("GET", uri, Map.of("Accept", accept), null);
    }

    Ask to(URI other) {
      return new Ask(method, other, headers, upload);
    }
  }

  /// Who asks, for what, and what refusals mean to him.
  record Caller(String registry, String scope, Credentials credentials, RegistryFailure failure) {}

  /// Asks until there is an answer that is worth something; one of status 400 or higher is turned
  /// into a failure, unless it is in `expected`.
  HttpResponse<InputStream> exchange(Ask ask, Caller caller, Set<Integer> expected)
      throws IOException, InterruptedException {
    String authorization = auth.known(caller);
    boolean renewed = false;
    long pause = FIRST_PAUSE_MILLIS;
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> response;
      try {
        response = follow(ask, authorization);
      } catch (ImageException e) {
        throw e;
      } catch (IOException e) {
        if (attempt >= ATTEMPTS || ask.upload() != null) {
          throw brokeOff(ask.uri(), e);
        }
        Thread.sleep(pause);
        pause *= 2;
        continue;
      }
      int status = response.statusCode();
      if (status < 300 || expected.contains(status)) {
        return response;
      }
      try (InputStream body = response.body()) {
        if (status == 401 && !renewed && sameServer(response.uri(), ask.uri())) {
          renewed = true;
          String challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
          authorization = auth.answer(challenge, ask.uri(), caller);
          continue;
        }
        long wanted = Math.max(pause, retryAfter(response));
        if (!PASSING.contains(status) || attempt >= ATTEMPTS || wanted > MAX_PAUSE_MILLIS) {
          throw caller.failure().of(status, beginning(body), retryAfter(response));
        }
        Thread.sleep(wanted);
        pause *= 2;
      }
    }
  }

  static String beginning(InputStream body) throws IOException {
    // no control characters: it is shown in terminals
    return new String(body.readNBytes(MAX_ERROR), StandardCharsets.UTF_8)
        .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
  }

  static ImageException brokeOff(URI uri, IOException e) {
    return new ImageException(
        ImageException.Kind.UNAVAILABLE,
        "registry " + uri.getAuthority() + " broke off before an answer: " + e.getMessage());
  }

  /// In milliseconds; 0 where the server asks for no pause. The form with a date is not read.
  static long retryAfter(HttpResponse<?> response) {
    String seconds = response.headers().firstValue("Retry-After").orElse("");
    return seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) * 1_000 : 0;
  }

  /// Sends a request, and again to wherever the registry says; what is meant for the registry alone
  /// does not go along to another server (RFC 9110, section 15.4).
  HttpResponse<InputStream> follow(Ask first, @Nullable String authorization)
      throws IOException, InterruptedException {
    Ask ask = first;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpResponse<InputStream> response =
          send(ask, sameServer(ask.uri(), first.uri()) ? authorization : null);
      String location = response.headers().firstValue("Location").orElse("");
      if (!REDIRECT.contains(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next = address(location, ask.uri());
      if (ask.uri().getScheme().equalsIgnoreCase("https")
          && next.getScheme().equalsIgnoreCase("http")) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "registry " + first.uri().getAuthority() + " leads from https to the plain " + next);
      }
      ask = ask.to(next);
    }
    throw new ImageException(
        ImageException.Kind.INVALID,
        "registry "
            + first.uri().getAuthority()
            + " redirects more than "
            + MAX_REDIRECTS
            + " times");
  }

  static boolean sameServer(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getAuthority().equalsIgnoreCase(other.getAuthority());
  }

  /// An address that a registry gave.
  static URI address(String text, @Nullable URI base) throws ImageException {
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

  private HttpResponse<InputStream> send(Ask ask, @Nullable String authorization)
      throws IOException, InterruptedException {
    Upload upload = ask.upload();
    var request = HttpRequest.newBuilder(ask.uri());
    ask.headers().forEach(request::header);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    request.method(
        ask.method(), upload == null ? HttpRequest.BodyPublishers.noBody() : upload.publisher());
    try {
      return upload == null
          ? http.send(
              request.timeout(FIRST_BYTE).build(), HttpResponse.BodyHandlers.ofInputStream())
          : watched(request.build(), upload);
    } catch (HttpTimeoutException | ConnectException e) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "registry "
              + ask.uri().getAuthority()
              + " cannot be reached over "
              + ask.uri().getScheme()
              + ": "
              + (e.getMessage() == null ? "connection failed" : e.getMessage()));
    } catch (javax.net.ssl.SSLException e) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "registry "
              + ask.uri().getAuthority()
              + " does not speak TLS that this machine trusts ("
              + e.getMessage()
              + "); if it is meant to be plain, start the daemon with --insecure-registry "
              + ask.uri().getAuthority());
    }
  }

  /// A long body may take as long as it likes, while something goes.
  private HttpResponse<InputStream> watched(HttpRequest request, Upload upload)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try {
      while (true) {
        try {
          return answer.get(Math.max(1, stall.toMillis() / 4), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          if (upload.idle() > stall.toNanos()) {
            throw new IOException("nothing went for " + stall.toMillis() / 1_000.0 + " s");
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException timeout) {
        throw timeout;
      }
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    } finally {
      if (!answer.isDone()) {
        answer.cancel(true);
      }
    }
  }

  /// What waits in between two attempts; an interrupt ends the whole.
  static InterruptedIOException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException(what + " was interrupted");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
