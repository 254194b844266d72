package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageFailure.fails;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pulling from a real registry.
class RealRegistryTest {
  private static final TestImage SMALL =
      TestImage.of(
          new TarBuilder().file("base", "1").bytes(), new TarBuilder().file("app", "2").bytes());

  private static @Nullable RealRegistry registry;

  @TempDir Path folder;
  private ImageStore store;
  private RegistryClient client;
  private ImagePuller puller;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Assumptions.assumeTrue(RealRegistry.installed(), "no docker-registry here to pull from");
    registry = new RealRegistry(Path.of("target", "swarmtest-registry"));
  }

  @AfterAll
  static void stop() throws IOException {
    if (registry != null) {
      registry.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
    client = new RegistryClient(new RegistryOptions(List.of(), List.of()));
    puller = new ImagePuller(store, client);
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static RealRegistry registry() {
    return java.util.Objects.requireNonNull(registry);
  }

  private ImagePuller.Pulled pull(String name) throws IOException, InterruptedException {
    return puller.pull(
        Reference.parse(registry().host() + "/" + name),
        "amd64",
        Credentials.NONE,
        (_, _, _, _) -> {});
  }

  @Test
  void an_image_by_tag_and_by_digest() throws Exception {
    registry().push("team/app", "1", SMALL);
    ImagePuller.Pulled pulled = pull("team/app:1");
    assertThat(pulled.image().id()).isEqualTo(SMALL.id());
    assertThat(pulled.digest()).isEqualTo(ContentStore.digestOf(SMALL.manifest()));
    var layers = store.prepare("c", SMALL.id()).layers();
    assertThat(layers.get(0).resolve("app")).hasContent("2");
    assertThat(layers.get(1).resolve("base")).hasContent("1");
    assertThat(pull("team/app@" + pulled.digest()).fresh()).isFalse();
  }

  @Test
  void a_tag_that_moved() throws Exception {
    registry().push("moving", "1", SMALL);
    pull("moving:1");
    var next = TestImage.of(new TarBuilder().file("app", "3").bytes());
    registry().push("moving", "1", next);
    ImagePuller.Pulled pulled = pull("moving:1");
    assertThat(pulled.fresh()).isTrue();
    assertThat(store.get(registry().host() + "/moving:1").id()).isEqualTo(next.id());
    assertThat(store.get(SMALL.id()).tags()).isEmpty();
  }

  @Test
  void all_tags() throws Exception {
    registry().push("many", "1", SMALL);
    registry().push("many", "2", SMALL);
    var many = Reference.parse(registry().host() + "/many");
    assertThat(puller.tags(many, Credentials.NONE)).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void an_index() throws Exception {
    var theirs = TestImage.of(new TarBuilder().file("theirs", "1").bytes());
    registry().push("index", "ours", SMALL);
    registry().push("index", "theirs", theirs);
    var platforms = new LinkedHashMap<String, TestImage>();
    platforms.put("linux/arm64", theirs);
    platforms.put("linux/amd64", SMALL);
    registry().manifest("index", "both", TestImage.index(platforms));
    assertThat(pull("index:both").image().id()).isEqualTo(SMALL.id());
  }

  @Test
  void a_large_layer_and_many_small_ones() throws Exception {
    byte[] noise = new byte[20_000_000];
    new Random(1).nextBytes(noise);
    var tars = new java.util.ArrayList<byte[]>();
    tars.add(new TarBuilder().file("large", noise, 0644, 0, 0).bytes());
    for (int i = 0; i < 30; i++) {
      tars.add(new TarBuilder().file("small" + i, "x").bytes());
    }
    var image = TestImage.of(tars.toArray(byte[][]::new));
    registry().push("many", "1", image);
    pull("many:1");
    assertThat(store.prepare("c", image.id()).layers()).hasSize(31);
  }

  @Test
  void what_is_not_there() throws Exception {
    registry().push("there", "1", SMALL);
    for (String name : List.of("there:2", "nothere:1")) {
      fails(ImageException.Kind.NOT_FOUND, "not found", () -> pull(name));
    }
    assertThat(store.list()).isEmpty();
  }
}
