package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Answers the challenges of registries: basic authentication, and tokens as Docker's registries
/// give them (distribution's "Token Authentication Specification", with a password or with an
/// identity token through OAuth). What was good once is sent at once the next time. Thread-safe.
final class RegistryAuth {
  private static final Pattern PARAMETER = Pattern.compile("([a-zA-Z]+)=\"([^\"]*)\"");
  private static final int MAX_ANSWER = 1024 * 1024;
  private static final int MAX_KNOWN = 1_000;
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final String CLIENT = "swarm";

  /// As if the registry had said so: the words that Docker has for it.
  private static final String NO_CREDENTIALS =
      "{\"errors\":[{\"message\":\"no basic auth credentials\"}]}";

  /// The credentials themselves are part of it: one user's secret opens nothing to another.
  private record Key(String registry, String scope, String secrets) {}

  private final RegistryHttp http;
  private final Cache<Key, String> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).expireAfterWrite(KEPT).build();

  RegistryAuth(RegistryHttp http) {
    this.http = http;
  }

  /// @param value of the header `Authorization`
  /// @param refresh an identity token that came along; empty for none
  record Granted(String value, String refresh) {}

  private static Key key(RegistryHttp.Caller caller) {
    Credentials c = caller.credentials();
    String secrets =
        String.join("\0", c.user(), c.password(), c.identityToken(), c.registryToken());
    return new Key(
        caller.registry(),
        caller.scope(),
        ContentStore.digestOf(secrets.getBytes(StandardCharsets.UTF_8)));
  }

  /// What to send without being asked; null for nothing.
  @Nullable String known(RegistryHttp.Caller caller) {
    String token = caller.credentials().registryToken();
    return token.isEmpty() ? known.getIfPresent(key(caller)) : "Bearer " + token;
  }

  /// Answers a challenge, and remembers the answer.
  ///
  /// @param asker who challenged
  String answer(String challenge, URI asker, RegistryHttp.Caller caller)
      throws IOException, InterruptedException {
    String value = grant(challenge, asker, caller, false).value();
    known.put(key(caller), value);
    return value;
  }

  /// @param offline whether an identity token is wanted, too
  Granted grant(String challenge, URI asker, RegistryHttp.Caller caller, boolean offline)
      throws IOException, InterruptedException {
    Credentials credentials = caller.credentials();
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      if (credentials.user().isEmpty()) {
        throw caller.failure().of(401, NO_CREDENTIALS, 0);
      }
      return new Granted(basic(credentials), "");
    }
    var parameters = new LinkedHashMap<String, String>();
    Matcher m = PARAMETER.matcher(challenge);
    while (m.find()) {
      parameters.put(m.group(1).toLowerCase(Locale.ROOT), m.group(2));
    }
    String realm = parameters.get("realm");
    if (realm == null) {
      throw caller.failure().of(401, "", 0);
    }
    URI uri = RegistryHttp.address(realm, null);
    boolean plain = uri.getScheme().equalsIgnoreCase("http");
    if (plain && credentials.present() && (asker.getScheme().equals("https") || !http.plain(uri))) {
      throw Configuration.invalid(
          "registry "
              + asker.getAuthority()
              + " wants the password sent to the plain "
              + uri
              + "; if that is right, name the host with the daemon's --insecure-registry");
    }
    String service = parameters.getOrDefault("service", "");
    return credentials.identityToken().isEmpty()
        ? withPassword(realm, service, caller, offline)
        : withToken(uri, service, caller);
  }

  private static String basic(Credentials credentials) {
    byte[] pair =
        (credentials.user() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private Granted withPassword(
      String realm, String service, RegistryHttp.Caller caller, boolean offline)
      throws IOException, InterruptedException {
    List<String> query = new ArrayList<>();
    query.add("service=" + encode(service));
    for (String scope : scopes(caller)) {
      query.add("scope=" + encode(scope));
    }
    Credentials credentials = caller.credentials();
    if (credentials.present()) {
      query.add("account=" + encode(credentials.user()));
    }
    if (offline) {
      query.add("offline_token=true");
      query.add("client_id=" + CLIENT);
    }
    URI uri =
        RegistryHttp.address(
            realm + (realm.contains("?") ? "&" : "?") + String.join("&", query), null);
    return token(
        RegistryHttp.Ask.get(uri, "application/json"),
        credentials.present() ? basic(credentials) : null,
        caller);
  }

  /// The grant of a refresh token (RFC 6749, section 6).
  private Granted withToken(URI realm, String service, RegistryHttp.Caller caller)
      throws IOException, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", caller.credentials().identityToken());
    form.put("service", service);
    form.put("scope", String.join(" ", scopes(caller)));
    form.put("client_id", CLIENT);
    List<String> pairs = new ArrayList<>();
    form.forEach((name, value) -> pairs.add(name + "=" + encode(value)));
    var ask =
        new RegistryHttp.Ask(
            "POST",
            realm,
            Map.of(
                "Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded"),
            Upload.of(String.join("&", pairs).getBytes(StandardCharsets.UTF_8)));
    return token(ask, null, caller);
  }

  private static List<String> scopes(RegistryHttp.Caller caller) {
    return caller.scope().isEmpty() ? List.of() : List.of(caller.scope().split(" "));
  }

  private Granted token(
      RegistryHttp.Ask ask, @Nullable String authorization, RegistryHttp.Caller caller)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response;
    try {
      response = http.follow(ask, authorization);
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw RegistryHttp.brokeOff(ask.uri(), e);
    }
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status != 200) {
        throw caller
            .failure()
            .of(
                status == 404 || status == 400 ? 401 : status,
                RegistryHttp.beginning(body),
                RegistryHttp.retryAfter(response));
      }
      JsonNode answer = Configuration.json(body.readNBytes(MAX_ANSWER), "the registry's token");
      String token = answer.path("token").asText(answer.path("access_token").asText(""));
      if (token.isEmpty()) {
        throw caller.failure().of(401, "", 0);
      }
      return new Granted("Bearer " + token, answer.path("refresh_token").asText(""));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
