package swarm.runtime.volume;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.linux.LinuxException;
import swarm.linux.Mounts;

/// Mounts what a volume's options name at its folder, as Docker's local driver does.
final class LocalMount {
  private static final Pattern PASSWORD = Pattern.compile("password=[^,]*");
  private static final Pattern ADDRESS = Pattern.compile("(?:^|,)addr=([^,]*)");

  private LocalMount() {}

  static boolean wanted(Volume volume) {
    return !volume.options().isEmpty();
  }

  /// @throws VolumeException with the kernel's reason; a password in the options is not shown
  static void mount(Volume volume) throws VolumeException {
    String device = volume.options().getOrDefault("device", "");
    String type = volume.options().getOrDefault("type", "");
    String text = volume.options().getOrDefault("o", "");
    if (device.isEmpty()) {
      throw failed(volume, "missing device in volume options");
    }
    if (type.startsWith("nfs") || type.equals("cifs")) {
      text = withAddress(volume, text);
    }
    MountOptions options = MountOptions.parse(text);
    Path target = volume.mountpoint();
    try {
      Mounts.mount(device, target, type, options.flags(), options.data());
      if (options.bindsReadOnly()) {
        Mounts.mount("none", target, null, Mounts.REMOUNT | options.flags(), null);
      }
      if (options.propagation() != 0) {
        Mounts.mount("none", target, null, options.propagation(), null);
      }
    } catch (LinuxException | IllegalArgumentException e) {
      undo(target, e);
      throw failed(
          volume,
          "failed to mount local volume: mount "
              + device
              + ":"
              + target
              + ", flags: 0x"
              + Long.toHexString(options.flags())
              + (options.data().isEmpty()
                  ? ""
                  : ", data: " + PASSWORD.matcher(options.data()).replaceAll("password=********"))
              + ": "
              + (e instanceof LinuxException kernel ? kernel.reason() : e.getMessage()));
    }
  }

  private static void undo(Path target, Exception cause) {
    try {
      unmount(target);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /// The kernel takes addresses only: a name is looked up here.
  private static String withAddress(Volume volume, String options) throws VolumeException {
    Matcher address = ADDRESS.matcher(options);
    if (!address.find() || address.group(1).isEmpty()) {
      return options;
    }
    try {
      String found = InetAddress.getByName(address.group(1)).getHostAddress();
      return new StringBuilder(options).replace(address.start(1), address.end(1), found).toString();
    } catch (UnknownHostException e) {
      throw failed(
          volume,
          "error resolving passed in network volume address: lookup "
              + address.group(1)
              + ": no such host");
    }
  }

  static void unmount(Path mountpoint) throws IOException {
    while (Mounts.detach(mountpoint)) {
      // mounted over by a broken run: take all away
    }
  }

  private static VolumeException failed(Volume volume, String why) {
    return new VolumeException(
        VolumeException.Kind.FAILED,
        "error while mounting volume '" + volume.mountpoint() + "': " + why);
  }
}
