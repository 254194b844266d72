package swarm.runtime.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.runtime.archive.Compression;

/// Makes an image of one layer out of the tar of a root file system (`docker import`).
public final class ImageImporter {
  private final ImageStore store;

  public ImageImporter(ImageStore store) {
    this.store = store;
  }

  /// Imports for Linux on an architecture.
  public Image importTar(
      InputStream tar,
      @Nullable Reference reference,
      List<String> changes,
      String message,
      String architecture,
      Instant now)
      throws IOException {
    return importTar(tar, reference, changes, message, Platform.linux(architecture), now);
  }

  /// @param changes Dockerfile instructions for the configuration, see [ConfigChanges]
  /// @throws ImageException where a change cannot be read or the tar is broken; nothing is kept
  ///   then
  public Image importTar(
      InputStream tar,
      @Nullable Reference reference,
      List<String> changes,
      String message,
      Platform platform,
      Instant now)
      throws IOException {
    ObjectNode config = ImageStore.JSON.createObjectNode();
    ConfigChanges.apply(config, changes);
    Image made = null;
    store.intake().lock();
    try {
      made = importHeld(tar, reference, config, message, platform, now);
      return made;
    } finally {
      store.intake().unlock();
      if (made == null) {
        store.discardUnused();
      }
    }
  }

  private Image importHeld(
      InputStream tar,
      @Nullable Reference reference,
      ObjectNode config,
      String message,
      Platform platform,
      Instant now)
      throws IOException {
    String blob;
    String diffId;
    try {
      blob = store.content().put(Compression.openForLayer(tar));
      diffId = LayerStore.diffId(store.content().path(blob));
      store.layers().unpack(diffId, store.content().path(blob));
    } catch (IOException e) {
      if (e instanceof ImageException known && known.kind() != ImageException.Kind.INVALID) {
        throw known;
      }
      throw new ImageException(
          ImageException.Kind.INVALID,
          "this is no readable tar: "
              + (e.getMessage() == null ? "it ends too early" : e.getMessage()));
    }
    ObjectNode image = ImageStore.JSON.createObjectNode();
    image.put("created", now.toString());
    image.put("architecture", platform.architecture());
    image.put("os", platform.os());
    if (!platform.variant().isEmpty()) {
      image.put("variant", platform.variant());
    }
    image.set("config", config);
    ObjectNode rootfs = image.putObject("rootfs");
    rootfs.put("type", "layers");
    rootfs.putArray("diff_ids").add(diffId);
    image.putArray("history").addObject().put("created", now.toString()).put("comment", message);
    String id =
        store.content().put(new ByteArrayInputStream(ImageStore.JSON.writeValueAsBytes(image)));
    var layer =
        new Image.Layer(
            diffId,
            blob,
            LayerStore.mediaType(store.content().path(blob)),
            Files.size(store.content().path(blob)));
    Image made = store.add(id, List.of(layer), reference, null);
    if (reference == null) {
      return made;
    }
    store.tag(id, reference, now);
    return store.get(id);
  }
}
