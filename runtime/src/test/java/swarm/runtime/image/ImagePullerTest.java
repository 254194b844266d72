package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.INVALID;
import static swarm.runtime.image.ImageException.Kind.NOT_FOUND;
import static swarm.runtime.image.ImageException.Kind.UNAVAILABLE;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.kept;
import static swarm.runtime.image.LyingRegistry.blob;
import static swarm.runtime.image.LyingRegistry.cut;
import static swarm.runtime.image.LyingRegistry.manifest;
import static swarm.runtime.image.LyingRegistry.status;
import static swarm.runtime.image.LyingRegistry.whole;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pulling from a registry that lies, or breaks off.
@Timeout(60)
class ImagePullerTest extends PullFixture {
  @Test
  void an_honest_registry() throws Exception {
    registry.serve(IMAGE);
    ImagePuller.Pulled pulled = pull("app:1");
    String digest = ContentStore.digestOf(IMAGE.manifest());
    assertThat(pulled.fresh()).isTrue();
    assertThat(pulled.digest()).isEqualTo(digest);
    assertThat(pulled.image().id()).isEqualTo(IMAGE.id());
    assertThat(pulled.image().tags()).containsExactly(registry.host() + "/app:1");
    assertThat(pulled.image().digests()).containsExactly(registry.host() + "/app@" + digest);
    var layers = store.prepare("c", IMAGE.id()).layers();
    assertThat(layers.get(1).resolve("base")).hasContent("1");
    assertThat(layers.get(0).resolve("app")).hasSize(300_000);
    String label = ContentStore.digestOf(LAYER).substring(7, 19);
    assertThat(progress)
        .containsSubsequence(
            label + " Pulling fs layer",
            label + " Verifying Checksum",
            label + " Download complete",
            label + " Pull complete");

    assertThat(pull("app:1").fresh()).isFalse();
    assertThat(pull("app@" + digest).fresh()).isFalse();
    assertThat(registry.count(LAYER_PATH)).isEqualTo(1);
    // of an image that is here as a whole, Docker tells no layers
    assertThat(progress).doesNotContain(label + " Already exists");
  }

  @Test
  void two_pulls_at_once_share_the_work() throws Exception {
    registry.serve(IMAGE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<ImagePuller.Pulled> one = () -> pull("app:1");
      for (Future<ImagePuller.Pulled> pulled : threads.invokeAll(List.of(one, one, one, one))) {
        assertThat(pulled.get().image().id()).isEqualTo(IMAGE.id());
      }
    }
    assertThat(registry.count(LAYER_PATH)).isEqualTo(1);
  }

  @Test
  void what_is_new_is_said() throws Exception {
    registry.serve(IMAGE);
    registry.serve("other", "2", IMAGE);
    assertThat(pull("app:1").fresh()).isTrue();
    assertThat(pull("app:1").fresh()).isFalse();
    assertThat(pull("other:2").fresh()).isTrue(); // nothing came, but the name is new

    Files.delete(
        folder.resolve("blobs/sha256").resolve(ContentStore.hex(ContentStore.digestOf(LAYER))));
    assertThat(pull("app:1").fresh()).isTrue(); // downloaded again
    assertThat(pull("app:1").fresh()).isFalse();
  }

  // ---- platforms

  @Test
  void a_platform_that_the_index_has_not() throws Exception {
    registry.serve("app", "arm", IMAGE);
    registry.on(manifest("app", "1"), whole(TestImage.index(Map.of("linux/arm64", IMAGE))));
    refused(
        NOT_FOUND,
        "no matching manifest for linux/amd64 in the manifest list entries: "
            + registry.host()
            + "/app:1 offers linux/arm64");
    Platform arm = Platform.parse("linux/arm64/v8", "amd64");
    assertThat(
            puller
                .pull(registry.reference("app:1"), arm, Credentials.NONE, (_, _, _, _) -> {})
                .image()
                .id())
        .isEqualTo(IMAGE.id());
  }

  @Test
  void an_image_without_an_index_comes_whatever_it_is_for() throws Exception {
    registry.serve(IMAGE);
    Platform foo = Platform.linux("foo");
    Image image =
        puller.pull(registry.reference("app:1"), foo, Credentials.NONE, (_, _, _, _) -> {}).image();
    assertThat(foo.accepts(Platform.of(image))).isFalse();
  }

