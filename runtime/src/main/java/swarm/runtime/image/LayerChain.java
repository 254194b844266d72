package swarm.runtime.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Chain ids: a layer together with all below it (OCI image-spec, "Layer ChainID"). Pure.
final class LayerChain {
  private LayerChain() {}

  /// The chain ids of `some` of an image's layers, the highest first.
  ///
  /// @param all the lowest first
  static List<String> ids(List<Image.Layer> all, List<Image.Layer> some) {
    var ids = new ArrayList<String>();
    String chain = "";
    for (Image.Layer layer : all) {
      chain =
          chain.isEmpty()
              ? layer.diffId()
              : ContentStore.digestOf(
                  (chain + " " + layer.diffId()).getBytes(StandardCharsets.UTF_8));
      if (some.contains(layer)) {
        ids.addFirst(chain);
      }
    }
    return ids;
  }
}
