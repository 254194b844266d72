package swarm.runtime.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import swarm.runtime.snapshot.OverlayMounts;

/// Fills an empty volume, so that it is empty or full whenever the daemon dies, and so that no
/// container that has it mounted can lead the writing elsewhere with a link.
public final class VolumeSeeding {
  private VolumeSeeding() {}

  /// Writes content into an empty folder.
  @FunctionalInterface
  public interface Filler {
    /// @return whether there was anything to write
    boolean fill(Path folder) throws IOException;
  }

  static void seed(ManagedVolume managed, Path staging, Filler filler) throws IOException {
    Volume volume = managed.volume;
    boolean plain = !LocalMount.wanted(volume);
    if (!plain) {
      if (managed.mounted.isEmpty()) {
        inPlace(volume, filler);
      }
      return;
    }
    if (!isEmpty(volume.mountpoint())) {
      return;
    }
    OverlayMounts.deleteTree(staging);
    try {
      Files.createDirectory(staging);
      if (filler.fill(staging)) {
        if (managed.mounted.isEmpty()) {
          // rename(2) takes an empty folder's place
          Files.move(staging, volume.mountpoint(), StandardCopyOption.ATOMIC_MOVE);
        } else {
          moveContent(staging, volume.mountpoint());
        }
      }
    } finally {
      OverlayMounts.deleteTree(staging);
    }
  }

  /// A folder that is mounted somewhere has to stay the one it is.
  private static void moveContent(Path from, Path to) throws IOException {
    List<Path> children = new ArrayList<>();
    try (var all = Files.newDirectoryStream(from)) {
      all.forEach(children::add);
    }
    for (Path child : children) {
      Files.move(child, to.resolve(child.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    for (String attribute : List.of("unix:uid", "unix:gid", "unix:mode")) {
      Files.setAttribute(to, attribute, Files.getAttribute(from, attribute));
    }
  }

  private static void inPlace(Volume volume, Filler filler) throws IOException {
    LocalMount.mount(volume);
    try {
      if (isEmpty(volume.mountpoint())) {
        filler.fill(volume.mountpoint());
      }
    } finally {
      LocalMount.unmount(volume.mountpoint());
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var content = Files.newDirectoryStream(folder)) {
      return !content.iterator().hasNext();
    }
  }
}