  // ---- tags

  private List<String> tags() throws Exception {
    return puller.tags(registry.reference("app"), Credentials.NONE);
  }

  @Test
  void tags_come_page_by_page() throws Exception {
    registry.on(
        "/v2/app/tags/list",
        exchange -> {
          boolean first = !exchange.getRequestURI().getQuery().contains("last=b");
          if (first) {
            exchange
                .getResponseHeaders()
                .add("Link", "</v2/app/tags/list?last=b&n=2>; rel=\"next\"");
          }
          whole((first ? "{\"tags\":[\"a\",\"b\"]}" : "{\"tags\":[\"c\"]}").getBytes(UTF_8))
              .answer(exchange);
        });
    assertThat(tags()).containsExactly("a", "b", "c");
  }

  @Test
  void a_list_of_tags_that_never_ends() {
    registry.on(
        "/v2/app/tags/list",
        exchange -> {
          exchange.getResponseHeaders().add("Link", "</v2/app/tags/list?again>; rel=next");
          whole("{\"tags\":[\"a\"]}".getBytes(UTF_8)).answer(exchange);
        });
    fails(INVALID, "has more than 20 tags", this::tags);
  }

  @Test
  void a_list_of_tags_that_leads_elsewhere() {
    registry.on(
        "/v2/app/tags/list",
        exchange -> {
          exchange.getResponseHeaders().add("Link", "<http://127.0.0.2:1/x>; rel=\"next\"");
          whole("{\"tags\":[\"a\"]}".getBytes(UTF_8)).answer(exchange);
        });
    fails(INVALID, "goes on at another server", this::tags);
  }

  @Test
  void tags_of_nothing() {
    fails(NOT_FOUND, "not found", this::tags);
  }

  // ---- lies

  @Test
  void another_content_than_its_digest_says() throws Exception {
    registry.serve(IMAGE);
    byte[] other = LAYER.clone();
    other[other.length / 2] ^= 1;
    registry.on(LAYER_PATH, whole(other));
    refused(INVALID, "was changed on its way");
    assertThat(kept(folder, "blobs/sha256"))
        .doesNotContain(ContentStore.hex(ContentStore.digestOf(other)));
  }

  @Test
  void another_manifest_than_its_digest_says() throws Exception {
    registry.serve(IMAGE);
    String digest = ContentStore.digestOf(BASE);
    registry.on(manifest("app", digest), whole(IMAGE.manifest()));
    fails(INVALID, "was asked for", () -> pull("app@" + digest));
  }

  @Test
  void another_configuration_than_its_digest_says() throws Exception {
    registry.serve(IMAGE);
    registry.on(
        blob("app", IMAGE.id()),
        whole(new String(IMAGE.config(), UTF_8).replace("serve", "steal").getBytes(UTF_8)));
    refused(INVALID, "was changed on its way");
  }

  @Test
  void a_layer_that_unpacks_to_another_than_the_configuration_names() throws Exception {
    registry.serve(TestImage.of(TestImage.configuration(BASE), TestImage.gzipped(APP)));
    refused(INVALID, "where the image says");
  }

  @Test
  void a_layer_that_is_no_tar() throws Exception {
    byte[] noise = "this is no tar".repeat(1_000).getBytes(UTF_8);
    registry.serve(TestImage.of(noise));
    refused(INVALID, "it is no tar");
  }

