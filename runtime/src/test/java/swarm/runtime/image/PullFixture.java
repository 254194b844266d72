package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.kept;
import static swarm.runtime.image.LyingRegistry.blob;
import static swarm.runtime.image.LyingRegistry.manifest;
import static swarm.runtime.image.LyingRegistry.status;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A store, a registry that does what a test says, and an image of two layers.
abstract class PullFixture {
  static final byte[] BASE = new TarBuilder().file("base", "1").bytes();
  static final byte[] APP = large();
  static final TestImage IMAGE = TestImage.of(BASE, APP);
  static final byte[] LAYER = IMAGE.blobs().get(1);
  static final String LAYER_PATH = blob("app", ContentStore.digestOf(LAYER));
  static final String MANIFEST_PATH = manifest("app", "1");

  @TempDir Path folder;
  ImageStore store;
  LyingRegistry registry;
  RegistryClient client;
  ImagePuller puller;
  final List<String> progress = new CopyOnWriteArrayList<>();

  /// A layer that does not fit into one packet.
  private static byte[] large() {
    byte[] noise = new byte[300_000];
    new Random(1).nextBytes(noise);
    return new TarBuilder().file("app", noise, 0644, 0, 0).bytes();
  }

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
    registry = new LyingRegistry();
    client = new RegistryClient(new RegistryOptions(List.of(), List.of()));
    puller = new ImagePuller(store, client);
  }

  @AfterEach
  void close() {
    client.close();
    registry.close();
  }

  ImagePuller.Pulled pull(String name) throws Exception {
    return pull(name, Credentials.NONE);
  }

  ImagePuller.Pulled pull(String name, Credentials credentials) throws Exception {
    return puller.pull(
        registry.reference(name),
        "amd64",
        credentials,
        (id, status, _, _) -> progress.add(id + " " + status));
  }

  void refused(ImageException.Kind kind, String text) throws IOException {
    fails(kind, text, () -> pull("app:1"));
    assertThat(store.list()).isEmpty();
    assertThat(kept(folder, "incoming")).isEmpty();
    assertThat(kept(folder, "unpacking")).isEmpty();
  }
}
