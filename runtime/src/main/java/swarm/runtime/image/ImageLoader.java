package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Loads images from an archive: Docker's (`manifest.json`) or an OCI layout (`index.json`), plain
/// or compressed. Entries go straight into the content store, so the archive's size costs no
/// memory.
public final class ImageLoader {
  /// An index may name an index, but nobody needs more than two.
  private static final int MAX_DEPTH = 4;

  /// @param image as it is now, with the names that others gave it too
  /// @param names those that the archive gave it, as users write them
  public record Loaded(Image image, List<String> names) {}

  private final ImageStore store;

  public ImageLoader(ImageStore store) {
    this.store = store;
  }

  /// Loads what is for Linux on an architecture.
  ///
  /// @return the images, with the names that the archive gave them
  public List<Loaded> load(InputStream archive, String architecture, Progress progress)
      throws IOException {
    return load(archive, Platform.linux(architecture), false, progress);
  }

  /// Loads what is for a platform.
  ///
  /// @param strict whether an image without an index must be for it, too
  public List<Loaded> load(
      InputStream archive, Platform platform, boolean strict, Progress progress)
      throws IOException {
    store.intake().lock();
    try {
      ArchiveFiles files = ArchiveFiles.read(store.content(), archive);
      var job = new Job(files, platform, strict, progress);
      if (files.has("manifest.json")) {
        return loadDocker(job);
      }
      if (files.has("index.json")) {
        return loadLayout(job);
      }
      throw new ImageException(
          ImageException.Kind.INVALID,
          "the archive has neither manifest.json (docker save) nor index.json (OCI layout)");
    } finally {
      store.intake().unlock();
      store.discardUnused(); // what the archive has beside its images, or a broken one brought
    }
  }

  private record Job(ArchiveFiles files, Platform platform, boolean strict, Progress progress) {}

  private List<Loaded> loadDocker(Job job) throws IOException {
    var all = new ArrayList<Loaded>();
    JsonNode manifest = job.files().json("manifest.json");
    if (!manifest.isArray() || manifest.isEmpty()) {
      throw Configuration.invalid("manifest.json names no image");
    }
    Map<String, JsonNode> known =
        job.files().has("index.json") ? manifests(job, "index.json") : Map.of();
    for (JsonNode one : manifest) {
      String id = job.files().digest(one.path("Config").asText());
      var blobs = new ArrayList<String>();
      for (JsonNode layer : one.path("Layers")) {
        blobs.add(job.files().digest(layer.asText()));
      }
      var names = new ArrayList<Reference>();
      for (JsonNode tag : one.path("RepoTags")) {
        names.add(Reference.parse(tag.asText()));
      }
      List<Image.Layer> layers = unpack(job, id, blobs);
      Optional<String> own = own(known, id, blobs);
      Image image = store.add(id, layers, null, null, own.orElse(null));
      for (Reference name : names) {
        image = named(job, image, name, own.orElse(null));
      }
      all.add(new Loaded(image, names.stream().map(Reference::familiar).toList()));
    }
    return all;
  }

  private Image named(Job job, Image image, Reference name, @Nullable String manifest)
      throws IOException {
    Optional<Image> before = store.find(name.familiar());
    if (before.isPresent() && !before.get().id().equals(image.id())) {
      job.progress()
          .report(
              "",
              "The image "
                  + name.familiar()
                  + " already exists, renaming the old one with ID "
                  + before.get().id()
                  + " to empty string");
    }
    return store.add(image.id(), image.layers(), name, null, manifest);
  }

