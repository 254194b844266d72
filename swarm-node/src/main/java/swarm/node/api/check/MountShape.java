package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import swarm.node.api.check.JsonShape.Kind;
import swarm.node.api.error.ApiException;

/// The types in the API's `Mount`. Pure.
final class MountShape {
  private static final JsonShape MOUNT =
      new JsonShape()
          .with(Kind.TEXT, "Type", "Source", "Target", "Consistency")
          .with(Kind.FLAG, "ReadOnly")
          .with(Kind.OBJECT, "BindOptions", "TmpfsOptions", "VolumeOptions", "ImageOptions");
  private static final JsonShape BIND =
      new JsonShape()
          .with(Kind.TEXT, "Propagation")
          .with(Kind.FLAG, "CreateMountpoint", "NonRecursive", "ReadOnlyNonRecursive")
          .with(Kind.FLAG, "ReadOnlyForceRecursive");
  private static final JsonShape TMPFS = new JsonShape().with(Kind.INTEGER, "SizeBytes", "Mode");
  private static final JsonShape VOLUME =
      new JsonShape()
          .with(Kind.TEXT, "Subpath")
          .with(Kind.FLAG, "NoCopy")
          .with(Kind.MAP, "Labels")
          .with(Kind.OBJECT, "DriverConfig");
  private static final JsonShape DRIVER =
      new JsonShape().with(Kind.TEXT, "Name").with(Kind.MAP, "Options");

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
