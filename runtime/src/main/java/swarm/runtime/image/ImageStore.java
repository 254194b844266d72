package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import swarm.linux.PrivateFolders;
import swarm.runtime.snapshot.Rootfs;
import swarm.runtime.snapshot.RootfsProvider;

/// The images of this node: which there are, what they are called, and their layers for containers.
/// The index is one file, replaced whole. Thread-safe.
public final class ImageStore implements RootfsProvider {
  static final ObjectMapper JSON = new ObjectMapper();

  private final Path index;
  private final ContentStore content;
  private final LayerStore layers;

  /// Held for reading while an image comes in, for writing while unused blobs are deleted.
  private final ReentrantReadWriteLock intake = new ReentrantReadWriteLock();

  // guarded by this
  private final Map<String, Entry> images = new TreeMap<>();
  private final Map<String, String> names = new TreeMap<>();

  /// What the index keeps of an image, beside its names.
  record Entry(List<Image.Layer> layers, Set<String> manifests, long size) {}

  private record Index(Map<String, Entry> images, Map<String, String> names) {}

  /// Opens the store at `folder`.
  public static ImageStore open(Path folder) throws IOException {
    PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY); // layers have setuid programs
    var store =
        new ImageStore(
            folder.resolve("images.json"), new ContentStore(folder), new LayerStore(folder));
    store.load();
    return store;
  }

  private ImageStore(Path index, ContentStore content, LayerStore layers) {
    this.index = index;
    this.content = content;
    this.layers = layers;
  }

  private synchronized void load() throws IOException {
    if (Files.exists(index)) {
      Index all = JSON.readValue(index.toFile(), Index.class);
      for (Map.Entry<String, Entry> image : all.images().entrySet()) {
        images.put(image.getKey(), measured(image.getValue()));
      }
      names.putAll(all.names());
    }
  }

  /// Older indexes have no unpacked sizes: they are found out once, and saved with the next change.
  private Entry measured(Entry entry) throws IOException {
    List<Image.Layer> all = measured(entry.layers());
    return new Entry(all, entry.manifests(), unpacked(all));
  }

  private List<Image.Layer> measured(List<Image.Layer> unmeasured) throws IOException {
    var all = new ArrayList<Image.Layer>();
    for (Image.Layer layer : unmeasured) {
      all.add(layer.unpacked() > 0 ? layer : layer.withUnpacked(layers.measure(layer.diffId())));
    }
    return all;
  }

  private static long unpacked(List<Image.Layer> layers) {
    return layers.stream().mapToLong(Image.Layer::unpacked).sum();
  }

  /// What must be held (its read lock) from the first blob of an image to its [#add].
  ReentrantReadWriteLock.ReadLock intake() {
    return intake.readLock();
  }

  ContentStore content() {
    return content;
  }

  LayerStore layers() {
    return layers;
  }

  /// Every image, by id.
  public synchronized List<Image> list() throws IOException {
    var all = new ArrayList<Image>();
    for (String id : images.keySet()) {
      all.add(view(id));
    }
    return all;
  }

  /// An image by name, id, or the beginning of its id.
  public synchronized Optional<Image> find(String nameOrId) throws IOException {
    Optional<String> id = resolve(nameOrId);
    return id.isPresent() ? Optional.of(view(id.get())) : Optional.empty();
  }

  /// As [#find], with Docker's sentence where there is none.
  public Image get(String nameOrId) throws IOException {
    return find(nameOrId)
        .orElseThrow(
            () ->
                new ImageException(
                    ImageException.Kind.NOT_FOUND, "No such image: " + shown(nameOrId)));
  }

  private static String shown(String name) {
    try {
      return Reference.parse(name).familiar();
    } catch (ImageException _) {
      return name; // shown as it was given
    }
  }

  private Optional<String> resolve(String nameOrId) {
    String bare = nameOrId.startsWith("sha256:") ? nameOrId.substring(7) : nameOrId;
    if (images.containsKey("sha256:" + bare)) {
      return Optional.of("sha256:" + bare);
    }
    try {
      Reference reference = Reference.parse(nameOrId);
      if (reference.digest() != null) {
        return images.entrySet().stream()
            .filter(
                e ->
                    e.getValue()
                        .manifests()
                        .contains(reference.familiarRepository() + "@" + reference.digest()))
            .map(Map.Entry::getKey)
            .findFirst();
      }
      String id = names.get(reference.familiar());
      if (id != null) {
        return Optional.of(id);
      }
    } catch (ImageException _) {
      // not a name: perhaps the beginning of an id
    }
    if (bare.matches("[0-9a-f]{4,63}")) {
      List<String> ids =
          images.keySet().stream().filter(k -> k.startsWith("sha256:" + bare)).toList();
      return ids.size() == 1 ? Optional.of(ids.getFirst()) : Optional.empty();
    }
    return Optional.empty();
  }

  private Image view(String id) throws IOException {
    Entry entry = images.get(id);
    if (entry == null) {
      throw new IllegalStateException("image " + id + " is not in the index");
    }
    var tags = new ArrayList<String>();
    names.forEach(
        (name, named) -> {
          if (named.equals(id)) {
            tags.add(name);
          }
        });
    JsonNode configuration = JSON.readTree(content.read(id));
    return new Image(
        id, tags, List.copyOf(entry.manifests()), configuration, entry.layers(), entry.size());
  }

  /// Enters an image whose configuration and layers are in the stores already.
  ///
  /// @param reference what to call it; null for no name
  /// @param manifest the manifest's digest where it came from a registry
  Image add(
      String id,
      List<Image.Layer> imageLayers,
      @Nullable Reference reference,
      @Nullable String manifest)
      throws IOException {
    List<Image.Layer> sized = measured(imageLayers);
    synchronized (this) {
      Entry before = images.get(id);
      var manifests = new TreeSet<String>(before == null ? Set.of() : before.manifests());
      if (reference != null && manifest != null) {
        manifests.add(reference.familiarRepository() + "@" + manifest);
      }
      images.put(id, new Entry(sized, manifests, unpacked(sized)));
      if (reference != null && reference.tag() != null) {
        names.put(
            new Reference(reference.registry(), reference.repository(), reference.tag(), null)
                .familiar(),
            id);
      }
      save();
      return view(id);
    }
  }

  /// Gives an image another name.
  ///
  /// @throws ImageException also where the name has a digest, which is not for anybody to choose
  public synchronized void tag(String nameOrId, Reference reference) throws IOException {
    if (reference.digest() != null) {
      throw new ImageException(
          ImageException.Kind.INVALID, "refusing to create a tag with a digest reference");
    }
    names.put(reference.familiar(), get(nameOrId).id());
    save();
  }

  /// What removing a name or an image did.
  public record Removal(List<String> untagged, List<String> deleted) {}

  /// Removes a name; with the last of them, the image and every layer that no other image has.
  ///
  /// @param inUse ids of images that containers use
  public synchronized Removal remove(String nameOrId, boolean force, Set<String> inUse)
      throws IOException {
    Image image = get(nameOrId);
    boolean byId =
        ("sha256:" + nameOrId).startsWith(image.id().substring(0, 11))
            || nameOrId.startsWith("sha256:");
    var untagged = new ArrayList<String>();
    if (!byId) {
      String name = Reference.parse(nameOrId).familiar();
      Entry entry = images.get(image.id());
      if (entry != null && entry.manifests().contains(name) && !image.tags().isEmpty()) {
        var others = new TreeSet<>(entry.manifests());
        others.remove(name);
        images.put(image.id(), new Entry(entry.layers(), others, entry.size()));
        save();
        return new Removal(List.of(name), List.of());
      }
      if (image.tags().size() > 1
          || (image.tags().size() == 1 && inUse.contains(image.id()) && force)) {
        names.remove(name);
        save();
        return new Removal(List.of(name), List.of());
      }
    } else if (image.tags().size() > 1 && !force) {
      throw new ImageException(
          ImageException.Kind.CONFLICT,
          "conflict: unable to delete "
              + image.id().substring(7, 19)
              + " (must be forced) - image is referenced in multiple repositories");
    }
    if (inUse.contains(image.id())) {
      throw new ImageException(
          ImageException.Kind.CONFLICT,
          "conflict: unable to remove repository reference \""
              + nameOrId
              + "\" (must force) - a container is using its referenced image "
              + image.id().substring(7, 19));
    }
    untagged.addAll(image.tags());
    names.values().removeIf(image.id()::equals);
    images.remove(image.id());
    save();
    discardUnused();
    return new Removal(untagged, List.of(image.id()));
  }

  /// Deletes every blob and layer that no image has. Not while an image comes in: it has blobs that
  /// no entry names yet; they are swept another time.
  void discardUnused() throws IOException {
    if (intake.writeLock().tryLock()) {
      try {
        sweep();
      } finally {
        intake.writeLock().unlock();
      }
    }
  }

  private synchronized void sweep() throws IOException {
    var blobs = new HashSet<String>();
    var diffs = new HashSet<String>();
    images.forEach(
        (id, entry) -> {
          blobs.add(id);
          entry.manifests().forEach(m -> blobs.add(m.substring(m.indexOf('@') + 1)));
          for (Image.Layer layer : entry.layers()) {
            blobs.add(layer.blob());
            diffs.add(layer.diffId());
          }
        });
    content.keepOnly(blobs);
    layers.keepOnly(diffs);
  }

  private void save() throws IOException {
    Path fresh = index.resolveSibling("images.json.new");
    byte[] text =
        JSON.writeValueAsBytes(new Index(new LinkedHashMap<>(images), new LinkedHashMap<>(names)));
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(fresh, text);
    Files.move(fresh, index, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public Rootfs prepare(String containerId, String imageId) throws IOException {
    Entry entry;
    synchronized (this) {
      entry = images.get(imageId);
    }
    if (entry == null) {
      throw new NoSuchFileException(imageId);
    }
    var folders = new ArrayList<Path>();
    for (Image.Layer layer : entry.layers().reversed()) {
      if (!layers.has(layer.diffId())) {
        layers.unpack(layer.diffId(), content.path(layer.blob()));
      }
      folders.add(layers.path(layer.diffId()));
    }
    return new Rootfs(folders);
  }

  @Override
  public void release(String containerId) {
    // an image in use is never removed, so nothing is held for one container
  }
}
