package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import swarm.linux.LinuxException;
import swarm.linux.Mounts;
import swarm.runtime.oci.SpecMount;

/// Puts a container's [ProvidedFile]s on a tmpfs of its bundle, which goes with the bundle.
final class ProvidedMounts {
  private static final int EINVAL = 22;
  private static final long BLOCK = 4096;

  /// Of a tmpfs, beside its files' content.
  private static final long OVERHEAD = 64 * 1024;

  private static final long FLAGS = Mounts.NO_SUID | Mounts.NO_DEV;

  private ProvidedMounts() {}

  /// Refuses a start without all of the content.
  static void check(Container container, Map<String, byte[]> content) throws EngineException {
    for (ProvidedFile file : container.config().files()) {
      if (!content.containsKey(file.key())) {
        throw EngineException.conflict(
            "container "
                + container.name()
                + " cannot be started by hand: the content of "
                + file.target()
                + " is given to it by whoever made it, and is not kept");
      }
    }
  }

  /// Writes the files. What fails in the middle is left to the tear-down.
  ///
  /// @return what the container is to mount
  static List<SpecMount> make(Path folder, List<ProvidedFile> files, Map<String, byte[]> content)
      throws IOException {
    var mounts = new ArrayList<SpecMount>();
    if (files.isEmpty()) {
      return mounts;
    }
    Files.createDirectories(folder);
    boolean programs = files.stream().anyMatch(ProvidedFile::program);
    long flags = programs ? FLAGS : FLAGS | Mounts.NO_EXEC;
    mount(folder, flags, size(files, content));
    for (ProvidedFile file : files) {
      // by number: targets may have the same name, in different folders
      Path place = folder.resolve(Integer.toString(mounts.size()));
      Files.write(place, content.getOrDefault(file.key(), new byte[0]));
      Files.setAttribute(place, "unix:uid", file.uid());
      Files.setAttribute(place, "unix:gid", file.gid());
      Files.setAttribute(place, "unix:mode", file.mode());
      mounts.add(
          SpecMount.bind(
              place.toString(),
              file.target(),
              "rprivate",
              "ro",
              "nosuid",
              "nodev",
              file.program() ? "exec" : "noexec"));
    }
    Mounts.mount("tmpfs", folder, null, flags | Mounts.REMOUNT | Mounts.READ_ONLY, null);
    return mounts;
  }

  private static long size(List<ProvidedFile> files, Map<String, byte[]> content) {
    long size = OVERHEAD;
    for (ProvidedFile file : files) {
      size +=
          Math.ceilDiv((long) content.getOrDefault(file.key(), new byte[0]).length, BLOCK) * BLOCK;
    }
    return size;
  }

  /// Linux can keep a tmpfs from being swapped out, to a disk, since 6.4.
  private static void mount(Path folder, long flags, long size) throws LinuxException {
    String options = "mode=0700,size=" + size;
    try {
      Mounts.mount("tmpfs", folder, "tmpfs", flags, options + ",noswap");
    } catch (LinuxException e) {
      if (e.errno() != EINVAL) {
        throw e;
      }
      Mounts.mount("tmpfs", folder, "tmpfs", flags, options);
    }
  }
}
