package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.runtime.image.ImageException.Kind.DENIED;
import static swarm.runtime.image.ImageException.Kind.INVALID;
import static swarm.runtime.image.ImageException.Kind.NOT_FOUND;
import static swarm.runtime.image.ImageException.Kind.UNAVAILABLE;
import static swarm.runtime.image.LyingRegistry.blob;
import static swarm.runtime.image.LyingRegistry.redirect;
import static swarm.runtime.image.LyingRegistry.status;
import static swarm.runtime.image.LyingRegistry.whole;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Asking a registry that has had enough, sends elsewhere, or wants to know who asks.
@Timeout(60)
class RegistryClientTest extends PullFixture {
  // ---- no, not now, not here

  @Test
  void no_such_image() throws Exception {
    refused(NOT_FOUND, "manifest unknown");
  }

  @Test
  void nobody_there() throws Exception {
    registry.close();
    refused(UNAVAILABLE, "cannot be reached");
  }

  @ParameterizedTest
  @ValueSource(strings = {"registry", "token"})
  void a_server_that_hangs_up_before_it_answers(String which) throws Exception {
    LyingRegistry.Handler hangsUp =
        _ -> {
          throw new IOException("hung up, as the test wants it");
        };
    if (which.equals("token")) {
      guard(MANIFEST_PATH, IMAGE.manifest(), new AtomicInteger());
      registry.on("/token", hangsUp);
    } else {
      registry.on(MANIFEST_PATH, hangsUp);
    }
    refused(UNAVAILABLE, "broke off before an answer");
    assertThat(registry.asked()).hasSizeLessThan(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void a_passing_fault_is_waited_out(int status) throws Exception {
    registry.serve(IMAGE);
    var times = new AtomicInteger();
    for (String path : List.of(MANIFEST_PATH, LAYER_PATH)) {
      byte[] content = path.equals(LAYER_PATH) ? LAYER : IMAGE.manifest();
      registry.on(
          path,
          exchange ->
              (times.incrementAndGet() % 2 == 1 ? status(status) : whole(content))
                  .answer(exchange));
    }
    assertThat(pull("app:1").image().id()).isEqualTo(IMAGE.id());
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500})
  void a_lasting_fault_is_told(int status) throws Exception {
    registry.on(MANIFEST_PATH, status(status));
    refused(UNAVAILABLE, registry.host() + " answered " + status);
    assertThat(registry.count(MANIFEST_PATH)).isEqualTo(4);
  }

  @Test
  void a_long_pause_is_told_and_not_made() throws Exception {
    registry.on(
        MANIFEST_PATH,
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "3600");
          exchange.sendResponseHeaders(429, -1);
        });
    refused(UNAVAILABLE, "asks to wait 3600 s");
    assertThat(registry.count(MANIFEST_PATH)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 418})
  void what_will_not_pass_is_not_repeated(int status) throws Exception {
    registry.on(MANIFEST_PATH, status(status));
    refused(UNAVAILABLE, "answered " + status);
    assertThat(registry.count(MANIFEST_PATH)).isEqualTo(1);
  }

  // ---- elsewhere

  @Test
  void a_blob_that_is_elsewhere_is_fetched_there_without_the_credentials() throws Exception {
    try (var store2 = new LyingRegistry()) {
      registry.serve(IMAGE);
      withBasic(MANIFEST_PATH, IMAGE.manifest());
      withBasic(blob("app", IMAGE.id()), IMAGE.config());
      registry.on(LAYER_PATH, redirect("/moved"));
      registry.on("/moved", redirect("http://" + store2.host() + "/blob?signature=1"));
      store2.on("/blob", whole(LAYER));
      pull("app:1", new Credentials("me", "secret"));
      assertThat(registry.asked())
          .filteredOn(a -> a.path().equals("/moved"))
          .allMatch(a -> a.authorization().startsWith("Basic "));
      assertThat(store2.asked())
          .containsExactly(new LyingRegistry.Asked("/blob", "", "", "GET", "signature=1"));
    }
  }

  private void withBasic(String path, byte[] content) {
    String expected = "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(UTF_8));
    registry.on(
        path,
        exchange -> {
          if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
            exchange.sendResponseHeaders(401, -1);
            return;
          }
          whole(content).answer(exchange);
        });
  }

  @Test
  void a_circle_is_left() throws Exception {
    registry.on(MANIFEST_PATH, redirect(MANIFEST_PATH));
    refused(INVALID, "redirects more than 5 times");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "gopher://x/", "http://", "http:// /", "ht tp"})
  void an_address_that_is_none(String location) throws Exception {
    registry.on(MANIFEST_PATH, redirect(location));
    refused(INVALID, "an address that is none");
  }

  // ---- who asks

  @Test
  void a_token_is_fetched_once_and_again_when_it_ends() throws Exception {
    var valid = new AtomicInteger();
    registry.on(
        "/token",
        exchange -> {
          assertThat(exchange.getRequestURI().getQuery())
              .contains("service=our+registry")
              .contains("scope=repository:app:pull");
          whole(("{\"token\":\"t" + valid.incrementAndGet() + "\"}").getBytes(UTF_8))
              .answer(exchange);
        });
    guard(MANIFEST_PATH, IMAGE.manifest(), valid);
    IMAGE.content().forEach((digest, blob) -> guard(blob("app", digest), blob, valid));
    assertThat(pull("app:1", new Credentials("me", "secret")).image().id()).isEqualTo(IMAGE.id());
    assertThat(valid).hasValue(1);
    assertThat(registry.asked())
        .filteredOn(a -> a.path().equals("/token"))
        .allMatch(a -> a.authorization().startsWith("Basic "));
    valid.incrementAndGet(); // the old one has run out
    pull("app:1", new Credentials("me", "secret"));
    assertThat(valid).hasValue(3);
  }

  private void guard(String path, byte[] content, AtomicInteger valid) {
    registry.on(
        path,
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("Authorization");
          if (!("Bearer t" + valid.get()).equals(token)) {
            challenge(
                exchange,
                "Bearer realm=\"http://" + registry.host() + "/token\",service=\"our registry\"");
            return;
          }
          whole(content).answer(exchange);
        });
  }

  private static void challenge(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", text);
    exchange.sendResponseHeaders(401, -1);
  }

  @Test
  void a_token_that_is_worth_nothing_is_not_asked_for_again_and_again() throws Exception {
    registry.on("/token", whole("{\"token\":\"worthless\"}".getBytes(UTF_8)));
    guard(MANIFEST_PATH, IMAGE.manifest(), new AtomicInteger());
    refused(DENIED, "pull access denied");
    assertThat(registry.count("/token")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"token\":\"\"}"})
  void no_token(String answer) throws Exception {
    registry.on("/token", whole(answer.getBytes(UTF_8)));
    guard(MANIFEST_PATH, IMAGE.manifest(), new AtomicInteger());
    refused(DENIED, "pull access denied");
  }

  @Test
  void wrong_credentials() throws Exception {
    registry.on("/token", status(401));
    guard(MANIFEST_PATH, IMAGE.manifest(), new AtomicInteger());
    refused(DENIED, "pull access denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Basic realm=\"x\"", "Bearer", "Bearer service=\"x\"", "Negotiate abc"})
  void a_challenge_that_cannot_be_met(String challenge) throws Exception {
    registry.on(MANIFEST_PATH, exchange -> challenge(exchange, challenge));
    refused(DENIED, "pull access denied");
  }

  @Test
  void a_password_does_not_go_to_a_host_over_plain_http_that_nobody_named() {
    registry.on(
        MANIFEST_PATH,
        exchange -> challenge(exchange, "Bearer realm=\"http://192.0.2.1:5002/token\""));
    assertThatThrownBy(() -> pull("app:1", new Credentials("me", "secret")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("wants the password sent to the plain http://192.0.2.1:5002/token")
        .hasMessageContaining("--insecure-registry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "nonsense", "http://a b/"})
  void a_realm_that_is_no_address(String realm) throws Exception {
    registry.on(MANIFEST_PATH, exchange -> challenge(exchange, "Bearer realm=\"" + realm + "\""));
    refused(INVALID, "an address that is none");
  }
}
