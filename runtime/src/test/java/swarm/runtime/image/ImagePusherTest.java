package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.DENIED;
import static swarm.runtime.image.ImageException.Kind.NOT_FOUND;
import static swarm.runtime.image.ImageException.Kind.UNAVAILABLE;
import static swarm.runtime.image.ImageFailure.fails;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagePusherTest extends PullFixture {
  private final TakingRegistry taking = new TakingRegistry();
  private ImagePusher pusher;

  @BeforeEach
  void take() {
    registry.otherwise(taking::answer);
    pusher = new ImagePusher(store, client);
  }

  private ImagePusher.Pushed push(String name) throws Exception {
    return push(name, Credentials.NONE);
  }

  private ImagePusher.Pushed push(String name, Credentials credentials) throws Exception {
    return pusher.push(
        registry.reference(name),
        credentials,
        (id, status, _, _) -> {
          if (!status.equals("Pushing")) {
            progress.add(id + " " + status);
          }
        });
  }

  /// An image as `docker load` brings it: layers without a manifest.
  private Image load(String name, byte[]... tars) throws IOException {
    var image = TestImage.of(TestImage.configuration(tars), List.of(tars));
    byte[] archive = image.archive(registry.host() + "/" + name).bytes();
    return new ImageLoader(store)
        .load(new ByteArrayInputStream(archive), "amd64", (_, _, _, _) -> {})
        .getFirst()
        .image();
  }

  private long sent(String method, String path) {
    return registry.asked().stream()
        .filter(a -> a.method().equals(method) && a.path().startsWith(path))
        .count();
  }

  @Test
  void what_was_pulled_goes_with_the_same_bytes() throws Exception {
    registry.serve(IMAGE);
    Image image = pull("app:1").image();
    store.tag(image.id(), registry.reference("team/copy:2"));
    ImagePusher.Pushed pushed = push("team/copy:2");
    assertThat(taking.manifests.get("team/copy:2")).isEqualTo(IMAGE.manifest());
    assertThat(taking.types.get("team/copy:2")).isEqualTo(Manifests.OCI);
    assertThat(pushed.digest()).isEqualTo(ContentStore.digestOf(IMAGE.manifest()));
    assertThat(pushed.size()).isEqualTo(IMAGE.manifest().length);
    IMAGE
        .content()
        .forEach(
            (digest, blob) ->
                assertThat(taking.blobs.get("team/copy@" + digest)).as(digest).isEqualTo(blob));
    assertThat(store.get(image.id()).digests())
        .contains(registry.host() + "/team/copy@" + pushed.digest());
  }

  @Test
  void a_platform_of_an_index_goes_as_it_is_in_the_index() throws Exception {
    var index = TestImage.index(java.util.Map.of("linux/amd64", IMAGE));
    registry.serve(IMAGE);
    registry.on(LyingRegistry.manifest("app", "both"), LyingRegistry.whole(index));
    Image image = pull("app:both").image();
    store.tag(image.id(), registry.reference("copy:1"));
    assertThat(push("copy:1").digest()).isEqualTo(ContentStore.digestOf(IMAGE.manifest()));
  }

  @Test
  void plain_layers_go_compressed_and_are_the_same_the_next_time() throws Exception {
    Image image = load("made:1", BASE, APP);
    ImagePusher.Pushed first = push("made:1");
    byte[] manifest = taking.manifests.get("made:1");
    var node = ImageStore.JSON.readTree(manifest);
    assertThat(node.path("mediaType").asText()).isEqualTo(Manifests.DOCKER);
    assertThat(node.path("layers").get(1).path("mediaType").asText())
        .isEqualTo(Manifests.DOCKER_LAYER);
    // only the compressed ones are kept
    assertThat(store.get(image.id()).layers())
        .extracting(Image.Layer::blob)
        .doesNotContain(ContentStore.digestOf(BASE), ContentStore.digestOf(APP));
    assertThat(store.content().has(ContentStore.digestOf(APP))).isFalse();
    long bodies = sent("PATCH", "/v2/made");
    progress.clear();
    assertThat(push("made:1").digest()).isEqualTo(first.digest());
    assertThat(sent("PATCH", "/v2/made")).isEqualTo(bodies);
    assertThat(progress)
        .contains(ContentStore.digestOf(APP).substring(7, 19) + " Layer already exists");
    // and comes back whole
    var elsewhere = ImageStore.open(folder.resolve("elsewhere"));
    var pulled =
        new ImagePuller(elsewhere, client)
            .pull(registry.reference("made:1"), "amd64", Credentials.NONE, (_, _, _, _) -> {});
    assertThat(pulled.image().id()).isEqualTo(image.id());
  }

  @Test
  void progress_is_told_from_the_highest_layer_on() throws Exception {
    load("made:1", BASE, APP);
    push("made:1");
    String base = ContentStore.digestOf(BASE).substring(7, 19);
    String app = ContentStore.digestOf(APP).substring(7, 19);
    assertThat(progress.subList(0, 2)).containsExactly(app + " Preparing", base + " Preparing");
    assertThat(progress).contains(app + " Pushed", base + " Pushed");
  }

  @Test
  void a_layer_of_another_repository_is_mounted() throws Exception {
    Image image = load("first:1", BASE, APP);
    push("first:1");
    store.tag(image.id(), registry.reference("second:1"));
    progress.clear();
    push("second:1");
    assertThat(progress)
        .contains(ContentStore.digestOf(APP).substring(7, 19) + " Mounted from first");
    assertThat(sent("PATCH", "/v2/second")).isEqualTo(1); // the configuration
  }

  @Test
  void a_registry_that_mounts_nothing_gets_the_bytes() throws Exception {
    Image image = load("first:1", BASE);
    push("first:1");
    store.tag(image.id(), registry.reference("second:1"));
    taking.blobs.keySet().removeIf(k -> k.startsWith("first@"));
    push("second:1");
    assertThat(taking.manifests).containsKey("second:1");
  }

  @ParameterizedTest
  @CsvSource({"0,false", "0,true", "503,false", "500,true", "404,false"})
  void what_breaks_off_goes_on(int status, boolean forgetful) throws Exception {
    Image image = load("made:1", APP);
    taking.forgetful = forgetful;
    taking.faults.add(new TakingRegistry.Fault(100_000, status));
    taking.faults.add(new TakingRegistry.Fault(50_000, status));
    push("made:1");
    String blob = store.get(image.id()).layers().getFirst().blob();
    byte[] there = taking.blobs.getOrDefault("made@" + blob, new byte[0]);
    assertThat(ContentStore.digestOf(there)).isEqualTo(blob);
  }

  @Test
  void what_always_breaks_off_is_given_up() throws Exception {
    load("made:1", APP);
    for (int i = 0; i < 50; i++) {
      taking.faults.add(new TakingRegistry.Fault(0, 0));
    }
    fails(UNAVAILABLE, "broke off", () -> push("made:1"));
    assertThat(taking.manifests).isEmpty();
  }

  @Test
  void nobody_may_write_without_credentials() throws Exception {
    load("made:1", BASE);
    taking.challenge = "Basic realm=\"x\"";
    taking.authorization = "Basic dTpw"; // u:p
    fails(DENIED, "no basic auth credentials", () -> push("made:1"));
    fails(DENIED, "", () -> push("made:1", new Credentials("u", "wrong")));
    push("made:1", new Credentials("u", "p"));
    assertThat(taking.manifests).containsKey("made:1");
  }

  @Test
  void a_token_is_asked_for_with_what_is_to_be_done() throws Exception {
    load("made:1", BASE);
    registry.on(
        "/token", LyingRegistry.whole("{\"token\":\"t1\"}".getBytes(StandardCharsets.UTF_8)));
    taking.challenge = "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"";
    taking.authorization = "Bearer t1";
    push("made:1", new Credentials("u", "p"));
    var token = registry.asked().stream().filter(a -> a.path().equals("/token")).findFirst();
    assertThat(token.orElseThrow().query()).contains("scope=repository%3Amade%3Apull%2Cpush");
    assertThat(registry.count("/token")).isEqualTo(1);
  }

  @Test
  void an_identity_token_is_changed_for_one_of_access() throws Exception {
    load("made:1", BASE);
    var asked = new AtomicInteger();
    registry.on(
        "/token",
        exchange -> {
          String form =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          asked.incrementAndGet();
          boolean good =
              exchange.getRequestMethod().equals("POST")
                  && form.contains("grant_type=refresh_token")
                  && form.contains("refresh_token=secret");
          (good
                  ? LyingRegistry.whole(
                      "{\"access_token\":\"t2\"}".getBytes(StandardCharsets.UTF_8))
                  : LyingRegistry.status(401))
              .answer(exchange);
        });
    taking.challenge = "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"";
    taking.authorization = "Bearer t2";
    push("made:1", new Credentials("", "", "secret", ""));
    assertThat(asked).hasValue(1);
    taking.authorization = "Bearer given";
    push("made:1", new Credentials("", "", "", "given"));
    assertThat(asked).hasValue(1);
  }

  @Test
  void what_is_not_here() {
    fails(NOT_FOUND, "tag does not exist", () -> push("nothing:1"));
    fails(
        NOT_FOUND,
        "An image does not exist locally with the tag",
        () -> pusher.tags(registry.reference("nothing")));
  }
}
