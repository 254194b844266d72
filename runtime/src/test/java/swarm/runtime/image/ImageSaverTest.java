package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.NOT_FOUND;
import static swarm.runtime.image.ImageFailure.fails;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageSaverTest extends PullFixture {
  private ImageSaver saver;

  @BeforeEach
  void save() {
    saver = new ImageSaver(store);
  }

  private byte[] saved(String... names) throws IOException {
    return saved(null, names);
  }

  private byte[] saved(@Nullable Platform platform, String... names) throws IOException {
    var out = new ByteArrayOutputStream();
    saver.save(saver.select(List.of(names), platform), out);
    return out.toByteArray();
  }

  private static Map<String, byte[]> files(byte[] archive) throws IOException {
    var files = new LinkedHashMap<String, byte[]>();
    var in = new TarArchiveInputStream(new ByteArrayInputStream(archive));
    for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      assertThat(files.put(entry.getName(), in.readAllBytes())).as(entry.getName()).isNull();
    }
    return files;
  }

  private static JsonNode json(Map<String, byte[]> files, String name) throws IOException {
    return ImageStore.JSON.readTree(files.get(name));
  }

  private Image load(TestImage image, String... names) throws IOException {
    return new ImageLoader(store)
        .load(image.archive(names).stream(), "amd64", (_, _, _, _) -> {})
        .getFirst()
        .image();
  }

  @Test
  void what_was_pulled_is_saved_and_loaded_with_the_same_bytes() throws Exception {
    registry.serve(IMAGE);
    String name = registry.host() + "/app:1";
    pull("app:1");
    byte[] archive = saved(name);
    Map<String, byte[]> files = files(archive);
    assertThat(files.keySet())
        .contains("blobs/", "blobs/sha256/", "index.json", "manifest.json", "oci-layout")
        .contains("repositories");
    IMAGE
        .content()
        .forEach(
            (digest, blob) ->
                assertThat(files.get("blobs/sha256/" + ContentStore.hex(digest))).isEqualTo(blob));
    JsonNode docker = json(files, "manifest.json").get(0);
    assertThat(docker.path("RepoTags").toString()).isEqualTo("[\"" + name + "\"]");
    assertThat(docker.path("Layers")).hasSize(2);
    JsonNode oci = json(files, "index.json").path("manifests").get(0);
    assertThat(oci.path("digest").asText()).isEqualTo(ContentStore.digestOf(IMAGE.manifest()));
    assertThat(oci.at("/annotations/io.containerd.image.name").asText()).isEqualTo(name);

    ImageStore elsewhere = ImageStore.open(folder.resolve("elsewhere"));
    Image loaded =
        new ImageLoader(elsewhere)
            .load(new ByteArrayInputStream(archive), "amd64", (_, _, _, _) -> {})
            .getFirst()
            .image();
    assertThat(loaded.id()).isEqualTo(IMAGE.id());
    assertThat(loaded.manifest()).isEqualTo(ContentStore.digestOf(IMAGE.manifest()));
    assertThat(loaded.tags()).containsExactly(name);
  }

  @Test
  void layers_that_several_images_have_are_there_once() throws Exception {
    load(TestImage.of(BASE, APP), "one:1");
    load(TestImage.of(BASE), "two:1", "two:2");
    Map<String, byte[]> files = files(saved("one:1", "two"));
    assertThat(files.keySet().stream().filter(n -> n.matches("blobs/sha256/.+")))
        .hasSize(6); // two layers, two configurations, two manifests
    assertThat(json(files, "manifest.json")).hasSize(2);
    assertThat(json(files, "index.json").path("manifests")).hasSize(3); // one for each name
    assertThat(saved("one:1", "two")).isEqualTo(saved("one:1", "two"));
  }

  @Test
  void an_image_by_its_id_has_no_name_in_it() throws Exception {
    String id = load(TestImage.of(BASE), "one:1").id();
    Map<String, byte[]> files = files(saved(id.substring(7, 19)));
    assertThat(json(files, "manifest.json").get(0).path("RepoTags").isNull()).isTrue();
    assertThat(files).doesNotContainKey("repositories");
    assertThat(json(files, "index.json").path("manifests").get(0).has("annotations")).isFalse();
  }

  @Test
  void what_is_not_here() throws Exception {
    load(TestImage.of(BASE), "one:1");
    fails(NOT_FOUND, "reference does not exist", () -> saved("one:2"));
    fails(NOT_FOUND, "No such image: nothing", () -> saved("nothing"));
    fails(NOT_FOUND, "linux/arm64", () -> saved(Platform.linux("arm64"), "one:1"));
    assertThat(saved(Platform.linux("amd64"), "one:1")).isNotEmpty();
  }
}
