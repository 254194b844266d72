package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// Loads images from an archive: Docker's (`manifest.json`) or an OCI layout (`index.json`), plain
/// or compressed. Entries go straight into the content store, so the archive's size costs no
/// memory.
public final class ImageLoader {
  private static final int MAX_JSON = Configuration.MAX_BYTES;

  /// An index may name an index, but nobody needs more than two.
  private static final int MAX_DEPTH = 4;

  /// @param image as it is now, with the names that others gave it too
  /// @param names those that the archive gave it, as users write them
  public record Loaded(Image image, List<String> names) {}

  private final ImageStore store;

  public ImageLoader(ImageStore store) {
    this.store = store;
  }

  /// @return the images, with the names that the archive gave them
  public List<Loaded> load(InputStream archive, String architecture, Progress progress)
      throws IOException {
    store.intake().lock();
    try {
      return loadHeld(archive, architecture, progress);
    } finally {
      store.intake().unlock();
      store.discardUnused(); // what the archive has beside its images, or a broken one brought
    }
  }

  private List<Loaded> loadHeld(InputStream archive, String architecture, Progress progress)
      throws IOException {
    Map<String, String> files = spool(archive);
    if (files.containsKey("manifest.json")) {
      return loadDocker(files, progress);
    }
    if (files.containsKey("index.json")) {
      return loadLayout(files, architecture, progress);
    }
    throw new ImageException(
        ImageException.Kind.INVALID,
        "the archive has neither manifest.json (docker save) nor index.json (OCI layout)");
  }

  /// Every file of the archive as a blob: name to digest. Links stand for what they name.
  private Map<String, String> spool(InputStream archive) throws IOException {
    var files = new HashMap<String, String>();
    var links = new HashMap<String, String>();
    try {
      var in =
          new TarArchiveInputStream(LayerStore.decompress(archive), StandardCharsets.UTF_8.name());
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String name = LayerExtractor.normalise(entry.getName());
        if (entry.isSymbolicLink() || entry.isLink()) {
          String base =
              entry.isLink() || !name.contains("/")
                  ? ""
                  : name.substring(0, name.lastIndexOf('/') + 1);
          links.put(name, LayerExtractor.normalise(base + entry.getLinkName()));
        } else if (entry.isFile()) {
          files.put(name, store.content().put(in));
        }
      }
    } catch (IOException e) {
      throw new ImageException(
          ImageException.Kind.INVALID, "this is no readable archive: " + e.getMessage());
    }
    links.forEach(
        (name, target) -> {
          String digest = files.get(target);
          if (digest != null) {
            files.put(name, digest);
          }
        });
    return files;
  }

  private List<Loaded> loadDocker(Map<String, String> files, Progress progress) throws IOException {
    var all = new ArrayList<Loaded>();
    JsonNode manifest = json(files, "manifest.json");
    if (!manifest.isArray() || manifest.isEmpty()) {
      throw Configuration.invalid("manifest.json names no image");
    }
    for (JsonNode one : manifest) {
      String id = digest(files, LayerExtractor.normalise(one.path("Config").asText()));
      var blobs = new ArrayList<String>();
      for (JsonNode layer : one.path("Layers")) {
        blobs.add(digest(files, LayerExtractor.normalise(layer.asText())));
      }
      var names = new ArrayList<Reference>();
      for (JsonNode tag : one.path("RepoTags")) {
        names.add(Reference.parse(tag.asText()));
      }
      List<Image.Layer> layers = unpack(id, blobs, progress);
      Image image = store.add(id, layers, null, null);
      for (Reference name : names) {
        image = store.add(id, layers, name, null);
      }
      all.add(new Loaded(image, names.stream().map(Reference::familiar).toList()));
    }
    return all;
  }

  private List<Loaded> loadLayout(Map<String, String> files, String architecture, Progress progress)
      throws IOException {
    var all = new ArrayList<Loaded>();
    for (JsonNode one : json(files, "index.json").path("manifests")) {
      JsonNode annotations = one.path("annotations");
      String name =
          annotations
              .path("io.containerd.image.name")
              .asText(annotations.path("org.opencontainers.image.ref.name").asText(""));
      @Nullable JsonNode manifest = manifest(one.path("digest").asText(), architecture, 0);
      if (manifest == null) {
        continue;
      }
      String id = manifest.path("config").path("digest").asText();
      var blobs = new ArrayList<String>();
      manifest.path("layers").forEach(layer -> blobs.add(layer.path("digest").asText()));
      Reference reference = name.contains("/") || name.contains(":") ? Reference.parse(name) : null;
      Image image = store.add(id, unpack(id, blobs, progress), reference, null);
      all.add(new Loaded(image, reference == null ? List.of() : List.of(reference.familiar())));
    }
    if (all.isEmpty()) {
      throw new ImageException(
          ImageException.Kind.INVALID, "the layout has no image for linux/" + architecture);
    }
    return all;
  }

  private @Nullable JsonNode manifest(String digest, String architecture, int depth)
      throws IOException {
    JsonNode node = Configuration.json(small(digest), "the manifest " + digest);
    if (!node.has("manifests")) {
      return node;
    }
    if (depth == MAX_DEPTH) {
      throw Configuration.invalid(
          "the layout's indexes are nested more than " + MAX_DEPTH + " deep");
    }
    for (JsonNode one : node.path("manifests")) {
      if (one.path("platform").path("architecture").asText().equals(architecture)) {
        return manifest(one.path("digest").asText(), architecture, depth + 1);
      }
    }
    return null;
  }

  private List<Image.Layer> unpack(String id, List<String> blobs, Progress progress)
      throws IOException {
    JsonNode diffIds = Configuration.parse(small(id), blobs.size()).path("rootfs").path("diff_ids");
    var layers = new ArrayList<Image.Layer>();
    for (int i = 0; i < blobs.size(); i++) {
      String blob = blobs.get(i);
      require(blob);
      String diffId = diffIds.get(i).asText();
      progress.report(diffId.substring(7, 19), "Loading layer");
      store.layers().unpack(diffId, store.content().path(blob));
      layers.add(
          new Image.Layer(
              diffId, blob, "application/vnd.oci.image.layer.v1.tar", store.content().size(blob)));
    }
    return layers;
  }

  private void require(String digest) throws ImageException {
    if (!ContentStore.isDigest(digest) || !store.content().has(digest)) {
      throw new ImageException(
          ImageException.Kind.INVALID, "the archive lacks '" + digest + "', which it names");
    }
  }

  private JsonNode json(Map<String, String> files, String name) throws IOException {
    return Configuration.json(small(digest(files, name)), name);
  }

  /// A blob that is to be held in memory.
  private byte[] small(String digest) throws IOException {
    require(digest);
    if (store.content().size(digest) > MAX_JSON) {
      throw Configuration.invalid(
          digest
              + " has "
              + store.content().size(digest)
              + " bytes; the limit for a manifest or a configuration is "
              + MAX_JSON);
    }
    return store.content().read(digest);
  }

  private static String digest(Map<String, String> files, String name) throws ImageException {
    String digest = files.get(name);
    if (digest == null) {
      throw new ImageException(
          ImageException.Kind.INVALID, "the archive lacks '" + name + "', which it names");
    }
    return digest;
  }
}
