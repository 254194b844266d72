package swarm.runtime.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Pushes images. What came with a manifest goes with the same: the same bytes, the same digests.
/// Layers that came as plain tars are compressed once, and kept so. A blob that the registry has is
/// not sent. Thread-safe.
public final class ImagePusher {
  private static final int AT_ONCE = 5;
  private static final int BUFFER = 128 * 1024;

  private final ImageStore store;
  private final RegistryClient registry;

  public ImagePusher(ImageStore store, RegistryClient registry) {
    this.store = store;
    this.registry = registry;
  }

  /// What the registry has now under a tag.
  ///
  /// @param size of the manifest, in bytes
  public record Pushed(Image image, String digest, long size) {}

  /// One push on its way.
  private record Job(RegistryWriter writer, Reference target, Progress progress, Semaphore room) {}

  /// The names of a repository that there are here, each with its tag; those with a digest alone
  /// are not for pushing.
  ///
  /// @throws ImageException where there is none, in Docker's words
  public List<Reference> tags(Reference repository) throws IOException {
    var all = new ArrayList<Reference>();
    for (Image image : store.list()) {
      for (String name : image.tags()) {
        Reference one = Reference.parse(name);
        if (one.familiarRepository().equals(repository.familiarRepository())) {
          all.add(one);
        }
      }
    }
    if (all.isEmpty()) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND,
          "An image does not exist locally with the tag: " + repository.familiarRepository());
    }
    return all;
  }

  /// Pushes what is here under a name to the registry that the name says.
  ///
  /// @param name with a tag
  public Pushed push(Reference name, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    store.intake().lock(); // nothing of the image is swept while it goes
    try {
      Image image =
          store
              .find(name.familiar())
              .orElseThrow(
                  () ->
                      new ImageException(
                          ImageException.Kind.NOT_FOUND, "tag does not exist: " + name.familiar()));
      var job =
          new Job(
              new RegistryWriter(registry, name, credentials),
              name,
              progress,
              new Semaphore(AT_ONCE));
      return push(job, image);
    } finally {
      store.intake().unlock();
      store.discardUnused(); // the plain tars that were compressed
    }
  }

  private Pushed push(Job job, Image image) throws IOException, InterruptedException {
    List<Image.Layer> top = distinct(image.layers()).reversed();
    for (Image.Layer layer : top) {
      job.progress().report(label(layer), "Preparing");
    }
    for (Image.Layer layer : top.subList(Math.min(AT_ONCE, top.size()), top.size())) {
      job.progress().report(label(layer), "Waiting");
    }
    Map<String, Image.Layer> sent = send(job, image, top);
    String configuration = image.id();
    if (!job.writer().has(configuration)) {
      job.writer().send(configuration, new Stored(configuration), null, _ -> {});
    }
    byte[] manifest = manifest(image, sent);
    String digest = ContentStore.digestOf(manifest);
    String type = Manifests.mediaType(Configuration.json(manifest, "the image's manifest"));
    String tag = job.target().target();
    job.writer().manifest(tag, type, manifest);
    store.known(image.id(), job.target(), digest);
    return new Pushed(image, digest, manifest.length);
  }

  private static List<Image.Layer> distinct(List<Image.Layer> layers) {
    var all = new LinkedHashMap<String, Image.Layer>();
    layers.forEach(layer -> all.putIfAbsent(layer.diffId(), layer));
    return new ArrayList<>(all.values());
  }

  private static String label(Image.Layer layer) {
    return layer.diffId().substring(7, 19);
  }

  /// @return the layers as they went, by the digest of their tar
  private Map<String, Image.Layer> send(Job job, Image image, List<Image.Layer> layers)
      throws IOException, InterruptedException {
    var sent = new LinkedHashMap<String, Image.Layer>();
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ExecutorCompletionService<Image.Layer>(tasks);
      for (Image.Layer layer : layers) {
        running.submit(
            () -> {
              job.room().acquire();
              try {
                return send(job, image, layer);
              } finally {
                job.room().release();
              }
            });
      }
      for (int i = 0; i < layers.size(); i++) {
        try {
          Image.Layer one = running.take().get();
          sent.put(one.diffId(), one);
        } catch (ExecutionException e) {
          tasks.shutdownNow();
          if (e.getCause() instanceof IOException io) {
            throw io;
          }
          throw new IllegalStateException("a layer could not be pushed", e.getCause());
        } catch (InterruptedException e) {
          tasks.shutdownNow();
          throw e;
        }
      }
    }
    return sent;
  }

  private Image.Layer send(Job job, Image image, Image.Layer plain)
      throws IOException, InterruptedException {
    Image.Layer layer = image.manifest() == null ? packed(plain) : plain;
    String label = label(layer);
    if (job.writer().has(layer.blob())) {
      job.progress().report(label, "Layer already exists");
      return layer;
    }
    @Nullable String from = home(job.target(), layer);
    var source = new Stored(layer.blob());
    RegistryWriter.Sent how =
        job.writer()
            .send(
                layer.blob(),
                source,
                from,
                new Steps(job.progress(), label, "Pushing", source.size()));
    job.progress()
        .report(
            label,
            switch (how) {
              case UPLOADED -> "Pushed";
              case MOUNTED -> "Mounted from " + from;
            });
    return layer;
  }

  /// A repository of the same registry that has the layer, perhaps.
  private @Nullable String home(Reference target, Image.Layer layer) throws IOException {
    Set<String> homes = store.homes(target.registry(), layer.blob());
    return homes.stream()
        .filter(home -> !home.equals(target.repository()))
        .findFirst()
        .orElse(null);
  }

  /// A layer as Docker's registries want it: compressed.
  private Image.Layer packed(Image.Layer layer) throws IOException {
    Path blob = store.content().path(layer.blob());
    if (!LayerStore.isPlain(blob)) {
      return layer.as(layer.blob(), type(layer), store.content().size(layer.blob()));
    }
    String digest =
        store
            .content()
            .write(
                out -> {
                  try (InputStream in = store.content().open(layer.blob())) {
                    var gzip = new GZIPOutputStream(out, BUFFER);
                    in.transferTo(gzip);
                    gzip.finish();
                  }
                });
    return layer.as(digest, Manifests.DOCKER_LAYER, store.content().size(digest));
  }

  /// Docker's type of a layer that is compressed; of zstd it has none of its own.
  private static String type(Image.Layer layer) {
    return layer.mediaType().endsWith("zstd") ? layer.mediaType() : Manifests.DOCKER_LAYER;
  }

  private byte[] manifest(Image image, Map<String, Image.Layer> sent) throws IOException {
    if (image.manifest() != null) {
      return store.content().read(image.manifest());
    }
    List<Image.Layer> layers =
        image.layers().stream().map(l -> sent.getOrDefault(l.diffId(), l)).toList();
    byte[] made = Manifests.docker(image.id(), store.content().size(image.id()), layers);
    store.packed(image.id(), layers, store.content().put(new ByteArrayInputStream(made)));
    return made;
  }

  /// A blob of ours on its way out.
  private final class Stored implements RegistryWriter.Source {
    private final String digest;

    Stored(String digest) {
      this.digest = digest;
    }

    @Override
    public long size() throws IOException {
      return store.content().size(digest);
    }

    @Override
    public InputStream open(long offset) throws IOException {
      InputStream in = store.content().open(digest);
      in.skipNBytes(offset);
      return in;
    }
  }
}
