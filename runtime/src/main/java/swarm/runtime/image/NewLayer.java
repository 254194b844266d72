package swarm.runtime.image;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Writes what was changed over an image, as a layer's tar.
@FunctionalInterface
public interface NewLayer {
  /// @return whether there is anything in it
  boolean write(OutputStream out) throws IOException;

  /// Takes a layer into a store, whose intake is held; nothing where there is nothing in it.
  static Optional<Image.Layer> keep(NewLayer layer, ImageStore store) throws IOException {
    var any = new AtomicBoolean();
    String digest = store.content().write(out -> any.set(layer.write(out)));
    if (!any.get()) {
      return Optional.empty();
    }
    store.layers().unpack(digest, store.content().path(digest));
    return Optional.of(
        new Image.Layer(
            digest,
            digest,
            "application/vnd.oci.image.layer.v1.tar",
            store.content().size(digest)));
  }
}
