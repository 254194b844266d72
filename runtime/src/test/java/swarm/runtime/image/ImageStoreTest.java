package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.kept;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.snapshot.OverlayMounts;

class ImageStoreTest {
  private static final byte[] BASE = new TarBuilder().file("base", "1").bytes();
  private static final byte[] APP = new TarBuilder().file("app", "2").bytes();
  private static final byte[] OTHER = new TarBuilder().file("other", "3").bytes();

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
  }

  private Image load(TestImage image, String... names) throws IOException {
    return new ImageLoader(store)
        .load(image.archive(names).stream(), "amd64", (_, _, _, _) -> {})
        .getFirst()
        .image();
  }

  @Test
  void only_the_owner_looks_into_it_also_where_it_was_open_to_all() throws IOException {
    load(TestImage.of(BASE), "web:1");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

    ImageStore.open(folder);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("images.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void an_image_is_found_by_name_id_and_the_beginning_of_its_id() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    for (String name :
        List.of(
            "web:1",
            "docker.io/library/web:1",
            "index.docker.io/library/web:1",
            id,
            id.substring(7),
            id.substring(7, 19),
            id.substring(0, 19))) {
      assertThat(store.find(name)).as(name).map(Image::id).contains(id);
    }
    for (String name : List.of("web", "web:2", "other/web:1", "sha256:" + "0".repeat(64), "???")) {
      assertThat(store.find(name)).as(name).isEmpty();
    }
    fails(ImageException.Kind.NOT_FOUND, "No such image: web:latest", () -> store.get("web"));
  }

  @Test
  void what_it_shows() throws IOException {
    Image image = load(TestImage.of(BASE, APP), "web:1", "b:2");
    assertThat(image.tags()).containsExactly("b:2", "web:1");
    assertThat(image.command()).containsExactly("serve");
    assertThat(image.created()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(image.layers())
        .extracting(Image.Layer::diffId)
        .containsExactly(ContentStore.digestOf(BASE), ContentStore.digestOf(APP));
  }

  @Test
  void sizes_are_those_of_the_unpacked_files() throws IOException {
    byte[] zeros = new byte[1 << 20];
    byte[] large =
        new TarBuilder()
            .folder("bin", 0755)
            .file("bin/large", zeros, 0644, 0, 0)
            .hardlink("bin/again", "bin/large") // counted once
            .symlink("bin/link", "large") // its target's name
            .bytes();
    TestImage image =
        TestImage.of(TestImage.configuration(BASE, large), TestImage.gzipped(BASE, large));

    Image loaded = load(image, "web:1");

    assertThat(loaded.layers())
        .extracting(Image.Layer::unpacked)
        .containsExactly(1L, 5L + (1 << 20));
    assertThat(loaded.layers().get(1).size()).isLessThan(100_000);
    assertThat(loaded.size()).isEqualTo(6 + (1 << 20));
    assertThat(ImageStore.open(folder).get("web:1").size()).isEqualTo(loaded.size());
  }

  @Test
  void an_index_without_unpacked_sizes_is_completed() throws IOException {
    load(TestImage.of(BASE, APP), "web:1");
    Path index = folder.resolve("images.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replaceAll(",\"unpacked\":\\d+", "")
            .replaceAll("(],\"size\":)\\d+", "$199"));
    assertThat(Files.readString(index)).doesNotContain("unpacked").contains("],\"size\":99");

    Image image = ImageStore.open(folder).get("web:1");

    assertThat(image.size()).isEqualTo(2);
    assertThat(image.layers()).extracting(Image.Layer::unpacked).containsExactly(1L, 1L);
  }

  @Test
  void what_a_newer_build_has_written_besides_is_no_obstacle() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    Path index = folder.resolve("images.json");
    String newer = Files.readString(index).replace("\"size\":", "\"later\":{\"x\":[1]},\"size\":");
    assertThat(newer).contains("later");
    Files.writeString(index, newer);

    assertThat(ImageStore.open(folder).get("web:1").id()).isEqualTo(id);
  }

  @Test
  void it_is_all_there_after_a_restart_and_what_was_half_made_is_gone() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    store.tag("web:1", Reference.parse("web:2"));
    Files.writeString(folder.resolve("incoming/blob1"), "half");
    Files.createDirectories(folder.resolve("unpacking/layer1/bin"));
    Files.writeString(folder.resolve("images.json.new"), "{\"images\":");
    ImageStore again = ImageStore.open(folder);
    assertThat(again.get(id).tags()).containsExactly("web:1", "web:2");
    assertThat(kept(folder, "incoming")).isEmpty();
    assertThat(kept(folder, "unpacking")).isEmpty();
  }

  @Test
  void a_name_moves_to_another_image() throws IOException {
    String first = load(TestImage.of(BASE), "web:1").id();
    String second = load(TestImage.of(APP), "web:1").id();
    assertThat(store.get("web:1").id()).isEqualTo(second);
    assertThat(store.get(first).tags()).isEmpty();
    assertThat(store.list()).hasSize(2);
  }

  @Test
  void a_digest_is_no_name_to_give() throws IOException {
    load(TestImage.of(BASE), "web:1");
    fails(
        ImageException.Kind.INVALID,
        "digest",
        () -> store.tag("web:1", Reference.parse("web@sha256:" + "0".repeat(64))));
    assertThat(store.get("web:1").tags()).containsExactly("web:1");
  }

  @Test
  void the_last_name_takes_the_image_with_it_and_the_layers_that_no_other_has() throws IOException {
    load(TestImage.of(BASE, APP), "one:1", "one:2");
    TestImage other = TestImage.of(BASE, OTHER);
    load(other, "two:1");
    assertThat(store.remove("one:1", false).untagged()).containsExactly("one:1");
    assertThat(kept(folder, "layers/sha256")).hasSize(3);
    ImageStore.Removal removal = store.remove("one:2", false);
    assertThat(removal.untagged()).containsExactly("one:2");
    assertThat(removal.deleted()).hasSize(2); // the image, and the layer that no other has
    assertThat(kept(folder, "layers/sha256"))
        .containsExactlyInAnyOrder(
            hex(ContentStore.digestOf(BASE)), hex(ContentStore.digestOf(OTHER)));
    assertThat(kept(folder, "blobs/sha256"))
        .containsExactlyInAnyOrderElementsOf(
            other.content().keySet().stream().map(ImageStoreTest::hex).toList());
    assertThat(store.prepare("c", other.id()).layers()).hasSize(2);
  }

  private static String hex(String digest) {
    return ContentStore.hex(digest);
  }

  @Test
  void an_image_in_use_stays() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    var uses = RemovalPlanTest.uses("running1", null);
    for (String name : List.of("web:1", id, id.substring(7, 19))) {
      fails(ImageException.Kind.CONFLICT, "container", () -> store.remove(name, false, uses));
    }
    assertThat(store.get("web:1").id()).isEqualTo(id);
    assertThat(store.remove("web:1", true, uses).deleted()).isEmpty();
    assertThat(store.get(id).tags()).isEmpty();
    assertThat(store.prepare("c", id).layers()).hasSize(1);
  }

  @Test
  void a_stopped_container_can_start_although_its_image_was_removed() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    var uses = RemovalPlanTest.uses(null, "stopped1");
    ImageStore.Removal removal = store.remove("web:1", true, uses);
    assertThat(removal.deleted()).containsExactly(id); // its layers are not freed
    assertThat(removal.freed()).isZero();
    assertThat(store.find(id)).isEmpty();
    store = ImageStore.open(folder);
    assertThat(store.prepare("c", id).layers()).hasSize(1);
    load(TestImage.of(APP), "other:1");
    store.remove("other:1", false); // nothing uses it any more
    ImageFailure.nothingKept(folder);
  }

  @Test
  void a_removed_image_goes_with_its_last_container() throws IOException {
    String id = load(TestImage.of(BASE), "web:1").id();
    var uses = RemovalPlanTest.uses(null, "stopped1");
    store.remove("web:1", true, uses);
    assertThat(store.hides(id)).isTrue();
    store.forgetUnused(uses);
    assertThat(store.prepare("c", id).layers()).hasSize(1);
    store.forgetUnused(ImageUses.NONE);
    assertThat(store.hides(id)).isFalse();
    ImageFailure.nothingKept(folder);
    assertThat(ImageStore.open(folder).hides(id)).isFalse();
  }

  @Test
  void what_is_damaged_is_left_out_when_the_store_is_opened() throws IOException {
    TestImage whole = TestImage.of(BASE);
    TestImage broken = TestImage.of(APP);
    load(whole, "whole:1");
    load(broken, "broken:1");
    java.nio.file.Files.writeString(store.content().path(broken.id()), "{}");
    store = ImageStore.open(folder);
    assertThat(store.list()).extracting(Image::id).containsExactly(whole.id());
    assertThat(store.find("broken:1")).isEmpty();
    assertThat(kept(folder, "layers/sha256")).hasSize(1);
  }

  @Test
  void layers_are_told_by_their_chain_when_they_go() throws IOException {
    String id = load(TestImage.of(BASE, APP), "web:1").id();
    String base = ContentStore.digestOf(BASE);
    String chain =
        ContentStore.digestOf(
            (base + " " + ContentStore.digestOf(APP))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    ImageStore.Removal removal = store.remove("web:1", false);
    assertThat(removal.deleted()).containsExactly(id, chain, base);
    assertThat(removal.freed()).isEqualTo(2);
  }

  @Test
  void an_id_with_several_names_must_be_forced() throws IOException {
    String id = load(TestImage.of(BASE), "web:1", "web:2").id();
    fails(ImageException.Kind.CONFLICT, "must be forced", () -> store.remove(id, false));
    assertThat(store.remove(id, true).untagged()).containsExactly("web:1", "web:2");
    assertThat(store.list()).isEmpty();
    ImageFailure.nothingKept(folder);
  }

  @Test
  void removing_the_name_by_digest_leaves_the_image_to_its_tags() throws IOException {
    TestImage image = TestImage.of(BASE);
    load(image, "web:1");
    String digest = ContentStore.digestOf(image.manifest());
    var layers = store.get("web:1").layers();
    store.add(image.id(), layers, Reference.parse("web:1"), digest);
    String name = "web@" + digest;
    assertThat(store.get(name).digests()).containsExactly(name);
    ImageStore.Removal removal = store.remove(name, false);
    assertThat(removal.untagged()).containsExactly(name);
    assertThat(removal.deleted()).isEmpty();
    assertThat(store.get("web:1").digests()).isEmpty();
    assertThat(store.find(name)).isEmpty();
  }

  @Test
  void layers_come_highest_first_and_are_unpacked_again_where_they_went_missing()
      throws IOException {
    String id = load(TestImage.of(BASE, APP), "web:1").id();
    OverlayMounts.deleteTree(store.layers().path(ContentStore.digestOf(APP)));
    var layers = store.prepare("c", id).layers();
    assertThat(layers.get(0).resolve("app")).hasContent("2");
    assertThat(layers.get(1).resolve("base")).hasContent("1");
    assertThatThrownBy(() -> store.prepare("c", "sha256:" + "0".repeat(64)))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void nothing_is_swept_while_an_image_comes_in() throws IOException {
    load(TestImage.of(BASE), "web:1");
    String coming = store.content().put(new java.io.ByteArrayInputStream(new byte[] {1, 2, 3}));
    store.intake().lock();
    try {
      store.remove("web:1", false);
      assertThat(store.content().has(coming)).isTrue();
    } finally {
      store.intake().unlock();
    }
    store.discardUnused();
    ImageFailure.nothingKept(folder);
  }
}
