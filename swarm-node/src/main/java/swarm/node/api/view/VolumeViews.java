package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import swarm.runtime.volume.Volume;
import swarm.scheduler.model.Wire;

/// How volumes look in the API. Pure.
public final class VolumeViews {
  private VolumeViews() {}

  /// One volume.
  public static ObjectNode of(Volume volume) {
    ObjectNode one = Wire.JSON.createObjectNode();
    one.put("CreatedAt", volume.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
    one.put("Driver", volume.driver());
    one.set("Labels", map(volume.labels()));
    one.put("Mountpoint", volume.mountpoint().toString());
    one.put("Name", volume.name());
    one.set("Options", map(volume.options()));
    one.put("Scope", "local");
    return one;
  }

  /// Docker shows null for none, and its command prints what it gets.
  private static JsonNode map(Map<String, String> map) {
    return map.isEmpty() ? Wire.JSON.nullNode() : Wire.JSON.valueToTree(map);
  }

  /// One volume, with what it takes.
  ///
  /// @param bytes of its files
  /// @param users how many containers have it
  public static ObjectNode withUsage(Volume volume, long bytes, int users) {
    ObjectNode one = of(volume);
    one.putObject("UsageData").put("Size", bytes).put("RefCount", users);
    return one;
  }
}
