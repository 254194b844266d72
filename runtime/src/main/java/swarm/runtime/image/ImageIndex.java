package swarm.runtime.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.fault.CrashPoints;

/// Which images there are and what they are called: one file, replaced whole. Not thread-safe: the
/// store guards it.
final class ImageIndex {
  /// What is kept of an image, beside its names.
  ///
  /// @param manifests familiar repositories with the digests that registries know it by
  /// @param size bytes of its files, unpacked
  /// @param manifest digest of its own manifest, which is in the content store; null for none
  /// @param tagged when it was given a name here, RFC 3339; null for never
  /// @param parent the image that a step of a build made it of; empty for one that was made of
  ///   nothing, null for one that no build made here
  record Entry(
      List<Image.Layer> layers,
      Set<String> manifests,
      long size,
      @Nullable String manifest,
      @Nullable String tagged,
      @Nullable String parent) {
    Entry(List<Image.Layer> layers, Set<String> manifests, @Nullable String manifest) {
      this(layers, manifests, unpacked(layers), manifest, null, null);
    }

    Entry withLayers(List<Image.Layer> others) {
      return new Entry(others, manifests, unpacked(others), manifest, tagged, parent);
    }

    Entry withManifests(Set<String> others) {
      return new Entry(layers, others, size, manifest, tagged, parent);
    }

    Entry withManifest(String digest) {
      return new Entry(layers, manifests, size, digest, tagged, parent);
    }

    Entry withTagged(String at) {
      return new Entry(layers, manifests, size, manifest, at, parent);
    }

    Entry withParent(String id) {
      return new Entry(layers, manifests, size, manifest, tagged, id);
    }

    private static long unpacked(List<Image.Layer> layers) {
      return layers.stream().mapToLong(Image.Layer::unpacked).sum();
    }
  }

  private record Content(
      Map<String, Entry> images, Map<String, String> names, @Nullable Map<String, Entry> kept) {}

  private final Path file;
  private final CrashPoints crashPoints;
  private final Map<String, Entry> images = new TreeMap<>();
  private final Map<String, String> names = new TreeMap<>();
  private final Map<String, Entry> kept = new TreeMap<>();

  ImageIndex(Path file, CrashPoints crashPoints) throws IOException {
    this.file = file;
    this.crashPoints = crashPoints;
    Files.deleteIfExists(fresh()); // of a change that was cut short
    if (Files.exists(file)) {
      Content all = ImageStore.JSON.readValue(file.toFile(), Content.class);
      images.putAll(all.images());
      names.putAll(all.names());
      Map<String, Entry> left = all.kept();
      if (left != null) { // older indexes have none
        kept.putAll(left);
      }
    }
  }

  private Path fresh() {
    return file.resolveSibling("images.json.new");
  }

  /// Every image by id; to be changed in place.
  Map<String, Entry> images() {
    return images;
  }

  /// Every familiar name with its image's id; to be changed in place.
  Map<String, String> names() {
    return names;
  }

  /// Images that were removed while a stopped container had them, by id: nobody sees them, but the
  /// container may start. To be changed in place.
  Map<String, Entry> kept() {
    return kept;
  }

  /// An image that is there.
  Entry entry(String id) {
    Entry entry = images.get(id);
    if (entry == null) {
      throw new IllegalStateException("image " + id + " is not in the index");
    }
    return entry;
  }

  /// The names of an image, sorted.
  List<String> tags(String id) {
    var tags = new ArrayList<String>();
    names.forEach(
        (name, named) -> {
          if (named.equals(id)) {
            tags.add(name);
          }
        });
    return tags;
  }

