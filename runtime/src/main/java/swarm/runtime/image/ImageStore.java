package swarm.runtime.image;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.PrivateFolders;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.snapshot.Rootfs;
import swarm.runtime.snapshot.RootfsProvider;

/// The images of this node: which there are, what they are called, and their layers for containers.
/// The index is one file, replaced whole. Thread-safe.
public final class ImageStore implements RootfsProvider {
  /// What a newer build has written besides is left out: it can be gone back from.
  static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

  private final ContentStore content;
  private final LayerStore layers;
  private final CrashPoints crashPoints;

  /// Held for reading while an image comes in, for writing while unused blobs are deleted.
  private final ReentrantReadWriteLock intake = new ReentrantReadWriteLock();

  private final ImageIndex index; // guarded by this
  private final Map<String, Integer> held = new HashMap<>(); // guarded by this

  /// Opens the store at `folder`: what was cut short is cleared away, what is damaged left out.
  public static ImageStore open(Path folder) throws IOException {
    return open(folder, CrashPoints.NONE);
  }

  /// As the other, told of where a test may have the process die.
  public static ImageStore open(Path folder, CrashPoints crashPoints) throws IOException {
    PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY); // layers have setuid programs
    var store =
        new ImageStore(
            new ImageIndex(folder.resolve("images.json"), crashPoints),
            new ContentStore(folder, crashPoints),
            new LayerStore(folder, crashPoints),
            crashPoints);
    store.reconcile();
    return store;
  }

  private ImageStore(
      ImageIndex index, ContentStore content, LayerStore layers, CrashPoints crashPoints) {
    this.crashPoints = crashPoints;
    this.index = index;
    this.content = content;
    this.layers = layers;
  }

  private synchronized void reconcile() throws IOException {
    var damaged = new ArrayList<String>();
    for (Map.Entry<String, ImageIndex.Entry> image : index.images().entrySet()) {
      if (new Reconciliation(content, layers).isWhole(image.getKey(), image.getValue())) {
        // older indexes have no unpacked sizes: they are saved with the next change
        image.setValue(image.getValue().withLayers(measured(image.getValue().layers())));
      } else {
        damaged.add(image.getKey());
      }
    }
    for (String id : damaged) {
      LOG.warn("image {} is damaged on the disk and was left out: pull it again", id);
      index.images().remove(id);
      index.names().values().removeIf(id::equals);
    }
    if (!damaged.isEmpty()) {
      index.save();
    }
    discardUnused();
  }

  private List<Image.Layer> measured(List<Image.Layer> unmeasured) throws IOException {
    var all = new ArrayList<Image.Layer>();
    for (Image.Layer layer : unmeasured) {
      all.add(layer.unpacked() > 0 ? layer : layer.withUnpacked(layers.measure(layer.diffId())));
    }
    return all;
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
    for (String id : index.images().keySet()) {
      all.add(view(id));
    }
    return all;
  }

  /// An image by name, id, or the beginning of its id.
  public synchronized Optional<Image> find(String nameOrId) throws IOException {
    Optional<String> id = index.resolve(nameOrId);
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

  private Image view(String id) throws IOException {
    ImageIndex.Entry entry = index.entry(id);
    JsonNode configuration = Configuration.read(content.read(id));
    return new Image(
        id,
        index.tags(id),
        List.copyOf(entry.manifests()),
        configuration,
        entry.layers(),
        entry.size(),
        entry.manifest(),
        entry.tagged() == null ? null : Instant.parse(entry.tagged()),
        Objects.requireNonNullElse(entry.parent(), ""));
  }

  /// The images that steps of builds made of another one: what a build looks through for one that
  /// will do.
  ///
  /// @param parent an image's id; empty for those made of nothing
  public synchronized List<Image> children(String parent) throws IOException {
    var all = new ArrayList<Image>();
    for (String id : index.children(parent)) {
      all.add(view(id));
    }
    return all;
  }

  /// Whether steps of builds made others of an image.
  public synchronized boolean hasChildren(String id) {
    return !index.children(id).isEmpty();
  }

  /// Says what a step of a build made an image of, where nothing is known of that.
  ///
  /// @param parent empty for nothing
  public synchronized void setParent(String id, String parent) throws IOException {
    ImageIndex.Entry entry = index.entry(id);
    if (entry.parent() == null) {
      index.images().put(id, entry.withParent(parent));
      index.save();
    }
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
    return add(id, imageLayers, reference, manifest, null);
  }

  /// As the other, with the digest of the image's own manifest, which is in the content store: with
  /// it the image goes out as it came in.
  ///
  /// @param known the digest of what the name stands for at its registry: a manifest or an index
  Image add(
      String id,
      List<Image.Layer> imageLayers,
      @Nullable Reference reference,
      @Nullable String known,
      @Nullable String manifest)
      throws IOException {
    List<Image.Layer> sized = measured(imageLayers);
    synchronized (this) {
      index.enter(id, sized, reference, known, manifest);
      index.save();
      crashPoints.reached(CrashPoint.IMAGE_ENTERED);
      return view(id);
    }
  }

  /// Enters an image that a step of a build made.
  ///
  /// @param parent of what; empty for nothing
  /// @param entered hears its id before anybody can remove it
  /// @throws ImageException where that was removed meanwhile, and its layers with it
  Image addStep(String id, List<Image.Layer> imageLayers, String parent, Consumer<String> entered)
      throws IOException {
    List<Image.Layer> sized = measured(imageLayers);
    synchronized (this) {
      if (!parent.isEmpty() && !index.images().containsKey(parent)) {
        throw removed(parent);
      }
      index.enter(id, sized, null, null, null);
      index.images().put(id, index.entry(id).withParent(parent));
      entered.accept(id);
      index.save();
      crashPoints.reached(CrashPoint.IMAGE_ENTERED);
      return view(id);
    }
  }

  /// Says that a build stands on an image, so that nobody prunes it. To be ended by [#letGo].
  ///
  /// @return false, and there is nothing to end, where it is gone already
  public synchronized boolean hold(String id) {
    boolean there = index.images().containsKey(id);
    if (there) {
      held.merge(id, 1, Integer::sum);
    }
    return there;
  }

  /// Ends a [#hold].
  public synchronized void letGo(String id) {
    held.computeIfPresent(id, (_, count) -> count > 1 ? count - 1 : null);
  }

  /// Whether a build stands on an image.
  public synchronized boolean isHeld(String id) {
    return held.containsKey(id);
  }

  /// What is said of an image that went while a build stood on it.
  public static ImageException removed(String id) {
    return new ImageException(
        ImageException.Kind.NOT_FOUND,
        "No such image: " + id + ": it was removed while it was built on; build again");
  }

  /// Gives an image another name.
  ///
  /// @throws ImageException also where the name has a digest, which is not for anybody to choose
  public synchronized void tag(String nameOrId, Reference reference) throws IOException {
    tag(nameOrId, reference, Instant.now());
  }

  /// As the other, at a time that is kept.
  public synchronized void tag(String nameOrId, Reference reference, Instant now)
      throws IOException {
    if (reference.digest() != null) {
      throw new ImageException(
          ImageException.Kind.INVALID, "refusing to create a tag with a digest reference");
    }
    String id = get(nameOrId).id();
    index.names().put(reference.familiar(), id);
    index.images().put(id, index.entry(id).withTagged(now.toString()));
    index.save();
  }

  /// Keeps what a push made of an image: its manifest, and the blobs that its layers went as. A
  /// layer that other images have in the same plain form is theirs in the new form, too.
  synchronized void packed(String id, List<Image.Layer> sent, String manifest) throws IOException {
    index.packed(id, sent, manifest);
    index.save();
  }

  /// Keeps by which digest a registry knows an image.
  synchronized void known(String id, Reference repository, String digest) throws IOException {
    ImageIndex.Entry entry = index.images().get(id);
    if (entry == null) {
      return; // it was removed while it went
    }
    var all = new TreeSet<>(entry.manifests());
    all.add(repository.familiarRepository() + "@" + digest);
    index.images().put(id, entry.withManifests(all));
    index.save();
  }

  /// The repositories of a registry that have an image with this blob, as far as is known here.
  synchronized Set<String> homes(String registry, String blob) throws IOException {
    return index.homes(registry, blob);
  }

  /// Looks an image's manifest up.
  public ManifestFacts manifest(Image image) throws IOException {
    return ManifestFacts.of(content, image);
  }

  /// Where an image's layers are on the disk, the highest first.
  public List<String> folders(Image image) {
    return image.layers().reversed().stream()
        .map(layer -> layers.path(layer.diffId()).toString())
        .toList();
  }

  /// What removing a name or an image did.
  ///
  /// @param deleted ids of images and chain ids of layers
  /// @param freed bytes of the layers' files
  public record Removal(List<String> untagged, List<String> deleted, long freed) {}

  /// As the other, where nothing is used.
  public Removal remove(String nameOrId, boolean force) throws IOException {
    return remove(nameOrId, force, true, ImageUses.NONE);
  }

  /// As the other, with the nameless images that a build made on the way.
  public Removal remove(String nameOrId, boolean force, ImageUses uses) throws IOException {
    return remove(nameOrId, force, true, uses);
  }

  /// Removes a name; with the last of them, the image and every layer that no other image has.
  ///
  /// @param prune whether what it was made of goes, too, as far as it has no name and nobody uses
  ///   it
  public synchronized Removal remove(String nameOrId, boolean force, boolean prune, ImageUses uses)
      throws IOException {
    Image image = get(nameOrId);
    Removal removal = removeOne(image, nameOrId, force, uses);
    if (!prune || index.images().containsKey(image.id())) {
      return removal;
    }
    var deleted = new ArrayList<String>(removal.deleted());
    long freed = removal.freed();
    Optional<Image> above = find(image.parent()).filter(one -> isLeftOver(one, uses));
    while (above.isPresent()) {
      Removal more = removeOne(above.get(), above.get().id(), false, uses);
      deleted.addAll(more.deleted());
      freed += more.freed();
      above = find(above.get().parent()).filter(one -> isLeftOver(one, uses));
    }
    return new Removal(removal.untagged(), deleted, freed);
  }

  /// Whether nobody can have any use for an image but a build.
  private boolean isLeftOver(Image image, ImageUses uses) {
    return image.isNameless()
        && !hasChildren(image.id())
        && !isHeld(image.id())
        && uses.any(image.id()).isEmpty();
  }

  private Removal removeOne(Image image, String nameOrId, boolean force, ImageUses uses)
      throws IOException {
    String id = image.id();
    RemovalPlan plan = RemovalPlan.of(image, nameOrId, force, hasChildren(id), uses);
    index.names().keySet().removeAll(plan.untag());
    var manifests = new TreeSet<>(index.entry(id).manifests());
    manifests.removeAll(plan.untag());
    index.images().put(id, index.entry(id).withManifests(manifests));
    if (!plan.delete()) {
      index.save();
      return new Removal(plan.untag(), List.of(), 0);
    }
    ImageIndex.Entry gone = index.entry(id);
    index.images().remove(id);
    if (uses.any(id).isPresent()) {
      index.kept().put(id, gone);
    }
    index.kept().keySet().removeIf(other -> uses.any(other).isEmpty());
    index.save();
    crashPoints.reached(CrashPoint.IMAGE_UNLISTED);
    var deleted = new ArrayList<String>(List.of(id));
    List<Image.Layer> freed =
        index.kept().containsKey(id) ? List.of() : index.unused(gone.layers());
    deleted.addAll(LayerChain.ids(gone.layers(), freed));
    discardUnused();
    return new Removal(
        plan.untag(), deleted, freed.stream().mapToLong(Image.Layer::unpacked).sum());
  }

  /// Whether an image was removed while a container had it, so that its layers are still here.
  public synchronized boolean hides(String imageId) {
    return index.kept().containsKey(imageId);
  }

  /// Deletes what is left of images that were removed while containers had them, as soon as none
  /// has.
  public synchronized void forgetUnused(ImageUses uses) throws IOException {
    if (index.kept().keySet().removeIf(id -> uses.any(id).isEmpty())) {
      index.save();
      discardUnused();
    }
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
    content.keepOnly(index.blobs());
    layers.keepOnly(index.diffIds());
  }

  @Override
  public Rootfs prepare(String containerId, String imageId) throws IOException {
    ImageIndex.Entry entry;
    synchronized (this) {
      entry = index.images().getOrDefault(imageId, index.kept().get(imageId));
    }
    if (entry == null) {
      throw new NoSuchFileException(imageId);
    }
    // One that is in the image twice, as empty ones often are, is mounted once: overlayfs refuses
    // the
    // second, and the higher one covers all that the lower one has.
    var folders = new LinkedHashSet<Path>();
    for (Image.Layer layer : entry.layers().reversed()) {
      if (!layers.has(layer.diffId())) {
        layers.unpack(layer.diffId(), content.path(layer.blob()));
      }
      folders.add(layers.path(layer.diffId()));
    }
    return new Rootfs(List.copyOf(folders));
  }

  @Override
  public void release(String containerId) {
    // an image in use is never removed, so nothing is held for one container
  }
}
