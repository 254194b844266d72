package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import swarm.runtime.snapshot.Rootfs;

/// The places that every container needs for the mounts that it is given, as a layer below those of
/// its image: what the image has hides them. The runtime would make them in the container's own
/// layer otherwise, where they would look like something that the container did (`docker diff`,
/// `docker commit`). Docker has a layer of its own for each container for this, above the image.
final class BaseLayer {
  private static final List<String> FOLDERS =
      List.of("dev", "dev/pts", "dev/shm", "proc", "sys", "etc");
  private static final List<String> FILES =
      List.of(".dockerenv", "dev/console", "etc/resolv.conf", "etc/hosts", "etc/hostname");
  private static final Path MOUNTS = Path.of("/proc/mounts");

  private BaseLayer() {}

  /// Makes the layer where something of it is missing.
  static void make(Path base) throws IOException {
    folder(base);
    for (String name : FOLDERS) {
      folder(base.resolve(name));
    }
    for (String name : FILES) {
      Path file = base.resolve(name);
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Path mtab = base.resolve("etc/mtab");
    if (!Files.exists(mtab, LinkOption.NOFOLLOW_LINKS)) {
      Files.createSymbolicLink(mtab, MOUNTS);
    }
  }

  private static void folder(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// The layers of an image with this one below.
  static Rootfs under(Rootfs image, Path base) {
    List<Path> layers = new ArrayList<>(image.layers());
    layers.add(base);
    return new Rootfs(layers);
  }
}
