package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import swarm.runtime.snapshot.OverlayMounts;

/// Whatever comes from outside is taken or refused with a sentence; nothing else is thrown, and
/// nothing is written outside.
class HostileInputTest {
  private static final byte[] LAYER = new TarBuilder().file("a", "1").symlink("b", "a").bytes();

  private static Path folder = Path.of("");

  @BeforeContainer
  static void make() throws IOException {
    folder = Files.createTempDirectory("swarmtest-hostile");
  }

  @AfterContainer
  static void clear() throws IOException {
    OverlayMounts.deleteTree(folder);
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }

  /// It works, or says why not.
  private static void survives(Attempt attempt) {
    try {
      attempt.run();
    } catch (ImageException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- names

  @Property
  void any_text_is_a_reference_or_none(@ForAll String text) {
    survives(() -> Reference.parse(text));
  }

  @Property
  void a_reference_is_the_same_when_it_is_read_again(@ForAll(supplier = Names.class) String text) {
    survives(
        () -> {
          Reference reference = Reference.parse(text);
          assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
        });
  }

  /// Texts that are nearly names.
  static final class Names implements net.jqwik.api.ArbitrarySupplier<String> {
    @Override
    public Arbitrary<String> get() {
      Arbitrary<String> host = Arbitraries.of("", "localhost/", "a.b/", "h:5000/", "[::1]:80/");
      Arbitrary<String> path = Arbitraries.strings().withChars("ab0._-/").ofMaxLength(12);
      Arbitrary<String> end =
          Arbitraries.of("", ":1", ":", ":a_b.c-d", "@sha256:" + "0".repeat(64), "@x", ":1@");
      return Combinators.combine(host, path, end).as((h, p, e) -> h + p + e);
    }
  }

  // ---- manifests and configurations

  /// JSON that is nearly what is wanted.
  static final class Json implements net.jqwik.api.ArbitrarySupplier<String> {
    @Override
    public Arbitrary<String> get() {
      String digest = "sha256:" + "0".repeat(64);
      Arbitrary<String> leaf =
          Arbitraries.of(
              "null",
              "1",
              "-1",
              "9223372036854775808",
              "1e400",
              "true",
              "\"\"",
              "\"x\"",
              "[]",
              "{}",
              "\"" + digest + "\"",
              "\"2026-01-01T00:00:00Z\"",
              "\"sha256:../../etc\"",
              "[null]",
              "[[]]",
              "{\"digest\":\"" + digest + "\"}");
      Arbitrary<String> name =
          Arbitraries.of(
              "config",
              "layers",
              "digest",
              "size",
              "mediaType",
              "manifests",
              "platform",
              "os",
              "rootfs",
              "diff_ids",
              "history",
              "created",
              "Env",
              "Labels",
              "Volumes",
              "Healthcheck",
              "Config",
              "Layers",
              "RepoTags",
              "architecture",
              "empty_layer");
      return Arbitraries.recursive(
          () -> leaf,
          inner ->
              Arbitraries.oneOf(
                  Combinators.combine(name, inner)
                      .as((n, v) -> "\"" + n + "\":" + v)
                      .list()
                      .ofMaxSize(4)
                      .map(members -> "{" + String.join(",", members) + "}"),
                  inner.list().ofMaxSize(3).map(items -> "[" + String.join(",", items) + "]")),
          3);
    }
  }

  @Property(tries = 500)
  void any_manifest_is_taken_or_refused(@ForAll(supplier = Json.class) String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    survives(() -> Manifests.image(Configuration.json(bytes, "it"), "it"));
  }

  /// What is taken can be shown without a doubt.
  @Property(tries = 500)
  void any_configuration_is_taken_or_refused(@ForAll(supplier = Json.class) String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    survives(
        () -> {
          var config = Configuration.parse(bytes, 0);
          var image = new Image("sha256:x", List.of(), List.of(), config, List.of(), 0);
          assertThat(image.created()).isNotNull();
          assertThat(image.env()).isNotNull();
          assertThat(image.labels()).isNotNull();
          assertThat(image.volumes()).isNotNull();
          assertThat(image.stopSignal()).isNotNull();
          assertThat(Platform.of(image)).isNotNull();
          var _ = image.healthCheck().probes();
        });
  }

  @Property(tries = 200)
  void any_manifest_of_an_archive_is_taken_or_refused(
      @ForAll(supplier = Json.class) String text, @ForAll boolean layout) {
    survives(
        () -> {
          ImageStore store = ImageStore.open(folder.resolve("archives"));
          byte[] archive =
              new TarBuilder()
                  .file(layout ? "index.json" : "manifest.json", layout ? text : "[" + text + "]")
                  .bytes();
          var _ =
              new ImageLoader(store)
                  .load(new ByteArrayInputStream(archive), "amd64", (_, _, _, _) -> {});
        });
  }

  // ---- tars

  @Property(tries = 300)
  void a_layer_with_changed_bytes_is_taken_or_refused(
      @ForAll @net.jqwik.api.constraints.Size(min = 1, max = 6) List<Integer> places,
      @ForAll byte value) {
    byte[] tar = LAYER.clone();
    for (int place : places) {
      tar[Math.floorMod(place, tar.length)] = value;
    }
    survives(() -> extract(tar));
  }

  @Property(tries = 300)
  void a_layer_with_any_names_stays_inside(
      @ForAll(supplier = Paths.class) String first,
      @ForAll(supplier = Paths.class) String second,
      @ForAll(supplier = Paths.class) String target) {
    survives(
        () ->
            extract(
                new TarBuilder()
                    .symlink(first, target)
                    .file(second, "x")
                    .hardlink(target, second)
                    .folder(first + "/" + second, 0755)
                    .bytes()));
  }

  @Property(tries = 300)
  void an_archive_with_any_names_is_taken_or_refused(
      @ForAll(supplier = Paths.class) String first, @ForAll(supplier = Paths.class) String second) {
    survives(
        () -> {
          ImageStore store = ImageStore.open(folder.resolve("names"));
          byte[] archive =
              new TarBuilder()
                  .symlink(first, second)
                  .hardlink(second, first)
                  .file(first, "x")
                  .bytes();
          var _ =
              new ImageLoader(store)
                  .load(new ByteArrayInputStream(archive), "amd64", (_, _, _, _) -> {});
        });
  }

  /// Paths that lead somewhere.
  static final class Paths implements net.jqwik.api.ArbitrarySupplier<String> {
    @Override
    public Arbitrary<String> get() {
      return Arbitraries.of("a", "b", "..", ".", "", "etc", ".wh.a", ".wh..wh..opq", "\u00e4")
          .list()
          .ofMinSize(1)
          .ofMaxSize(4)
          .map(parts -> String.join("/", parts))
          .map(path -> path.isEmpty() || path.endsWith("/") ? path + "a" : path);
    }
  }

  private static void extract(byte[] tar) throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path root = Files.createTempDirectory(outside, "root");
    try {
      var _ =
          new LayerExtractor(root)
              .extract(new java.io.BufferedInputStream(new ByteArrayInputStream(tar)));
    } finally {
      OverlayMounts.deleteTree(root);
    }
    try (var left = Files.list(outside)) {
      assertThat(left).isEmpty();
    }
  }
}
