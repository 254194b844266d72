package swarm.runtime.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import swarm.linux.Mounts;

/// Mounts overlayfs (kernel: Documentation/filesystems/overlayfs.rst). Thread-safe for different
/// targets.
public final class OverlayMounts {
  private static final int MAX_OPTIONS = 4095;

  private OverlayMounts() {}

  /// Where one container's writable layer is.
  ///
  /// @param directory holds `upper`, `work` and, for images of many layers, `lower`: links with
  ///   short names; made if missing
  /// @param loseOnCrash whether the content may be lost when the machine fails: skips all syncing
  ///   of the writable layer (overlayfs option `volatile`)
  public record Writable(Path directory, boolean loseOnCrash) {
    /// What the container has written.
    public Path upper() {
      return directory.resolve("upper");
    }

    /// Where the kernel prepares what it moves there.
    public Path work() {
      return directory.resolve("work");
    }

    Path lower() {
      return directory.resolve("lower");
    }
  }

  /// Mounts the layers under the writable one at `target`, a directory that exists.
  public static void mount(Rootfs rootfs, Writable writable, Path target)
      throws IOException, InterruptedException {
    if (!Files.exists(writable.upper())) {
      Files.createDirectories(writable.upper());
      // It becomes the container's `/`, whatever the daemon's umask.
      Files.setPosixFilePermissions(writable.upper(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.createDirectories(writable.work());
    // A volatile mount that ended with the machine leaves this mark, with which overlayfs refuses
    // to
    // mount again; what it guards against was accepted with `loseOnCrash`.
    deleteTree(writable.work().resolve("work/incompat"));
    List<Path> layers = rootfs.layers();
    if (layers.isEmpty()) {
      layers = List.of(Files.createDirectories(writable.lower().resolve("empty")));
    }
    String lower = layers.stream().map(Path::toString).map(OverlayMounts::escape).collect(joined());
    String options = options(lower, writable);
    if (options.length() <= MAX_OPTIONS) {
      Mounts.mount("overlay", target, "overlay", 0, options);
    } else {
      String links = linkAll(layers, writable.lower()).stream().collect(joined());
      Mounts.mountFrom(writable.lower(), "overlay", target, "overlay", 0, options(links, writable));
    }
  }

  /// Mounts layers at `target` with nothing to write in.
  ///
  /// @param writable where links with short names may be made
  public static void mountReadOnly(Rootfs rootfs, Writable writable, Path target)
      throws IOException, InterruptedException {
    List<Path> layers = rootfs.layers();
    if (layers.size() == 1) { // overlayfs wants two
      Mounts.bind(layers.getFirst(), target);
      return;
    }
    String options =
        "lowerdir="
            + layers.stream().map(Path::toString).map(OverlayMounts::escape).collect(joined());
    if (options.length() <= MAX_OPTIONS) {
      Mounts.mount("overlay", target, "overlay", 0, options);
    } else {
      String links = linkAll(layers, writable.lower()).stream().collect(joined());
      Mounts.mountFrom(writable.lower(), "overlay", target, "overlay", 0, "lowerdir=" + links);
    }
  }

  /// Takes the mount at `target` away; does nothing where there is none.
  public static void unmount(Path target) throws IOException {
    while (Mounts.detach(target)) {
      // Mounted over by a broken run: take all away.
    }
  }

  static String options(String lower, Writable writable) {
    return "lowerdir="
        + lower
        + ",upperdir="
        + escape(writable.upper().toString())
        + ",workdir="
        + escape(writable.work().toString())
        + (writable.loseOnCrash() ? ",volatile" : "");
  }

  // overlayfs splits layers at colons and options at commas, both escaped by a backslash.
  static String escape(String path) {
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(":");
  }

  private static List<String> linkAll(List<Path> layers, Path directory) throws IOException {
    Files.createDirectories(directory);
    List<String> names = new ArrayList<>();
    for (Path layer : layers) {
      String name = Integer.toString(names.size(), Character.MAX_RADIX);
      Path link = directory.resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, layer);
      names.add(name);
    }
    return names;
  }

  /// Deletes a directory with all that is below, following no link; does nothing where there is
  /// none. Nothing may be mounted below.
  public static void deleteTree(Path directory) throws IOException {
    if (Files.isDirectory(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      deleteContent(directory);
    }
    Files.deleteIfExists(directory);
  }

  /// As [#deleteTree], but the directory itself stays.
  public static void deleteContent(Path directory) throws IOException {
    try (var children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        deleteTree(child);
      }
    }
  }
}
