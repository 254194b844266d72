package swarm.runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/// Writes images as one archive that is both Docker's (`manifest.json`) and an OCI layout
/// (`index.json`), as Docker 25 and later do. Blobs go as they are, each once: what is loaded from
/// it has the digests that it had. Thread-safe.
public final class ImageSaver {
  private static final String BLOBS = "blobs/sha256/";
  private static final int FILE = 0100644;
  private static final int FOLDER = 040755;

  private final ImageStore store;

  public ImageSaver(ImageStore store) {
    this.store = store;
  }

  /// What is to be written.
  ///
  /// @param images with those of their names that were asked for
  public record Selection(Map<Image, List<Reference>> images) {}

  /// Finds the images that names mean: a name without a tag means all of its tags.
  ///
  /// @param platform that each must be for; null for any
  /// @throws ImageException where there is none, in Docker's words
  public Selection select(List<String> names, @Nullable Platform platform) throws IOException {
    var ids = new LinkedHashMap<String, Set<String>>();
    for (String name : names) {
      select(name, ids);
    }
    var images = new LinkedHashMap<Image, List<Reference>>();
    for (Map.Entry<String, Set<String>> one : ids.entrySet()) {
      Image image = store.get(one.getKey());
      if (platform != null && !platform.accepts(Platform.of(image))) {
        throw new ImageException(
            ImageException.Kind.NOT_FOUND,
            "requested platform ("
                + platform
                + ") does not match the image's platform ("
                + Platform.of(image)
                + ")");
      }
      var references = new ArrayList<Reference>();
      for (String name : one.getValue()) {
        references.add(Reference.parse(name));
      }
      images.put(image, references);
    }
    return new Selection(images);
  }

  private void select(String name, Map<String, Set<String>> ids) throws IOException {
    Optional<Image> byId = store.find(name).filter(image -> isId(image, name));
    if (byId.isPresent()) {
      var _ = ids.computeIfAbsent(byId.get().id(), _ -> new LinkedHashSet<>());
      return;
    }
    Reference reference = Reference.parse(name);
    if (!Reference.isNameOnly(name)) {
      Image image =
          store
              .find(name)
              .orElseThrow(
                  () ->
                      new ImageException(
                          ImageException.Kind.NOT_FOUND, "reference does not exist"));
      Set<String> names = ids.computeIfAbsent(image.id(), _ -> new LinkedHashSet<>());
      if (reference.digest() == null) {
        names.add(reference.familiar());
      }
      return;
    }
    boolean any = false;
    for (Image image : store.list()) {
      for (String tag : image.tags()) {
        if (Reference.parse(tag).familiarRepository().equals(reference.familiarRepository())) {
          ids.computeIfAbsent(image.id(), _ -> new LinkedHashSet<>()).add(tag);
          any = true;
        }
      }
    }
    if (!any) {
      var _ = store.get(name); // says that there is none
    }
  }

  private static boolean isId(Image image, String name) {
    return !image.tags().contains(name)
        && (image.id().startsWith(name) || image.id().substring(7).startsWith(name));
  }

  /// What the archive is made of.
  private static final class Parts {
    final Set<String> stored = new TreeSet<>(); // digests of blobs of the store
    final Map<String, byte[]> made = new TreeMap<>(); // manifests that there were none of
    final ArrayNode index = ImageStore.JSON.createArrayNode();
    final ArrayNode manifest = ImageStore.JSON.createArrayNode();
    final ObjectNode repositories = ImageStore.JSON.createObjectNode();
  }

  /// Writes the archive. The images cannot go meanwhile.
  public void save(Selection selection, OutputStream out) throws IOException {
    store.intake().lock();
    try {
      var parts = new Parts();
      for (Map.Entry<Image, List<Reference>> one : selection.images().entrySet()) {
        add(parts, store.get(one.getKey().id()), one.getValue());
      }
      write(parts, out);
    } finally {
      store.intake().unlock();
    }
  }

