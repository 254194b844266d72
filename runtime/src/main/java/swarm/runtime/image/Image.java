package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.health.HealthJson;

/// One image on this node. Immutable.
///
/// @param id digest of the configuration
/// @param tags familiar names with tags, sorted
/// @param digests familiar repositories with the manifest's digest, sorted
/// @param configuration the OCI image configuration
/// @param layers the layers' blobs, the lowest first
/// @param size bytes of all the layers' files, as unpacked
/// @param manifest digest of the manifest that the image came with, or was pushed with; null where
///   there is none yet
/// @param tagged when it was given a name here; null where it never was
/// @param parent the image that a step of a build made it of; empty for none
public record Image(
    String id,
    List<String> tags,
    List<String> digests,
    JsonNode configuration,
    List<Layer> layers,
    long size,
    @Nullable String manifest,
    @Nullable Instant tagged,
    String parent) {

  /// An image without a manifest.
  public Image(
      String id,
      List<String> tags,
      List<String> digests,
      JsonNode configuration,
      List<Layer> layers,
      long size) {
    this(id, tags, digests, configuration, layers, size, null, null, "");
  }

  /// @param diffId digest of the uncompressed tar
  /// @param blob digest as stored and sent
  /// @param size bytes of the blob
  /// @param unpacked bytes of the files that it unpacks to; 0 before the image is in the store
  public record Layer(String diffId, String blob, String mediaType, long size, long unpacked) {
    Layer(String diffId, String blob, String mediaType, long size) {
      this(diffId, blob, mediaType, size, 0);
    }

    Layer withUnpacked(long bytes) {
      return new Layer(diffId, blob, mediaType, size, bytes);
    }

    /// The same layer as another blob.
    Layer as(String otherBlob, String otherType, long otherSize) {
      return new Layer(diffId, otherBlob, otherType, otherSize, unpacked);
    }
  }

  /// Whether nobody can name it but by its id.
  public boolean isNameless() {
    return tags.isEmpty() && digests.isEmpty();
  }

  private JsonNode config() {
    return configuration.path("config");
  }

  public Instant created() {
    String text = configuration.path("created").asText("");
    return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
  }

  public String architecture() {
    return configuration.path("architecture").asText("");
  }

  public String os() {
    return configuration.path("os").asText("linux");
  }

  public List<String> entrypoint() {
    return strings(config().path("Entrypoint"));
  }

  public List<String> command() {
    return strings(config().path("Cmd"));
  }

  public List<String> env() {
    return strings(config().path("Env"));
  }

  public String workingDir() {
    return config().path("WorkingDir").asText("");
  }

  public String user() {
    return config().path("User").asText("");
  }

  public String stopSignal() {
    return config().path("StopSignal").asText("");
  }

  /// How the image wants its containers' health to be checked; what it says is not checked.
  public HealthCheck healthCheck() {
    return HealthJson.read(config().path("Healthcheck"), config().path("Shell"));
  }

  /// Folders that want a volume.
  public List<String> volumes() {
    var names = new ArrayList<String>();
    config().path("Volumes").fieldNames().forEachRemaining(names::add);
    return names;
  }

  public Map<String, String> labels() {
    var all = new LinkedHashMap<String, String>();
    config().path("Labels").properties().forEach(e -> all.put(e.getKey(), e.getValue().asText()));
    return all;
  }

  private static List<String> strings(JsonNode array) {
    var all = new ArrayList<String>();
    array.forEach(item -> all.add(item.asText()));
    return all;
  }
}
