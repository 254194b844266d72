package swarm.runtime.image;

import java.io.IOException;

/// What is known of an image's manifest.
///
/// @param digest empty where it has none
/// @param size of the manifest, in bytes
/// @param content bytes of everything that it names, as it is sent, itself included
public record ManifestFacts(String digest, String mediaType, long size, long content) {
  private static final ManifestFacts NONE = new ManifestFacts("", "", 0, 0);

  static ManifestFacts of(ContentStore content, Image image) throws IOException {
    String digest = image.manifest();
    if (digest == null || !content.has(digest)) {
      return NONE;
    }
    byte[] text = content.read(digest);
    String type = Manifests.mediaType(Configuration.json(text, "the image's manifest"));
    long all = text.length + content.size(image.id());
    for (Image.Layer layer : image.layers()) {
      all += Math.max(0, layer.size());
    }
    return new ManifestFacts(digest, type, text.length, all);
  }
}