  private void add(Parts parts, Image image, List<Reference> names) throws IOException {
    parts.stored.add(image.id());
    ObjectNode docker =
        ImageStore.JSON.createObjectNode().put("Config", BLOBS + ContentStore.hex(image.id()));
    ArrayNode layers = ImageStore.JSON.createArrayNode();
    ObjectNode sources = ImageStore.JSON.createObjectNode();
    var described = new ArrayList<Image.Layer>();
    for (Image.Layer layer : image.layers()) {
      Image.Layer one = sized(layer);
      described.add(one);
      parts.stored.add(layer.blob());
      layers.add(BLOBS + ContentStore.hex(layer.blob()));
      var _ =
          Manifests.describe(
              sources.putObject(layer.diffId()), one.mediaType(), one.blob(), one.size());
    }
    byte[] manifest;
    if (image.manifest() == null) {
      manifest = Manifests.oci(image.id(), store.content().size(image.id()), described);
      parts.made.put(ContentStore.digestOf(manifest), manifest);
    } else {
      manifest = store.content().read(image.manifest());
      parts.stored.add(image.manifest());
    }
    if (names.isEmpty()) {
      docker.putNull("RepoTags");
      var _ = describe(parts.index, manifest);
    } else {
      ArrayNode tags = docker.putArray("RepoTags");
      for (Reference name : names) {
        tags.add(name.familiar());
        ObjectNode annotations = describe(parts.index, manifest).putObject("annotations");
        annotations.put("io.containerd.image.name", full(name));
        annotations.put("org.opencontainers.image.ref.name", name.target());
        if (!image.layers().isEmpty()) {
          parts
              .repositories
              .withObjectProperty(name.familiarRepository())
              .put(name.target(), ContentStore.hex(image.layers().getLast().blob()));
        }
      }
    }
    docker.set("Layers", layers);
    docker.set("LayerSources", sources);
    parts.manifest.add(docker);
  }

  private static String full(Reference name) {
    return name.registry() + "/" + name.repository() + ":" + name.target();
  }

  private static ObjectNode describe(ArrayNode index, byte[] manifest) throws ImageException {
    String type = Manifests.mediaType(Configuration.json(manifest, "the image's manifest"));
    return Manifests.describe(
        index.addObject(), type, ContentStore.digestOf(manifest), manifest.length);
  }

  private Image.Layer sized(Image.Layer layer) throws IOException {
    if (!store.content().has(layer.blob())) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND,
          "the blob " + layer.blob() + " of the image is not here any more: pull it again");
    }
    return layer.as(
        layer.blob(),
        LayerStore.mediaType(store.content().path(layer.blob())),
        store.content().size(layer.blob()));
  }

  private void write(Parts parts, OutputStream out) throws IOException {
    var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    folder(tar, "blobs/");
    folder(tar, BLOBS);
    var all = new TreeSet<>(parts.stored);
    all.addAll(parts.made.keySet());
    for (String digest : all) {
      byte[] made = parts.made.get(digest);
      try (InputStream in =
          made == null ? store.content().open(digest) : new ByteArrayInputStream(made)) {
        file(
            tar,
            BLOBS + ContentStore.hex(digest),
            in,
            made == null ? store.content().size(digest) : made.length);
      }
    }
    ObjectNode index = ImageStore.JSON.createObjectNode();
    index.put("schemaVersion", 2).put("mediaType", "application/vnd.oci.image.index.v1+json");
    index.set("manifests", parts.index);
    json(tar, "index.json", index);
    json(tar, "manifest.json", parts.manifest);
    json(tar, "oci-layout", ImageStore.JSON.createObjectNode().put("imageLayoutVersion", "1.0.0"));
    if (!parts.repositories.isEmpty()) {
      json(tar, "repositories", parts.repositories);
    }
    tar.finish();
  }

  private static void folder(TarArchiveOutputStream tar, String name) throws IOException {
    TarArchiveEntry entry = entry(name);
    entry.setMode(FOLDER);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  /// The same images make the same archive: nothing in it is of today.
  private static TarArchiveEntry entry(String name) {
    var entry = new TarArchiveEntry(name);
    entry.setModTime(0L);
    entry.setMode(FILE);
    return entry;
  }

  private static void file(TarArchiveOutputStream tar, String name, InputStream in, long size)
      throws IOException {
    TarArchiveEntry entry = entry(name);
    entry.setSize(size);
    tar.putArchiveEntry(entry);
    in.transferTo(tar);
    tar.closeArchiveEntry();
  }

  private static void json(TarArchiveOutputStream tar, String name, Object value)
      throws IOException {
    byte[] text = ImageStore.JSON.writeValueAsBytes(value);
    file(tar, name, new ByteArrayInputStream(text), text.length);
  }
}
