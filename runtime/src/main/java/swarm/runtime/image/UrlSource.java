package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file that is fetched from a URL, such as the tar of an import. Closing it ends the connection.
public final class UrlSource implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final int REDIRECTION = 3;
  private static final int MAX_PORT = 65_535;

  private static final Pattern FILE_NAME = Pattern.compile("(?i)filename=\"?([^\";]+)\"?");

  private final URI uri;
  private final Duration firstByte;
  private final Duration stall;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private UrlSource(URI uri, Duration firstByte, Duration stall) {
    this.uri = uri;
    this.firstByte = firstByte;
    this.stall = stall;
  }

  /// @param text a URL of HTTP; without a scheme plain HTTP is meant, as with Docker
  public static UrlSource of(String text) throws ImageException {
    return of(text, FIRST_BYTE, STALL);
  }

  /// As the other.
  ///
  /// @param firstByte how long an answer's head may take
  /// @param stall how long nothing may come of its body
  static UrlSource of(String text, Duration firstByte, Duration stall) throws ImageException {
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null
          && uri.getPort() <= MAX_PORT
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return new UrlSource(uri, firstByte, stall);
      }
    } catch (URISyntaxException _) {
      // said below
    }
    throw Configuration.invalid("'" + text + "' is no URL to fetch from: use http:// or https://");
  }

  public URI uri() {
    return uri;
  }

  /// Begins to fetch.
  ///
  /// @param progress hears how much came
  public InputStream open(Progress progress) throws IOException, InterruptedException {
    return fetch(progress, "Importing").content();
  }

  /// What a server sent.
  ///
  /// @param type by its own word, without parameters; empty where it says nothing
  /// @param name of the file, by the URL or the server's word; empty where neither says
  /// @param modified seconds since 1970 by the server's word; 0 where it says nothing
  public record Fetched(InputStream content, String type, String name, long modified) {}

  /// Begins to fetch.
  ///
  /// @param status how it is called towards the user, such as `Downloading`
  public Fetched fetch(Progress progress, String status) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(firstByte).build();
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE, "Get \"" + uri + "\": " + reason(e));
    }
    if (response.statusCode() != 200) {
      response.body().close();
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "Get \"" + uri + "\": the server answered " + answer(response));
    }
    long size = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    InputStream content =
        new Exact(
            new StallGuard(response.body(), stall),
            uri,
            size,
            new Steps(progress, "", status, size));
    HttpHeaders headers = response.headers();
    String type = headers.firstValue("Content-Type").orElse("").split(";", 2)[0].strip();
    return new Fetched(content, type, name(headers), modified(headers));
  }

  private static String answer(HttpResponse<InputStream> response) {
    int status = response.statusCode();
    if (status / 100 != REDIRECTION) {
      return Integer.toString(status);
    }
    return status
        + " with the location '"
        + response.headers().firstValue("Location").orElse("")
        + "' (followed are http and https, not from https to http, and five times at most)";
  }

  /// As Docker guesses it: the end of the path, else what the server calls it.
  private String name(HttpHeaders headers) {
    String path = String.valueOf(uri.getPath());
    if (!path.isEmpty() && !path.endsWith("/")) {
      return path.substring(path.lastIndexOf('/') + 1);
    }
    Matcher named = FILE_NAME.matcher(headers.firstValue("Content-Disposition").orElse(""));
    return named.find() ? named.group(1).substring(named.group(1).lastIndexOf('/') + 1) : "";
  }

  private static long modified(HttpHeaders headers) {
    try {
      return DateTimeFormatter.RFC_1123_DATE_TIME
          .parse(headers.firstValue("Last-Modified").orElse(""), Instant::from)
          .getEpochSecond();
    } catch (DateTimeException _) {
      return 0; // as good as nothing
    }
  }

  // Java's exceptions of connections that are refused say nothing, and some are wrapped.
  private static String reason(IOException e) {
    if (e instanceof ConnectException && e.getMessage() == null) {
      return "the connection was refused";
    }
    return e.getCause() instanceof UncheckedIOException wrapped && wrapped.getCause() != null
        ? String.valueOf(wrapped.getCause().getMessage())
        : String.valueOf(e.getMessage());
  }

  /// Fails where less comes than was promised: a tar that is cut may still look whole.
  private static final class Exact extends java.io.FilterInputStream {
    private final URI uri;
    private final long size;
    private final Steps steps;
    private long count;

    Exact(InputStream in, URI uri, long size, Steps steps) {
      super(in);
      this.uri = uri;
      this.size = size;
      this.steps = steps;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n;
      try {
        n = super.read(target, offset, length);
      } catch (IOException e) {
        throw brokeOff(e.getMessage());
      }
      if (n < 0 && count < size) {
        throw brokeOff("it ended");
      }
      if (n > 0) {
        count += n;
        steps.accept(count);
      }
      return n;
    }

    private ImageException brokeOff(@org.jspecify.annotations.Nullable String why) {
      return new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "Get \""
              + uri
              + "\" broke off after "
              + count
              + (size < 0 ? "" : " of " + size)
              + " bytes: "
              + why);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
