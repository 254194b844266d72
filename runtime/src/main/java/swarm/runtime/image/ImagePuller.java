package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// Pulls images. Layers come at once, three at a time, and each is unpacked as soon as it is here.
/// A blob that is here already is not asked for again, so a pull that was cut goes on where it was.
/// Thread-safe: two pulls of one image share the work.
public final class ImagePuller {
  private static final int AT_ONCE = 3;
  private static final int ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long REPORT_EVERY_BYTES = 512 * 1024;

  private final ImageStore store;
  private final RegistryClient registry;
  private final Map<String, ReentrantLock> coming = new ConcurrentHashMap<>();

  public ImagePuller(ImageStore store, RegistryClient registry) {
    this.store = store;
    this.registry = registry;
  }

  /// What a pull brought.
  ///
  /// @param digest of the manifest or index that the name stands for
  /// @param fresh whether anything was new
  public record Pulled(Image image, String digest, boolean fresh) {}

  /// Pulls one image for a platform.
  ///
  /// @param architecture such as `amd64`
  public Pulled pull(
      Reference reference, String architecture, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    store.intake().lock();
    try {
      RegistryClient.Manifest top = registry.manifest(reference, reference.target(), credentials);
      JsonNode node = ImageStore.JSON.readTree(top.content());
      RegistryClient.Manifest manifest = top;
      if (node.has("manifests")) {
        String target = choose(reference, node, architecture);
        manifest = registry.manifest(reference, target, credentials);
        node = ImageStore.JSON.readTree(manifest.content());
      }
      if (!node.has("config") || !node.has("layers")) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the manifest of "
                + reference.familiar()
                + " is of a kind that is not supported: "
                + manifest.mediaType());
      }
      store.content().put(new java.io.ByteArrayInputStream(top.content()));
      return pull(reference, node, top.digest(), credentials, progress);
    } finally {
      store.intake().unlock();
    }
  }

  private Pulled pull(
      Reference reference,
      JsonNode manifest,
      String digest,
      Credentials credentials,
      Progress progress)
      throws IOException, InterruptedException {
    String id = manifest.path("config").path("digest").asText();
    boolean known = store.find(id).isPresent();
    fetch(reference, id, credentials, "", -1, progress);
    JsonNode diffIds =
        ImageStore.JSON.readTree(store.content().read(id)).path("rootfs").path("diff_ids");
    JsonNode layers = manifest.path("layers");
    if (diffIds.size() != layers.size()) {
      throw new ImageException(
          ImageException.Kind.INVALID,
          reference.familiar() + " has " + layers.size() + " layers but names " + diffIds.size());
    }
    List<Image.Layer> all = fetchLayers(reference, layers, diffIds, credentials, progress);
    Image image = store.add(id, all, reference, digest);
    return new Pulled(image, digest, !known);
  }

  private List<Image.Layer> fetchLayers(
      Reference reference,
      JsonNode layers,
      JsonNode diffIds,
      Credentials credentials,
      Progress progress)
      throws IOException, InterruptedException {
    var room = new Semaphore(AT_ONCE);
    var running = new ArrayList<Future<Image.Layer>>();
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < layers.size(); i++) {
        JsonNode layer = layers.get(i);
        String diffId = diffIds.get(i).asText();
        running.add(
            tasks.submit(
                () -> {
                  room.acquire();
                  try {
                    return layer(reference, layer, diffId, credentials, progress);
                  } finally {
                    room.release();
                  }
                }));
      }
      var all = new ArrayList<Image.Layer>();
      for (Future<Image.Layer> one : running) {
        try {
          all.add(one.get());
        } catch (ExecutionException e) {
          tasks.shutdownNow();
          if (e.getCause() instanceof IOException io) {
            throw io;
          }
          throw new IllegalStateException("a layer could not be pulled", e.getCause());
        }
      }
      return all;
    }
  }

  private Image.Layer layer(
      Reference reference,
      JsonNode layer,
      String diffId,
      Credentials credentials,
      Progress progress)
      throws IOException, InterruptedException {
    String digest = layer.path("digest").asText();
    long size = layer.path("size").asLong(-1);
    String label = digest.substring(7, 19);
    if (store.layers().has(diffId) && store.content().has(digest)) {
      progress.report(label, "Already exists");
    } else {
      progress.report(label, "Pulling fs layer");
      fetch(reference, digest, credentials, label, size, progress);
      progress.report(label, "Download complete");
      store.layers().unpack(diffId, store.content().path(digest));
      progress.report(label, "Pull complete");
    }
    return new Image.Layer(diffId, digest, layer.path("mediaType").asText(), size);
  }

  private void fetch(
      Reference reference,
      String digest,
      Credentials credentials,
      String label,
      long size,
      Progress progress)
      throws IOException, InterruptedException {
    ReentrantLock lock = coming.computeIfAbsent(digest, _ -> new ReentrantLock());
    lock.lock();
    try {
      long pause = FIRST_PAUSE_MILLIS;
      for (int attempt = 1; !store.content().has(digest); attempt++) {
        try (InputStream in = registry.blob(reference, digest, credentials)) {
          store.content().put(counted(in, label, size, progress), digest);
        } catch (ImageException e) {
          throw e;
        } catch (IOException e) {
          if (attempt == ATTEMPTS) {
            throw new ImageException(
                ImageException.Kind.UNAVAILABLE,
                "blob " + digest + " broke off " + ATTEMPTS + " times: " + e.getMessage());
          }
          progress.report(label, "Retrying");
          Thread.sleep(pause);
          pause *= 2;
        }
      }
    } finally {
      lock.unlock();
      coming.remove(digest, lock);
    }
  }

  private static InputStream counted(InputStream in, String label, long size, Progress progress) {
    if (label.isEmpty()) {
      return in;
    }
    return new FilterInputStream(in) {
      private long count;
      private long told;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int n = super.read(target, offset, length);
        count += Math.max(0, n);
        if (count - told >= REPORT_EVERY_BYTES) {
          told = count;
          progress.report(label, "Downloading", count, size);
        }
        return n;
      }
    };
  }

  private static String choose(Reference reference, JsonNode index, String architecture)
      throws ImageException {
    var offered = new ArrayList<String>();
    for (JsonNode one : index.path("manifests")) {
      JsonNode platform = one.path("platform");
      String os = platform.path("os").asText();
      String arch = platform.path("architecture").asText();
      if (os.equals("linux") && arch.equals(architecture)) {
        return one.path("digest").asText();
      }
      offered.add(os + "/" + arch);
    }
    throw new ImageException(
        ImageException.Kind.NOT_FOUND,
        "no matching manifest for linux/"
            + architecture
            + " in the manifest list of "
            + reference.familiar()
            + ": it offers "
            + String.join(", ", offered));
  }
}