  @Test
  void more_bytes_than_the_manifest_promises_are_not_waited_for() throws Exception {
    registry.serve(IMAGE);
    registry.on(
        LAYER_PATH,
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // in chunks, without end
          byte[] part = new byte[64 * 1024];
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(part);
            }
          }
        });
    refused(INVALID, "is longer than the " + LAYER.length + " bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void a_size_in_the_manifest_that_is_wrong(int difference) throws Exception {
    ObjectNode wrong = TestImage.manifest(IMAGE.config(), IMAGE.blobs());
    ObjectNode layer = (ObjectNode) wrong.path("layers").path(1);
    layer.put("size", LAYER.length + difference);
    registry.serve(IMAGE);
    registry.on(MANIFEST_PATH, whole(wrong.toString().getBytes(UTF_8)));
    if (difference < 0) {
      refused(INVALID, "is longer than");
    } else {
      refused(UNAVAILABLE, "it ended after " + LAYER.length + " of " + (LAYER.length + 1));
    }
  }

  @Test
  void a_configuration_without_end() throws Exception {
    ObjectNode wrong = TestImage.manifest(IMAGE.config(), IMAGE.blobs());
    ((ObjectNode) wrong.path("config")).put("size", 1L << 40);
    registry.serve(IMAGE);
    registry.on(MANIFEST_PATH, whole(wrong.toString().getBytes(UTF_8)));
    refused(INVALID, "the limit is");
  }

  @Test
  void a_manifest_without_end() throws Exception {
    registry.on(MANIFEST_PATH, whole(new byte[5 << 20]));
    refused(INVALID, "is larger than");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense | is not JSON",
        "7 | is not JSON",
        "{} | of a kind that is not supported",
        "{\"schemaVersion\":1,\"fsLayers\":[]} | of a kind that is not supported",
        "{\"config\":{\"digest\":\"x\"},\"layers\":[]} | is no digest",
        "{\"config\":{\"digest\":\"sha256:../../../etc/passwd\"},\"layers\":[]} | is no digest",
        "{\"config\":{\"digest\":\"sha512:00\"},\"layers\":[]} | is no digest",
        "{\"manifests\":[]} | no matching manifest for linux/amd64",
        "{\"manifests\":[{\"digest\":\"x\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}"
            + " | is no digest",
      })
  void a_manifest_that_is_none(String content, String says) throws Exception {
    registry.on(MANIFEST_PATH, whole(content.getBytes(UTF_8)));
    fails(says.startsWith("no matching") ? NOT_FOUND : INVALID, says, () -> pull("app:1"));
    ImageFailure.nothingKept(folder);
  }

  @Test
  void a_digest_of_a_layer_that_is_none() throws Exception {
    ObjectNode wrong = TestImage.manifest(IMAGE.config(), IMAGE.blobs());
    ((ObjectNode) wrong.path("layers").path(0)).put("digest", "x");
    registry.serve(IMAGE);
    registry.on(MANIFEST_PATH, whole(wrong.toString().getBytes(UTF_8)));
    refused(INVALID, "'x' in the image's manifest is no digest");
  }

  // ---- platforms

  @Test
  void of_several_platforms_ours() throws Exception {
    var theirs = TestImage.of(APP);
    var platforms = new LinkedHashMap<String, TestImage>();
    platforms.put("linux/arm64", theirs);
    platforms.put("windows/amd64", theirs);
    platforms.put("linux/amd64", IMAGE);
    byte[] index = TestImage.index(platforms);
    registry.serve(IMAGE);
    registry.on(MANIFEST_PATH, whole(index));
    ImagePuller.Pulled pulled = pull("app:1");
    assertThat(pulled.image().id()).isEqualTo(IMAGE.id());
    assertThat(pulled.digest()).isEqualTo(ContentStore.digestOf(index));
    assertThat(registry.count(manifest("app", ContentStore.digestOf(theirs.manifest())))).isZero();
  }

  // ---- breaking off

  @Test
  void a_layer_that_breaks_off_goes_on_where_it_was() throws Exception {
    registry.serve(IMAGE);
    registry.on(LAYER_PATH, parts(100_000));
    assertThat(pull("app:1").image().id()).isEqualTo(IMAGE.id());
    assertThat(offsets()).hasSizeGreaterThanOrEqualTo(4).isSorted();
    assertThat(offsets().getLast()).isPositive();
    assertThat(progress).anyMatch(line -> line.endsWith(" Retrying"));
  }

  /// Sends so many bytes, from where it is asked, and hangs up.
  private static LyingRegistry.Handler parts(int length) {
    return exchange -> {
      int from = from(exchange);
      int n = Math.min(length, LAYER.length - from);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, LAYER.length - from);
      OutputStream out = exchange.getResponseBody();
      out.write(LAYER, from, n);
      out.flush();
      if (from + n < LAYER.length) {
        throw new IOException("hung up, as the test wants it");
      }
      out.close();
    };
  }

  private static int from(HttpExchange exchange) {
    return offset(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")).orElse(""));
  }

  private static int offset(String range) {
    return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
  }

  /// From where the layer was asked for, in order; 0 without a range. How much of what was sent
  /// before a hang-up arrives is the HTTP client's: it drops what it holds when the connection
  /// ends. To the byte, [BlobDownloadTest] looks.
  private List<Integer> offsets() {
    return registry.asked().stream()
        .filter(a -> a.path().equals(LAYER_PATH))
        .map(a -> offset(a.range()))
        .toList();
  }

  @Test
  void a_registry_that_knows_no_parts_sends_it_all_again() throws Exception {
    registry.serve(IMAGE);
    var times = new AtomicInteger();
    registry.on(
        LAYER_PATH,
        exchange ->
            (times.incrementAndGet() < 3 ? cut(LAYER, 100_000) : whole(LAYER)).answer(exchange));
    assertThat(pull("app:1").image().id()).isEqualTo(IMAGE.id());
    assertThat(offsets()).hasSize(3).isSorted().allMatch(offset -> offset <= 100_000);
  }

  @Test
  void a_part_that_is_another_is_noticed() throws Exception {
    registry.serve(IMAGE);
    var times = new AtomicInteger();
    registry.on(
        LAYER_PATH,
        exchange -> {
          if (times.incrementAndGet() == 1) {
            cut(LAYER, 100_000).answer(exchange);
            return;
          }
          byte[] rest = Arrays.copyOf(new byte[] {7}, LAYER.length - from(exchange));
          exchange.sendResponseHeaders(206, rest.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(rest);
          }
        });
    refused(INVALID, "was changed on its way");
  }

  @Test
  void one_that_always_breaks_off_is_given_up() throws Exception {
    registry.serve(IMAGE);
    registry.on(LAYER_PATH, cut(LAYER, 0));
    refused(UNAVAILABLE, "broke off 5 times");
    assertThat(registry.count(LAYER_PATH)).isLessThanOrEqualTo(20);
  }

  @Test
  void one_that_falls_silent_is_left_and_goes_on_where_it_was() throws Exception {
    registry.serve(IMAGE);
    var over = new CountDownLatch(1);
    registry.on(
        LAYER_PATH,
        exchange -> {
          if (from(exchange) > 0) {
            parts(LAYER.length).answer(exchange);
            return;
          }
          exchange.sendResponseHeaders(200, LAYER.length);
          OutputStream out = exchange.getResponseBody();
          out.write(LAYER, 0, 100_000);
          out.flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    try (var impatient =
        new RegistryClient(new RegistryOptions(List.of(), List.of()), Duration.ofMillis(500))) {
      puller = new ImagePuller(store, impatient);
      assertThat(pull("app:1").image().id()).isEqualTo(IMAGE.id());
    } finally {
      over.countDown();
    }
    assertThat(offsets()).hasSizeGreaterThanOrEqualTo(2).isSorted();
    assertThat(offsets().getLast()).isPositive().isLessThanOrEqualTo(100_000);
  }

  @Test
  void what_is_here_of_a_pull_that_failed_is_not_asked_for_again() throws Exception {
    registry.serve(IMAGE);
    registry.on(LAYER_PATH, status(404));
    refused(NOT_FOUND, "not found");
    registry.serve(IMAGE);
    pull("app:1");
    assertThat(registry.count(blob("app", IMAGE.id()))).isEqualTo(1);
  }

  @Test
  void many_layers_come_a_few_at_a_time() throws Exception {
    var tars = new ArrayList<byte[]>();
    for (int i = 0; i < 12; i++) {
      tars.add(new TarBuilder().file("file" + i, "x").bytes());
    }
    var image = TestImage.of(tars.toArray(byte[][]::new));
    registry.serve(image);
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var three = new CyclicBarrier(3); // and 12 are four times three
    for (byte[] blob : image.blobs()) {
      registry.on(
          blob("app", ContentStore.digestOf(blob)),
          exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
              three.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IOException(e);
            }
            now.decrementAndGet(); // before the answer: the next may come right after it
            whole(blob).answer(exchange);
          });
    }
    assertThat(pull("app:1").image().layers()).hasSize(12);
    assertThat(most).hasValue(3);
  }
}
