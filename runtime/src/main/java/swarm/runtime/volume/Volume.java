package swarm.runtime.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A folder that outlives containers. Immutable.
///
/// @param name unique
/// @param driver `local`
/// @param options of the local driver: `type`, `device` and `o` as mount(8) has them; none for a
///   plain folder
/// @param labels the user's, in their order
/// @param createdAt when it was made
/// @param mountpoint the folder with its content
public record Volume(
    String name,
    String driver,
    Map<String, String> options,
    Map<String, String> labels,
    Instant createdAt,
    Path mountpoint) {
  /// The only driver there is.
  public static final String LOCAL = "local";

  /// The label of a volume that nobody gave a name.
  public static final String ANONYMOUS = "com.docker.volume.anonymous";

  public Volume {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /// Whether it was made without a name.
  public boolean isAnonymous() {
    return labels.containsKey(ANONYMOUS);
  }
}
