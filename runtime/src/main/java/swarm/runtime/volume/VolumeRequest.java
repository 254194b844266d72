package swarm.runtime.volume;

import java.util.Map;

/// What a volume is to be, where it is not there yet.
///
/// @param name empty for one made up
/// @param driver empty for the local one
/// @param options of the driver
/// @param labels the user's
public record VolumeRequest(
    String name, String driver, Map<String, String> options, Map<String, String> labels) {
  /// A plain one.
  public static VolumeRequest named(String name) {
    return new VolumeRequest(name, "", Map.of(), Map.of());
  }
}
