package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.INVALID;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.nothingKept;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageLoaderTest {
  private static final byte[] BASE = new TarBuilder().file("base", "1").bytes();
  private static final byte[] APP = new TarBuilder().file("app", "2").bytes();
  private static final String NOTHING = "sha256:" + "0".repeat(64);

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
  }

  private List<Image> load(byte[] archive) throws IOException {
    return load(new ByteArrayInputStream(archive));
  }

  private List<Image> load(InputStream archive) throws IOException {
    return loaded(archive).stream().map(ImageLoader.Loaded::image).toList();
  }

  private List<ImageLoader.Loaded> loaded(InputStream archive) throws IOException {
    return new ImageLoader(store).load(archive, "amd64", (_, _, _, _) -> {});
  }

  private void isWhole(Image image) throws IOException {
    var layers = store.prepare("c", image.id()).layers();
    assertThat(layers.get(0).resolve("app")).hasContent("2");
    assertThat(layers.get(1).resolve("base")).hasContent("1");
  }

  @Test
  void only_the_names_in_the_archive_are_told() throws IOException {
    TestImage image = TestImage.of(BASE, APP);
    load(image.archive("old:1").bytes());

    var named = loaded(new ByteArrayInputStream(image.archive("web:1").bytes())).getFirst();
    assertThat(named.names()).containsExactly("web:1");
    assertThat(named.image().tags()).containsExactlyInAnyOrder("old:1", "web:1");

    var nameless = loaded(new ByteArrayInputStream(image.archive().bytes())).getFirst();
    assertThat(nameless.names()).isEmpty();
  }

  @Test
  void what_docker_saved() throws IOException {
    TestImage image = TestImage.of(BASE, APP);
    List<Image> loaded = load(image.archive("web:1", "web:2").bytes());
    assertThat(loaded).hasSize(1);
    assertThat(loaded.getFirst().id()).isEqualTo(image.id());
    assertThat(loaded.getFirst().tags()).containsExactly("web:1", "web:2");
    isWhole(loaded.getFirst());
  }

  @Test
  void an_archive_in_any_compression_with_layers_in_any_other() throws IOException {
    var plain = TestImage.of(TestImage.configuration(BASE, APP), List.of(BASE, Zstd.compress(APP)));
    byte[] archive = plain.archive("web:1").bytes();
    for (byte[] one : List.of(archive, TestImage.gzip(archive), Zstd.compress(archive))) {
      isWhole(load(one).getFirst());
      store.remove("web:1", false);
      nothingKept(folder);
    }
  }

  @Test
  void layers_that_are_links_to_others_as_older_dockers_save_them() throws IOException {
    var config = TestImage.configuration(BASE, APP, BASE);
    var tar =
        new TarBuilder()
            .file("config.json", config.toString())
            .folder("a", 0755)
            .file("a/layer.tar", BASE, 0644, 0, 0)
            .file("b/layer.tar", APP, 0644, 0, 0)
            .symlink("c/layer.tar", "../a/layer.tar")
            .file(
                "manifest.json",
                "[{\"Config\":\"config.json\",\"RepoTags\":[\"web:1\"],"
                    + "\"Layers\":[\"a/layer.tar\",\"b/layer.tar\",\"c/layer.tar\"]}]");
    Image image = load(tar.bytes()).getFirst();
    assertThat(image.layers()).hasSize(3);
    assertThat(store.prepare("c", image.id()).layers()).hasSize(2); // one is there twice
  }

  @Test
  void several_images_and_one_without_a_name() throws IOException {
    var config = TestImage.configuration(BASE);
    var other = TestImage.configuration(APP);
    var tar =
        new TarBuilder()
            .file("1.json", config.toString())
            .file("2.json", other.toString())
            .file("1.tar", BASE, 0644, 0, 0)
            .file("2.tar", APP, 0644, 0, 0)
            .file(
                "manifest.json",
                "[{\"Config\":\"1.json\",\"RepoTags\":[\"web:1\"],\"Layers\":[\"1.tar\"]},"
                    + "{\"Config\":\"./2.json\",\"RepoTags\":null,\"Layers\":[\"./2.tar\"]}]");
    List<Image> images = load(tar.bytes());
    assertThat(images).extracting(Image::tags).containsExactly(List.of("web:1"), List.of());
  }

  @Test
  void a_layout() throws IOException {
    Image image =
        load(TestImage.of(BASE, APP).layout("docker.io/library/web:1").bytes()).getFirst();
    assertThat(image.tags()).containsExactly("web:1");
    isWhole(image);
  }

  @Test
  void of_a_layout_with_platforms_ours_is_taken_and_the_rest_not_kept() throws IOException {
    var ours = TestImage.of(BASE, APP);
    var theirs = TestImage.of(APP);
    byte[] index = TestImage.index(Map.of("linux/amd64", ours, "linux/arm64", theirs));
    var tar = new TarBuilder();
    for (TestImage one : List.of(ours, theirs)) {
      one.content().values().forEach(blob -> TestImage.blob(tar, blob));
      TestImage.blob(tar, one.manifest());
    }
    TestImage.blob(tar, index);
    tar.file(
        "index.json",
        "{\"manifests\":[{\"digest\":\""
            + ContentStore.digestOf(index)
            + "\",\"annotations\":"
            + "{\"io.containerd.image.name\":\"docker.io/library/web:1\"}}]}");
    byte[] archive = tar.bytes();
    isWhole(load(archive).getFirst());
    assertThat(store.content().has(theirs.id())).isFalse();
    fails(
        INVALID,
        "linux/s390x",
        () ->
            new ImageLoader(store)
                .load(new ByteArrayInputStream(archive), "s390x", (_, _, _, _) -> {}));
  }

  /// A description, and what is in the archive.
  record Bad(String what, String says, byte[] archive) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> bad() {
    var image = TestImage.of(BASE, APP);
    byte[] whole = image.archive("web:1").bytes();
    byte[] gzip = TestImage.gzip(whole);
    return Stream.of(
        new Bad("nothing", "neither manifest.json", new byte[0]),
        new Bad("no tar", "", "this is no tar".repeat(100).getBytes(UTF_8)),
        new Bad("a short text", "", "this is no tar".getBytes(UTF_8)),
        new Bad("an empty tar", "neither manifest.json", new TarBuilder().bytes()),
        new Bad("broken gzip", "", Arrays.copyOf(gzip, gzip.length / 2)),
        new Bad(
            "gzip with more behind it", "invalid header", Arrays.copyOf(gzip, gzip.length + 99)),
        new Bad("cut within a layer", "", Arrays.copyOf(whole, 2_100)),
        docker("a manifest that is no JSON", "manifest.json is not JSON", "{{{"),
        docker("an empty manifest", "manifest.json", ""),
        docker("a manifest that is a number", "manifest.json is not JSON", "7"),
        docker("a manifest of nothing", "names no image", "[]"),
        docker("a manifest that is an object", "names no image", "{}"),
        docker("a missing configuration", "lacks 'c.json'", "[{\"Config\":\"c.json\"}]"),
        docker("no configuration", "lacks ''", "[{}]"),
        docker(
            "a configuration outside of the archive",
            "lacks 'etc/passwd'",
            "[{\"Config\":\"../../../../etc/passwd\",\"Layers\":[]}]"),
        config("a configuration that is no JSON", "not JSON", "nonsense"),
        config("a configuration that is a text", "not JSON", "\"text\""),
        config("fewer layers than the manifest", "names 0 layers", "{}"),
        config(
            "an id of a layer that is none",
            "no digest",
            "{\"rootfs\":{\"diff_ids\":[\"../../../etc\"]}}"),
        config(
            "another layer than the one named",
            "where the image says",
            "{\"rootfs\":{\"diff_ids\":[\"" + NOTHING + "\"]}}"),
        config(
            "a time that is none",
            "RFC 3339",
            TestImage.configuration(BASE).put("created", "yesterday").toString()),
        config("a step at a time that is none", "RFC 3339", withHistory().toString()),
        config(
            "ids of layers that are an object",
            "'rootfs.diff_ids' in the image's configuration must be a list",
            "{\"rootfs\":{\"diff_ids\":{\"a\":\"" + NOTHING + "\"}}}"),
        config(
            "a year of five digits",
            "RFC 3339",
            TestImage.configuration(BASE).put("created", "+12345-01-01T00:00:00Z").toString()),
        config(
            "a configuration that is a list",
            "'config' in the image's configuration must be an object, not []",
            withConfig("[]")),
        config(
            "variables that are none",
            "'config.Env' in the image's configuration must be a list of strings, not [1]",
            withConfig("{\"Env\":[1]}")),
        config(
            "a command that is a number",
            "'config.Cmd' in the image's configuration must be a string or a list of strings",
            withConfig("{\"Cmd\":5}")),
        config(
            "a health check of another type",
            "'config.Healthcheck.Interval' in the image's configuration must be an integer",
            withConfig("{\"Healthcheck\":{\"Interval\":\"1s\"}}")),
        config(
            "another system",
            "windows",
            TestImage.configuration(BASE).put("os", "windows").toString()),
        config("a configuration that is too large", "the limit", " ".repeat(9 << 20)),
        layer("a layer that is no tar", "it is no tar", "this is no tar".getBytes(UTF_8)),
        layer("a layer of noise", "it is no tar", "this is no tar".repeat(1000).getBytes(UTF_8)),
        layer("a layer that is cut", "damaged", Arrays.copyOf(BASE, 513)),
        layer(
            "a layer that leads outside",
            "",
            new TarBuilder().symlink("a", "/").hardlink("b", "a/etc/passwd/x").bytes()),
        layout("a layout of nothing", "no image for linux/amd64", "{\"manifests\":[]}"),
        layout("an index that is no JSON", "index.json is not JSON", "{"),
        layout(
            "a digest that is a path",
            "lacks",
            "{\"manifests\":[{\"digest\":\"sha256:../../../../etc/passwd\"}]}"),
        layout("no digest", "lacks", "{\"manifests\":[{}]}"),
        layout("a missing manifest", "lacks", "{\"manifests\":[{\"digest\":\"" + NOTHING + "\"}]}"),
        new Bad("a name that is none", "reference", image.archive("Not A Name").bytes()));
  }

  private static String withConfig(String json) {
    ObjectNode all = TestImage.configuration(BASE);
    all.putRawValue("config", new RawValue(json));
    return all.toString();
  }

  /// As Docker's strslice.
  @Test
  void a_command_that_is_one_text_is_its_only_word() throws IOException {
    byte[] config = withConfig("{\"Cmd\":\"true\",\"Entrypoint\":null}").getBytes(UTF_8);
    byte[] archive = new TestImage(config, List.of(BASE), new byte[0]).archive("web:1").bytes();
    JsonNode read = load(archive).getFirst().configuration().path("config");
    assertThat(read).hasToString("{\"Cmd\":[\"true\"],\"Entrypoint\":null}");
  }

  private static ObjectNode withHistory() {
    ObjectNode config = TestImage.configuration(BASE);
    config.putArray("history").addObject().put("created", "then");
    return config;
  }

  private static Bad docker(String what, String says, String manifest) {
    return new Bad(what, says, new TarBuilder().file("manifest.json", manifest).bytes());
  }

  private static Bad layout(String what, String says, String index) {
    return new Bad(what, says, new TarBuilder().file("index.json", index).bytes());
  }

  private static Bad config(String what, String says, String config) {
    return new Bad(
        what,
        says,
        new TestImage(config.getBytes(UTF_8), List.of(BASE), new byte[0]).archive("web:1").bytes());
  }

  private static Bad layer(String what, String says, byte[] tar) {
    return new Bad(
        what,
        says,
        TestImage.of(TestImage.configuration(tar), List.of(tar)).archive("web:1").bytes());
  }

  @ParameterizedTest
  @MethodSource("bad")
  void a_bad_archive_is_refused_and_nothing_of_it_kept(Bad bad) throws IOException {
    fails(INVALID, bad.says(), () -> load(bad.archive()));
    assertThat(store.list()).isEmpty();
    nothingKept(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 1_000})
  void indexes_of_indexes_are_followed_so_far(int depth) throws IOException {
    var image = TestImage.of(BASE, APP);
    var tar = new TarBuilder();
    image.content().values().forEach(blob -> TestImage.blob(tar, blob));
    TestImage.blob(tar, image.manifest());
    byte[] inner = image.manifest();
    for (int i = 0; i < depth; i++) {
      inner =
          ("{\"manifests\":[{\"digest\":\""
                  + ContentStore.digestOf(inner)
                  + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}")
              .getBytes(UTF_8);
      TestImage.blob(tar, inner);
    }
    byte[] archive = tar.file("index.json", inner, 0644, 0, 0).bytes();
    if (depth < 5) {
      assertThat(load(archive)).hasSize(1);
    } else {
      fails(INVALID, "nested", () -> load(archive));
      nothingKept(folder);
    }
  }

  @Test
  void a_bad_archive_does_no_harm_to_what_is_there() throws IOException {
    Image image = load(TestImage.of(BASE, APP).archive("web:1").bytes()).getFirst();
    fails(INVALID, "", () -> load(new TarBuilder().file("manifest.json", "[{}]").bytes()));
    isWhole(store.get(image.id()));
  }

  @Test
  void a_link_that_points_at_itself_is_nothing() {
    fails(
        INVALID,
        "lacks",
        () ->
            load(
                new TarBuilder()
                    .symlink("c.json", "c.json")
                    .file("manifest.json", "[{\"Config\":\"c.json\"}]")
                    .bytes()));
  }
}
