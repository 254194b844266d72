package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pulls images. Layers come at once, three at a time, and each is unpacked as soon as it is here,
/// while others come. A blob that is here already is not asked for again, and one that breaks off
/// goes on where it was. Thread-safe: two pulls of one image share the work.
public final class ImagePuller {
  private static final Logger LOG = LoggerFactory.getLogger(ImagePuller.class);
  private static final int AT_ONCE = 3;

  private final ImageStore store;
  private final RegistryClient registry;
  private final Map<String, ReentrantLock> coming = new ConcurrentHashMap<>();

  /// Unpacking is work for the processor, of all pulls together.
  private final Semaphore unpacking =
      new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

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
      Reference reference,
      Credentials credentials,
      Progress progress,
      AtomicBoolean downloaded,
      Semaphore room) {}

  /// What is to be fetched: the image's own manifest, and what its name stands for.
  private record Found(RegistryClient.Manifest top, RegistryClient.Manifest own, JsonNode node) {}

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
    boolean full = false;
    store.intake().lock();
    try {
      var job =
          new Job(reference, credentials, progress, new AtomicBoolean(), new Semaphore(AT_ONCE));
      return pull(job, find(reference, platform, credentials));
    } catch (ImageException e) {
      full = e.kind() == ImageException.Kind.NO_SPACE;
      throw e;
    } finally {
      store.intake().unlock();
      if (full) { // what came is kept for the next time, but not on a full disk
        store.discardUnused();
      }
    }
  }

  private Found find(Reference reference, Platform platform, Credentials credentials)
      throws IOException, InterruptedException {
    RegistryClient.Manifest top = registry.manifest(reference, reference.target(), credentials);
    String what = "the manifest of " + reference.familiar();
    JsonNode node = Configuration.json(top.content(), what);
    RegistryClient.Manifest own = top;
    if (node.has("manifests")) {
      own = registry.manifest(reference, choose(reference, node, platform), credentials);
      node = Configuration.json(own.content(), what);
    }
    return new Found(top, own, Manifests.image(node, what));
  }

  /// The tags of a repository, in the registry's order.
  ///
  /// @param repository whose own tag does not matter
  public List<String> tags(Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    return registry.tags(repository, credentials);
  }

  private Pulled pull(Job job, Found found) throws IOException, InterruptedException {
    JsonNode config = found.node().path("config");
    String id = config.path("digest").asText();
    long size = config.path("size").asLong(-1);
    boolean known = store.find(id).isPresent();
    fetch(job, id, "", size < 0 ? Configuration.MAX_BYTES : size);
    JsonNode diffIds =
        Configuration.parse(store.content().read(id), found.node().path("layers").size())
            .path("rootfs")
            .path("diff_ids");
    List<Image.Layer> layers = Manifests.layers(found.node(), diffIds);
    fetchLayers(job, layers, known);
    store.content().put(new ByteArrayInputStream(found.top().content()));
    store.content().put(new ByteArrayInputStream(found.own().content()));
    String top = found.top().digest();
    boolean named =
        store.find(job.reference().familiar()).map(Image::id).filter(id::equals).isPresent();
    Image image = store.add(id, layers, job.reference(), top, found.own().digest());
    return new Pulled(image, top, !named || job.downloaded().get());
  }

  /// @param known whether the image is here, under whatever name: its layers are not worth telling
  private void fetchLayers(Job job, List<Image.Layer> layers, boolean known)
      throws IOException, InterruptedException {
    var missing = new ArrayList<Image.Layer>();
    for (Image.Layer layer : layers) {
      boolean here = store.layers().has(layer.diffId()) && store.content().has(layer.blob());
      if (!here) {
        job.progress().report(label(layer), "Pulling fs layer");
        missing.add(layer);
      } else if (!known) {
        job.progress().report(label(layer), "Already exists");
      }
    }
    for (Image.Layer layer : missing.subList(Math.min(AT_ONCE, missing.size()), missing.size())) {
      job.progress().report(label(layer), "Waiting");
    }
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ExecutorCompletionService<Image.Layer>(tasks);
      missing.forEach(layer -> running.submit(() -> layer(job, layer)));
      for (int i = 0; i < missing.size(); i++) {
        try {
          var _ = running.take().get();
        } catch (ExecutionException e) {
          tasks.shutdownNow();
          if (e.getCause() instanceof IOException io) {
            throw io;
          }
          throw new IllegalStateException("a layer could not be pulled", e.getCause());
        } catch (InterruptedException e) {
          tasks.shutdownNow();
          throw e;
        }
      }
    }
  }

  private static String label(Image.Layer layer) {
    return layer.blob().substring(7, 19);
  }

  private Image.Layer layer(Job job, Image.Layer layer) throws IOException, InterruptedException {
    Progress progress = job.progress();
    String label = label(layer);
    job.room().acquire();
    try {
      fetch(job, layer.blob(), label, layer.size());
    } finally {
      job.room().release(); // the next one comes while this one is unpacked
    }
    progress.report(label, "Verifying Checksum"); // done while it came: said, as Docker says it
    progress.report(label, "Download complete");
    unpacking.acquire();
    try {
      store
          .layers()
          .unpack(
              layer.diffId(),
              store.content().path(layer.blob()),
              new Steps(progress, label, "Extracting", layer.size()));
    } finally {
      unpacking.release();
    }
    progress.report(label, "Pull complete");
    return layer;
  }

  /// @param size that the manifest gives; -1 where it gives none
  private void fetch(Job job, String digest, String label, long size)
      throws IOException, InterruptedException {
    ReentrantLock lock = coming.computeIfAbsent(digest, _ -> new ReentrantLock());
    lock.lock();
    try {
      if (!store.content().has(digest)) {
        download(job, digest, label, size);
        job.downloaded().set(true);
      }
    } finally {
      lock.unlock();
      coming.remove(digest, lock);
    }
  }

  /// What a mirror gave and is not what was asked for comes from the next site.
  private void download(Job job, String digest, String label, long size) throws IOException {
    while (true) {
      var download =
          new BlobDownload(
              offset -> registry.blob(job.reference(), digest, offset, job.credentials()),
              digest,
              label,
              size,
              job.progress());
      try (download) {
        store.content().put(download, size, digest);
        return;
      } catch (ImageException e) {
        if (e.kind() != ImageException.Kind.INVALID || !registry.passOver(job.reference())) {
          throw e;
        }
        LOG.warn("a mirror is left alone for a while: {}", e.getMessage());
      }
    }
  }

  private static String choose(Reference reference, JsonNode index, Platform wanted)
      throws ImageException {
    var offers = new ArrayList<String>();
    for (JsonNode one : index.path("manifests")) {
      Platform offer = Platform.of(one.path("platform"));
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
