package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/// Checks credentials against the registry that they are for. Thread-safe.
public final class RegistryLogin {
  private static final String HUB = "docker.io";

  private final RegistryClient registry;

  public RegistryLogin(RegistryClient registry) {
    this.registry = registry;
  }

  /// Logs in.
  ///
  /// @param server as clients name it: a host, or a URL such as `https://index.docker.io/v1/`
  /// @return a token that stands for the password from now on; empty where the registry gives none
  /// @throws ImageException of kind `DENIED` where the registry does not take the credentials
  public String login(String server, Credentials credentials)
      throws IOException, InterruptedException {
    RegistrySite site = registry.sites().own(host(server));
    RegistryHttp http = registry.http();
    var ask = RegistryHttp.Ask.get(site.root(), "application/json");
    var caller =
        new RegistryHttp.Caller(
            site.base().toString(),
            "",
            credentials,
            (status, body, retryAfter) -> refused(site, status, body, retryAfter));
    HttpResponse<InputStream> first = follow(http, ask, null);
    if (first.statusCode() != 401) {
      return accept(first, caller, "");
    }
    String challenge = first.headers().firstValue("WWW-Authenticate").orElse("");
    RegistryAuth.Granted granted = http.auth().grant(challenge, site.root(), caller, true);
    return accept(follow(http, ask, granted.value()), caller, granted.refresh());
  }

  private static HttpResponse<InputStream> follow(
      RegistryHttp http, RegistryHttp.Ask ask, @Nullable String value)
      throws IOException, InterruptedException {
    try {
      return http.follow(ask, value);
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw RegistryHttp.brokeOff(ask.uri(), e);
    }
  }

  private static String accept(
      HttpResponse<InputStream> response, RegistryHttp.Caller caller, String token)
      throws IOException {
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status == 401 || status == 403) {
        throw new ImageException(
            ImageException.Kind.DENIED,
            "login attempt to "
                + caller.registry()
                + "/v2/ failed with status: "
                + (status == 401 ? "401 Unauthorized" : "403 Forbidden"));
      }
      if (status != 200) {
        throw caller
            .failure()
            .of(status, RegistryHttp.beginning(body), RegistryHttp.retryAfter(response));
      }
      return token;
    }
  }

  /// What the server of tokens says.
  private static ImageException refused(
      RegistrySite site, int status, String body, long retryAfter) {
    if (status != 401 && status != 403) {
      return RegistryFailure.unavailable(site.base().getAuthority(), status, body, retryAfter);
    }
    String why = RegistryFailure.reasons(body);
    return new ImageException(
        ImageException.Kind.DENIED,
        "Get \""
            + site.root()
            + "\""
            + (why.isEmpty() ? ": unauthorized: incorrect username or password" : why));
  }

  /// The registry's host of what a client calls a server.
  static String host(String server) throws ImageException {
    String host = server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    if (host.isEmpty() || host.equals("index.docker.io") || host.equals("registry-1.docker.io")) {
      return HUB;
    }
    return Reference.parse(host + "/x").registry().equals(host) ? host : invalid(server);
  }

  private static String invalid(String server) throws ImageException {
    throw Configuration.invalid(
        "'" + server + "' is no registry: HOST[:PORT], with a dot or a port, or localhost");
  }
}