  /// The manifest with which an image of `manifest.json` came, where the archive is a layout, too:
  /// with it, it goes out as it came.
  private static Optional<String> own(Map<String, JsonNode> known, String id, List<String> blobs) {
    return known.entrySet().stream()
        .filter(
            e ->
                e.getValue().path("config").path("digest").asText().equals(id)
                    && blobs(e.getValue()).equals(blobs))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static List<String> blobs(JsonNode manifest) {
    var all = new ArrayList<String>();
    manifest.path("layers").forEach(layer -> all.add(layer.path("digest").asText()));
    return all;
  }

  /// The manifests of images that an index names and the archive has.
  private Map<String, JsonNode> manifests(Job job, String index) throws IOException {
    var all = new HashMap<String, JsonNode>();
    for (JsonNode one : job.files().json(index).path("manifests")) {
      String digest = one.path("digest").asText();
      Optional<Found> found =
          ContentStore.isDigest(digest) && store.content().has(digest)
              ? manifest(job, digest, 0)
              : Optional.empty();
      found.ifPresent(f -> all.put(f.digest(), f.node()));
    }
    return all;
  }

  private List<Loaded> loadLayout(Job job) throws IOException {
    var all = new ArrayList<Loaded>();
    JsonNode index = job.files().json("index.json").path("manifests");
    boolean ours = false;
    for (JsonNode one : index) {
      ours |= one.has("platform") && job.platform().accepts(Platform.of(one.path("platform")));
    }
    for (JsonNode one : index) {
      if (ours
          && one.has("platform")
          && !job.platform().accepts(Platform.of(one.path("platform")))) {
        continue; // for other machines, and what builders attest
      }
      JsonNode annotations = one.path("annotations");
      String name =
          annotations
              .path("io.containerd.image.name")
              .asText(annotations.path("org.opencontainers.image.ref.name").asText(""));
      Optional<Found> found = manifest(job, one.path("digest").asText(), 0);
      if (found.isEmpty()) {
        continue;
      }
      JsonNode manifest = Manifests.image(found.get().node(), "a manifest of the layout");
      String id = manifest.path("config").path("digest").asText();
      Reference reference = name.contains("/") || name.contains(":") ? Reference.parse(name) : null;
      List<Image.Layer> layers = unpack(job, id, blobs(manifest));
      String own = found.get().digest();
      Image image = store.add(id, layers, null, null, own);
      if (reference != null) {
        image = named(job, image, reference, own);
      }
      all.add(new Loaded(image, reference == null ? List.of() : List.of(reference.familiar())));
    }
    if (all.isEmpty()) {
      throw new ImageException(
          ImageException.Kind.INVALID, "the layout has no image for " + job.platform());
    }
    return all;
  }

  private record Found(String digest, JsonNode node) {}

  /// The manifest of an image, through indexes.
  private static Optional<Found> manifest(Job job, String digest, int depth) throws IOException {
    JsonNode node = Configuration.json(job.files().small(digest), "the manifest " + digest);
    if (!node.has("manifests")) {
      return Optional.of(new Found(digest, node));
    }
    if (depth == MAX_DEPTH) {
      throw Configuration.invalid(
          "the layout's indexes are nested more than " + MAX_DEPTH + " deep");
    }
    for (JsonNode one : node.path("manifests")) {
      if (job.platform().accepts(Platform.of(one.path("platform")))) {
        return manifest(job, one.path("digest").asText(), depth + 1);
      }
    }
    return Optional.empty();
  }

  private List<Image.Layer> unpack(Job job, String id, List<String> blobs) throws IOException {
    Manifests.checkDepth(blobs.size(), "an image of the archive");
    JsonNode config = Configuration.parse(job.files().small(id), blobs.size());
    check(job, config);
    JsonNode diffIds = config.path("rootfs").path("diff_ids");
    var layers = new ArrayList<Image.Layer>();
    for (int i = 0; i < blobs.size(); i++) {
      String blob = blobs.get(i);
      job.files().require(blob);
      String diffId = diffIds.get(i).asText();
      long size = store.content().size(blob);
      if (!store.layers().has(diffId)) {
        var steps = new Steps(job.progress(), diffId.substring(7, 19), "Loading layer", size);
        store.layers().unpack(diffId, store.content().path(blob), steps);
      }
      String type = LayerStore.mediaType(store.content().path(blob));
      layers.add(new Image.Layer(diffId, blob, type, size));
    }
    return layers;
  }

  private static void check(Job job, JsonNode config) throws ImageException {
    Platform actual = Platform.of(config);
    if (job.strict() && !job.platform().accepts(actual)) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND,
          "requested platform ("
              + job.platform()
              + ") does not match the image's platform ("
              + actual
              + ")");
    }
  }
}
