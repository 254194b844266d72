package swarm.runtime.image;

/// Hears how an image comes in. Called from several threads at once.
@FunctionalInterface
public interface Progress {
  /// @param id the layer, abbreviated; empty for the image as a whole
  /// @param status such as `Downloading`
  /// @param current bytes so far; -1 where there is nothing to count
  /// @param total bytes in all; -1 where unknown
  void report(String id, String status, long current, long total);

  /// A step without numbers.
  default void report(String id, String status) {
    report(id, status, -1, -1);
  }
}
