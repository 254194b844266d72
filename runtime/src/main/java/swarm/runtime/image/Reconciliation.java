package swarm.runtime.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Looks, when the store is opened, at what the index says that there is: after a loss of power a
/// file that was renamed into its place may be shorter than it was, or empty.
///
/// @param layers where one is missing it is unpacked again when it is needed
record Reconciliation(ContentStore content, LayerStore layers) {
  /// Whether an image can be used.
  boolean isWhole(String id, ImageIndex.Entry entry) throws IOException {
    if (!isWhole(id)) {
      return false;
    }
    for (Image.Layer layer : entry.layers()) {
      boolean sent =
          content.has(layer.blob())
              && (layer.size() < 0 || content.size(layer.blob()) == layer.size());
      if (!sent && !layers.has(layer.diffId())) {
        return false;
      }
    }
    @Nullable String manifest = entry.manifest();
    return manifest == null || isWhole(manifest);
  }

  /// A blob that is small enough to be read.
  private boolean isWhole(String digest) throws IOException {
    return content.has(digest)
        && content.size(digest) <= Configuration.MAX_BYTES
        && ContentStore.digestOf(content.read(digest)).equals(digest);
  }
}
