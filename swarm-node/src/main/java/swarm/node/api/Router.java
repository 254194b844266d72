package swarm.node.api;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.FileNames;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.Exchange;
import swarm.node.api.http.HttpHandler;
import swarm.node.membership.MembershipException;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.ImageException;
import swarm.runtime.volume.VolumeException;
import swarm.scheduler.model.Wire;

/// Finds the route of a request, negotiates the API's version, and turns failures into Docker's
/// `{"message": ...}`.
public final class Router implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  /// The API that this program speaks, and the oldest that it still does.
  static final int NEWEST_MINOR = 50;

  static final int OLDEST_MINOR = 24;

  private static final Pattern VERSION = Pattern.compile("^/v(\\d+)\\.(\\d+)(/.*)$");

  /// Answers one kind of request.
  @FunctionalInterface
  interface Route {
    void handle(Call call)
        throws IOException,
            ApiException,
            EngineException,
            MembershipException,
            InterruptedException;
  }

  /// @param prefix what every path begins with that the pattern matches: most routes are told apart
  ///   by it, at a fraction of a pattern's cost
  private record Entry(String method, String prefix, Pattern path, Route route) {
    Optional<Matcher> match(String asked) {
      @Nullable Matcher whole = asked.startsWith(prefix) ? path.matcher(asked) : null;
      return whole != null && whole.matches() ? Optional.of(whole) : Optional.empty();
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /// Adds a route. In `path`, `{name}` stands for one part and `{name*}` for the rest, slashes
  /// included.
  void add(String method, String path, Route route) {
    String regex =
        path.replaceAll("\\{(\\w+)\\*}", "(?<$1>.+)").replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)");
    int variable = path.indexOf('{');
    String prefix = variable < 0 ? path : path.substring(0, variable);
    entries.add(new Entry(method, prefix, Pattern.compile("^" + regex + "/?$"), route));
  }

  /// Adds what the API has and this program has not yet.
  void missing(String method, String path, String piece) {
    add(
        method,
        path,
        _ -> {
          throw ApiException.unimplemented(piece);
        });
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    exchange.setHeader("Api-Version", "1." + NEWEST_MINOR);
    exchange.setHeader("Docker-Experimental", "false");
    exchange.setHeader("Ostype", "linux");
    exchange.setHeader("Server", "swarm");
    try {
      dispatch(exchange);
    } catch (ApiException e) {
      fail(exchange, e.status(), e.getMessage());
    } catch (EngineException e) {
      fail(exchange, e.kind().httpStatus(), e.getMessage());
    } catch (MembershipException e) {
      fail(exchange, e.httpStatus(), e.getMessage());
    } catch (ImageException e) {
      fail(exchange, status(e), e.getMessage());
    } catch (VolumeException e) {
      fail(exchange, status(e), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(exchange, 503, "the daemon is stopping");
    }
  }

  private static int status(ImageException e) {
    return switch (e.kind()) {
      case NOT_FOUND -> 404;
      case INVALID -> 400;
      case CONFLICT -> 409;
      case DENIED -> 404;
      case UNAVAILABLE, NO_SPACE -> 500;
    };
  }

  private static int status(VolumeException e) {
    return switch (e.kind()) {
      case NOT_FOUND -> 404;
      case INVALID -> 400;
      case CONFLICT -> 409;
      case FAILED -> 500;
    };
  }

  private static void fail(Exchange exchange, int status, @Nullable String message)
      throws IOException {
    if (exchange.answered()) {
      LOG.debug(
          "{} {} failed after its answer began: {}", exchange.method(), exchange.path(), message);
      throw new IOException(message);
    }
    var body =
        Wire.JSON.createObjectNode().put("message", FileNames.shown(String.valueOf(message)));
    exchange.respond(status, "application/json", Wire.JSON.writeValueAsBytes(body));
  }

  private void dispatch(Exchange exchange)
      throws IOException, ApiException, EngineException, MembershipException, InterruptedException {
    String path = exchange.path();
    checkEscapes(exchange);
    Matcher version = VERSION.matcher(path);
    if (version.matches()) {
      check(version);
      path = version.group(3);
    }
    var methods = new TreeSet<String>();
    for (Entry entry : entries) {
      Optional<Matcher> match = entry.match(path);
      if (match.isEmpty()) {
        continue;
      }
      if (entry.method().equals(exchange.method())) {
        entry.route().handle(new Call(exchange, match.get()));
        return;
      }
      methods.add(entry.method());
    }
    if (!methods.isEmpty()) {
      exchange.setHeader("Allow", String.join(", ", methods));
      throw new ApiException(
          405, exchange.method() + " is not allowed here; use " + String.join(", ", methods));
    }
    throw ApiException.missing("page not found");
  }

  /// A `%` without two hexadecimal digits behind it is the caller's mistake wherever it stands.
  private static void checkEscapes(Exchange exchange) throws ApiException {
    try {
      var _ = URLDecoder.decode(exchange.path(), StandardCharsets.UTF_8);
      var _ = exchange.query();
    } catch (IllegalArgumentException e) {
      throw ApiException.bad("the request's URL has a malformed escape: " + e.getMessage());
    }
  }

  private static void check(Matcher version) throws ApiException {
    String asked = version.group(1) + "." + version.group(2);
    int major = version.group(1).length() > 4 ? 9_999 : Integer.parseInt(version.group(1));
    int minor = version.group(2).length() > 4 ? 9_999 : Integer.parseInt(version.group(2));
    if (major > 1 || (major == 1 && minor > NEWEST_MINOR)) {
      throw ApiException.bad(
          "client version "
              + asked
              + " is too new. Maximum supported API version is 1."
              + NEWEST_MINOR);
    }
    if (major < 1 || minor < OLDEST_MINOR) {
      throw ApiException.bad(
          "client version "
              + asked
              + " is too old. Minimum supported API version is 1."
              + OLDEST_MINOR
              + ", please upgrade your client to a newer version");
    }
  }

  /// Docker's stream of multiplexed output: a header of stream, zeros and length before each part.
  static byte[] frame(int stream, byte[] data) {
    byte[] all = new byte[8 + data.length];
    all[0] = (byte) stream;
    all[4] = (byte) (data.length >>> 24);
    all[5] = (byte) (data.length >>> 16);
    all[6] = (byte) (data.length >>> 8);
    all[7] = (byte) data.length;
    System.arraycopy(data, 0, all, 8, data.length);
    return all;
  }

  static byte[] line(Object value) throws IOException {
    return (Wire.JSON.writeValueAsString(value) + "\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
