package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// Pulls images. Layers come at once, three at a time, and each is unpacked as soon as it is here.
/// A blob that is here already is not asked for again, and one that breaks off goes on where it
/// was. Thread-safe: two pulls of one image share the work.
public final class ImagePuller {
  private static final int AT_ONCE = 3;

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
  /// @param fresh whether anything was new: a layer, or what the name stands for
  public record Pulled(Image image, String digest, boolean fresh) {}

  /// One pull on its way.
  private record Job(
      Reference reference, Credentials credentials, Progress progress, AtomicBoolean downloaded) {}

  /// Pulls one image for Linux.
  ///
  /// @param architecture such as `amd64`
  public Pulled pull(
      Reference reference, String architecture, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    return pull(reference, Platform.linux(architecture), credentials, progress);
  }

  /// Pulls one image for a platform. An image that comes without an index is taken whatever it is
  /// for, as Docker does.
  public Pulled pull(
      Reference reference, Platform platform, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    store.intake().lock();
    try {
      RegistryClient.Manifest top = registry.manifest(reference, reference.target(), credentials);
      String what = "the manifest of " + reference.familiar();
      JsonNode node = Configuration.json(top.content(), what);
      if (node.has("manifests")) {
        String target = choose(reference, node, platform);
        node =
            Configuration.json(registry.manifest(reference, target, credentials).content(), what);
      }
      if (!node.path("config").has("digest") || !node.path("layers").isArray()) {
        throw Configuration.invalid(
            what
                + " is of a kind that is not supported: '"
                + node.path("mediaType").asText()
                + "'");
      }
      return pull(new Job(reference, credentials, progress, new AtomicBoolean()), node, top);
    } finally {
      store.intake().unlock();
    }
  }

  /// The tags of a repository, in the registry's order.
  ///
  /// @param repository whose own tag does not matter
  public List<String> tags(Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    return registry.tags(repository, credentials);
  }

  private Pulled pull(Job job, JsonNode manifest, RegistryClient.Manifest top)
      throws IOException, InterruptedException {
    JsonNode config = manifest.path("config");
    String id = Configuration.checkDigest(config.path("digest").asText());
    JsonNode layers = manifest.path("layers");
    for (JsonNode layer : layers) {
      Configuration.checkDigest(layer.path("digest").asText());
    }
    long size = config.path("size").asLong(-1);
    if (size > Configuration.MAX_BYTES) {
      throw Configuration.invalid(
          "the image's configuration has "
              + size
              + " bytes; the limit is "
              + Configuration.MAX_BYTES);
    }
    fetch(job, id, "", size < 0 ? Configuration.MAX_BYTES : size);
    JsonNode diffIds =
        Configuration.parse(store.content().read(id), layers.size())
            .path("rootfs")
            .path("diff_ids");
    List<Image.Layer> all = fetchLayers(job, layers, diffIds);
    store.content().put(new ByteArrayInputStream(top.content()));
    boolean named =
        store.find(job.reference().familiar()).map(Image::id).filter(id::equals).isPresent();
    Image image = store.add(id, all, job.reference(), top.digest());
    return new Pulled(image, top.digest(), !named || job.downloaded().get());
  }

  private List<Image.Layer> fetchLayers(Job job, JsonNode layers, JsonNode diffIds)
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
                    return layer(job, layer, diffId);
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

  private Image.Layer layer(Job job, JsonNode layer, String diffId)
      throws IOException, InterruptedException {
    String digest = layer.path("digest").asText();
    long size = layer.path("size").asLong(-1);
    String label = digest.substring(7, 19);
    Progress progress = job.progress();
    if (store.layers().has(diffId) && store.content().has(digest)) {
      progress.report(label, "Already exists");
    } else {
      progress.report(label, "Pulling fs layer");
      fetch(job, digest, label, size);
      progress.report(label, "Download complete");
      store.layers().unpack(diffId, store.content().path(digest));
      progress.report(label, "Pull complete");
    }
    return new Image.Layer(diffId, digest, layer.path("mediaType").asText(), size);
  }

  /// @param size that the manifest gives; -1 where it gives none
  private void fetch(Job job, String digest, String label, long size)
      throws IOException, InterruptedException {
    ReentrantLock lock = coming.computeIfAbsent(digest, _ -> new ReentrantLock());
    lock.lock();
    try {
      if (!store.content().has(digest)) {
        var download =
            new BlobDownload(
                offset -> registry.blob(job.reference(), digest, offset, job.credentials()),
                digest,
                label,
                size,
                job.progress());
        try (download) {
          store.content().put(download, digest);
        }
        job.downloaded().set(true);
      }
    } finally {
      lock.unlock();
      coming.remove(digest, lock);
    }
  }

  private static String choose(Reference reference, JsonNode index, Platform wanted)
      throws ImageException {
    var offers = new ArrayList<String>();
    for (JsonNode one : index.path("manifests")) {
      JsonNode platform = one.path("platform");
      var offer =
          new Platform(
              platform.path("os").asText(),
              platform.path("architecture").asText(),
              platform.path("variant").asText(""));
      if (wanted.accepts(offer)) {
        return Configuration.checkDigest(one.path("digest").asText());
      }
      offers.add(offer.toString());
    }
    throw new ImageException(
        ImageException.Kind.NOT_FOUND,
        "no matching manifest for "
            + wanted
            + " in the manifest list entries: "
            + reference.familiar()
            + (offers.isEmpty() ? " offers none" : " offers " + String.join(", ", offers)));
  }
}
