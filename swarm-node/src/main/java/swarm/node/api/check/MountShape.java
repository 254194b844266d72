package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// The types in the API's `Mount`. Pure.
final class MountShape {
  private static final JsonShape MOUNT =
      new JsonShape()
          .with(JsonType.TEXT, "Type", "Source", "Target", "Consistency")
          .with(JsonType.FLAG, "ReadOnly")
          .with(JsonType.OBJECT, "BindOptions", "TmpfsOptions", "VolumeOptions", "ImageOptions");
  private static final JsonShape BIND =
      new JsonShape()
          .with(JsonType.TEXT, "Propagation")
          .with(JsonType.FLAG, "CreateMountpoint", "NonRecursive", "ReadOnlyNonRecursive")
          .with(JsonType.FLAG, "ReadOnlyForceRecursive");
  private static final JsonShape TMPFS =
      new JsonShape().with(JsonType.INTEGER, "SizeBytes", "Mode");
  private static final JsonShape VOLUME =
      new JsonShape()
          .with(JsonType.TEXT, "Subpath")
          .with(JsonType.FLAG, "NoCopy")
          .with(JsonType.MAP, "Labels")
          .with(JsonType.OBJECT, "DriverConfig");
  private static final JsonShape DRIVER =
      new JsonShape().with(JsonType.TEXT, "Name").with(JsonType.MAP, "Options");

  private MountShape() {}

  /// @param where how the mount is called towards the user, with a dot behind it
  static void check(JsonNode mount, String where) throws ApiException {
    MOUNT.check(mount, where);
    BIND.check(mount.path("BindOptions"), where + "BindOptions.");
    TMPFS.check(mount.path("TmpfsOptions"), where + "TmpfsOptions.");
    JsonNode volume = mount.path("VolumeOptions");
    VOLUME.check(volume, where + "VolumeOptions.");
    DRIVER.check(volume.path("DriverConfig"), where + "VolumeOptions.DriverConfig.");
  }
}