  /// The id of an image by name, id, or the beginning of its id.
  Optional<String> resolve(String nameOrId) {
    String bare = nameOrId.startsWith("sha256:") ? nameOrId.substring(7) : nameOrId;
    if (images.containsKey("sha256:" + bare)) {
      return Optional.of("sha256:" + bare);
    }
    try {
      Optional<String> named = named(Reference.parse(nameOrId));
      if (named.isPresent()) {
        return named;
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

  private Optional<String> named(Reference reference) {
    if (reference.digest() == null) {
      return Optional.ofNullable(names.get(reference.familiar()));
    }
    String known = reference.familiarRepository() + "@" + reference.digest();
    return images.entrySet().stream()
        .filter(e -> e.getValue().manifests().contains(known))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// The repositories of a registry that have an image with this blob, as far as is known here.
  Set<String> homes(String registry, String blob) throws ImageException {
    var all = new TreeSet<String>();
    for (Entry entry : images.values()) {
      if (entry.layers().stream().anyMatch(layer -> layer.blob().equals(blob))) {
        for (String known : entry.manifests()) {
          Reference home = Reference.parse(known);
          if (home.registry().equals(registry)) {
            all.add(home.repository());
          }
        }
      }
    }
    return all;
  }

  /// Enters an image, or one more name of an image that is there.
  ///
  /// @param reference what to call it; null for no name
  /// @param known the digest of what the name stands for at its registry
  /// @param manifest the digest of its own manifest; null leaves what is known of its layers
  void enter(
      String id,
      List<Image.Layer> layers,
      @Nullable Reference reference,
      @Nullable String known,
      @Nullable String manifest) {
    Entry before = images.get(id);
    var manifests = new TreeSet<String>(before == null ? Set.of() : before.manifests());
    if (reference != null && known != null) {
      manifests.add(reference.familiarRepository() + "@" + known);
    }
    Entry entry =
        manifest == null && before != null // its layers go with its manifest
            ? before.withManifests(manifests)
            : new Entry(layers, manifests, manifest);
    images.put(id, before == null ? entry : like(entry, before));
    kept.remove(id);
    if (reference != null && reference.tag() != null) {
      var name = new Reference(reference.registry(), reference.repository(), reference.tag(), null);
      names.put(name.familiar(), id);
    }
  }

  /// What is known of an image beside its content stays.
  private static Entry like(Entry entry, Entry before) {
    Entry tagged = before.tagged() == null ? entry : entry.withTagged(before.tagged());
    return before.parent() == null ? tagged : tagged.withParent(before.parent());
  }

  /// The images that steps of builds made of another one.
  ///
  /// @param parent an image's id; empty for those made of nothing
  List<String> children(String parent) {
    return images.entrySet().stream()
        .filter(e -> parent.equals(e.getValue().parent()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Enters the blobs that an image's layers went as, with its manifest. Others without a manifest
  /// have the same layers so, too.
  void packed(String id, List<Image.Layer> sent, String manifest) {
    var packed = new HashMap<String, Image.Layer>();
    sent.forEach(layer -> packed.put(layer.diffId(), layer));
    for (Map.Entry<String, Entry> image : images.entrySet()) {
      Entry entry = image.getValue();
      if (image.getKey().equals(id)) {
        image.setValue(entry.withLayers(sent).withManifest(manifest));
      } else if (entry.manifest() == null) {
        image.setValue(
            entry.withLayers(
                entry.layers().stream()
                    .map(layer -> packed.getOrDefault(layer.diffId(), layer))
                    .toList()));
      }
    }
  }

  /// Those of these layers that no image has, the highest first.
  List<Image.Layer> unused(List<Image.Layer> all) {
    Set<String> used = diffIds();
    return all.reversed().stream().filter(layer -> !used.contains(layer.diffId())).toList();
  }

  /// Every layer that an image has, by the digest of its plain tar.
  Set<String> diffIds() {
    return entries()
        .flatMap(entry -> entry.layers().stream())
        .map(Image.Layer::diffId)
        .collect(Collectors.toSet());
  }

  /// Every blob that an image has: configuration, manifests and layers.
  Set<String> blobs() {
    var blobs = new HashSet<String>(images.keySet());
    blobs.addAll(kept.keySet());
    entries()
        .forEach(
            entry -> {
              entry.manifests().forEach(m -> blobs.add(m.substring(m.indexOf('@') + 1)));
              if (entry.manifest() != null) {
                blobs.add(entry.manifest());
              }
              entry.layers().forEach(layer -> blobs.add(layer.blob()));
            });
    return blobs;
  }

  private Stream<Entry> entries() {
    return Stream.concat(images.values().stream(), kept.values().stream());
  }

  /// Makes it last.
  void save() throws IOException {
    Path fresh = fresh();
    byte[] text =
        ImageStore.JSON.writeValueAsBytes(
            new Content(
                new LinkedHashMap<>(images),
                new LinkedHashMap<>(names),
                new LinkedHashMap<>(kept)));
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(fresh, text);
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw FullDisk.named(e, "the list of images", file);
    }
    crashPoints.reached(CrashPoint.INDEX_WRITTEN);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
