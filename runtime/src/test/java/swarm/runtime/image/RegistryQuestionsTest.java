package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.DENIED;
import static swarm.runtime.image.ImageException.Kind.INVALID;
import static swarm.runtime.image.ImageException.Kind.UNAVAILABLE;
import static swarm.runtime.image.ImageFailure.fails;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is asked of registries beside blobs: logins, searches, what there is, and of mirrors.
class RegistryQuestionsTest extends PullFixture {
  private final TakingRegistry taking = new TakingRegistry();
  private RegistryLogin login;
  private RegistrySearch search;

  @BeforeEach
  void ask() {
    registry.otherwise(taking::answer);
    login = new RegistryLogin(client);
    search = new RegistrySearch(client);
  }

  private String login(String user, String password) throws Exception {
    return login.login(registry.host(), new Credentials(user, password));
  }

  @Test
  void a_login_with_a_password() throws Exception {
    taking.challenge = "Basic realm=\"x\"";
    taking.authorization = "Basic dTpw"; // u:p
    assertThat(login("u", "p")).isEmpty();
    fails(DENIED, "/v2/ failed with status: 401 Unauthorized", () -> login("u", "wrong"));
    fails(DENIED, "no basic auth credentials", () -> login("", ""));
    taking.challenge = "";
    assertThat(login("anybody", "")).isEmpty();
  }

  @Test
  void a_login_that_gives_a_token() throws Exception {
    taking.challenge = "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"";
    taking.authorization = "Bearer t";
    byte[] tokens = "{\"token\":\"t\",\"refresh_token\":\"keep\"}".getBytes(UTF_8);
    registry.on("/token", LyingRegistry.whole(tokens));
    assertThat(login("u", "p")).isEqualTo("keep");
    assertThat(registry.asked())
        .filteredOn(a -> a.path().equals("/token"))
        .allMatch(a -> a.query().contains("offline_token=true") && !a.query().contains("scope="));
    registry.on("/token", LyingRegistry.status(401));
    fails(DENIED, "unauthorized: incorrect username or password", () -> login("u", "p"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://index.docker.io/v1/, docker.io",
    "'', docker.io",
    "docker.io, docker.io",
    "http://127.0.0.1:5000, 127.0.0.1:5000",
    "localhost, localhost",
    "a.example/v2/, a.example",
  })
  void what_clients_call_a_server(String server, String host) throws Exception {
    assertThat(RegistryLogin.host(server)).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a b.c", "..", "-x.y:1"})
  void what_is_no_server(String server) {
    fails(INVALID, "", () -> RegistryLogin.host(server));
  }

  @Test
  void a_search() throws Exception {
    String answer =
        "{\"results\":[{\"name\":\"a\",\"description\":\"d\",\"is_official\":true,"
            + "\"star_count\":7},{\"name\":\"b\"}]}";
    registry.on("/v1/search", LyingRegistry.whole(answer.getBytes(UTF_8)));
    List<RegistrySearch.Found> found =
        search.search(registry.host() + "/wo rd", 10, Credentials.NONE);
    assertThat(found)
        .containsExactly(
            new RegistrySearch.Found("a", "d", true, 7),
            new RegistrySearch.Found("b", "", false, 0));
    assertThat(registry.asked().getLast().query()).isEqualTo("q=wo+rd&n=10");
    registry.on("/v1/search", LyingRegistry.status(404));
    fails(UNAVAILABLE, "Unexpected status code 404", () -> search(registry.host() + "/x", 1));
    fails(INVALID, "outside the range of [1, 100]", () -> search("x", 101));
    fails(INVALID, "should not have a scheme", () -> search("http://x", 1));
  }

  private List<RegistrySearch.Found> search(String term, int limit) throws Exception {
    return search.search(term, limit, Credentials.NONE);
  }

  @Test
  void what_there_is_under_a_name() throws Exception {
    registry.serve(IMAGE);
    var distribution = new Distribution(client);
    Distribution.Description one =
        distribution.describe(registry.reference("app:1"), Credentials.NONE);
    assertThat(one.digest()).isEqualTo(ContentStore.digestOf(IMAGE.manifest()));
    assertThat(one.size()).isEqualTo(IMAGE.manifest().length);
    assertThat(one.platforms().toString())
        .isEqualTo("[{\"architecture\":\"amd64\",\"os\":\"linux\"}]");
    byte[] index = TestImage.index(Map.of("linux/arm64", IMAGE));
    registry.on(LyingRegistry.manifest("app", "all"), LyingRegistry.whole(index));
    Distribution.Description all =
        distribution.describe(registry.reference("app:all"), Credentials.NONE);
    assertThat(all.digest()).isEqualTo(ContentStore.digestOf(index));
    assertThat(all.platforms()).hasSize(1);
  }

  // ---- mirrors of Docker Hub

  private ImagePuller.Pulled pullFromHub(String... mirrors) throws Exception {
    try (var hub = new RegistryClient(RegistryOptions.of(List.of(), List.of(mirrors)))) {
      return new ImagePuller(store, hub)
          .pull(
              Reference.parse("app:1"),
              "amd64",
              new Credentials("me", "of the hub"),
              (_, _, _, _) -> {});
    }
  }

  @Test
  void docker_hub_comes_from_a_mirror_that_never_sees_its_password() throws Exception {
    registry.serve("library/app", "1", IMAGE);
    Image image = pullFromHub("http://" + registry.host() + "/").image();
    assertThat(image.tags()).containsExactly("app:1");
    assertThat(image.digests()).allMatch(d -> d.startsWith("app@sha256:"));
    taking.challenge = "Basic realm=\"x\"";
    assertThat(registry.asked()).allMatch(a -> a.authorization().isEmpty());
  }

  @Test
  void a_mirror_that_lies_is_passed_over() throws Exception {
    try (var liar = new LyingRegistry()) {
      liar.serve("library/app", "1", IMAGE);
      byte[] wrong = LAYER.clone();
      wrong[wrong.length - 1] ^= 1;
      String layer = LyingRegistry.blob("library/app", ContentStore.digestOf(LAYER));
      liar.on(layer, LyingRegistry.whole(wrong));
      registry.serve("library/app", "1", IMAGE);

      Image image = pullFromHub("http://" + liar.host(), "http://" + registry.host()).image();

      assertThat(image.id()).isEqualTo(IMAGE.id());
      assertThat(liar.count(layer)).isEqualTo(1);
      assertThat(registry.count(layer)).isEqualTo(1);
    }
  }

  @Test
  void a_foreign_layer_is_refused_in_words() throws Exception {
    var manifest = TestImage.manifest(IMAGE.config(), IMAGE.blobs());
    ((com.fasterxml.jackson.databind.node.ObjectNode) manifest.path("layers").get(0))
        .put("mediaType", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    registry.serve(IMAGE);
    registry.on(MANIFEST_PATH, LyingRegistry.whole(manifest.toString().getBytes(UTF_8)));
    refused(INVALID, "has a foreign layer");
  }

  @Test
  void too_many_layers() throws Exception {
    var manifest = TestImage.manifest(IMAGE.config(), List.of());
    for (int i = 0; i <= Manifests.MAX_LAYERS; i++) {
      manifest
          .withArray("layers")
          .addObject()
          .put("mediaType", Manifests.OCI_LAYER)
          .put("digest", IMAGE.id());
    }
    registry.on(MANIFEST_PATH, LyingRegistry.whole(manifest.toString().getBytes(UTF_8)));
    refused(INVALID, "max depth exceeded");
  }
}
