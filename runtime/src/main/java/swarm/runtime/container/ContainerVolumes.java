package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import swarm.linux.Mounts;
import swarm.linux.RootedFiles;
import swarm.runtime.volume.VolumeException;
import swarm.runtime.volume.VolumeRequest;
import swarm.runtime.volume.VolumeStore;

/// A container's volumes: made and kept with it, mounted while it runs.
final class ContainerVolumes {
  private final VolumeStore volumes;
  private final ContainerPaths paths;

  ContainerVolumes(EngineContext context) {
    this.volumes = context.volumes();
    this.paths = context.paths();
  }

  /// @param config with the volumes' names and folders
  /// @param made those that were not there before
  record Claimed(ContainerConfig config, Set<String> made) {}

  /// Makes the volumes that are missing and keeps all of them for a container. What was made is
  /// gone after a crash unless [#settle] was called.
  Claimed claim(String id, ContainerConfig config) throws IOException {
    List<ContainerMount> mounts = new ArrayList<>();
    Set<String> made = new LinkedHashSet<>();
    try {
      for (ContainerMount mount : config.mounts()) {
        if (mount instanceof ContainerMount.Volume volume) {
          VolumeRequest wanted = volume.request();
          VolumeStore.Claim claim =
              volumes.claim(wanted == null ? VolumeRequest.named(volume.name()) : wanted, id);
          if (claim.created()) {
            made.add(claim.volume().name());
          }
          mounts.add(volume.at(claim.volume()));
        } else {
          mounts.add(mount);
        }
      }
    } catch (IOException | RuntimeException e) {
      abandon(id, new Claimed(config.toBuilder().mounts(mounts).build(), made), e);
      throw e;
    }
    return new Claimed(config.toBuilder().mounts(mounts).build(), made);
  }

  /// The container is there: its volumes are to stay.
  void settle(Claimed claimed) throws IOException {
    for (String name : claimed.made()) {
      volumes.settle(name);
    }
  }

  /// The container will not be made.
  void abandon(String id, Claimed claimed, Exception cause) {
    names(claimed.config()).forEach(name -> volumes.release(name, id));
    for (String name : claimed.made()) {
      try {
        volumes.remove(name);
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static Set<String> names(ContainerConfig config) {
    Set<String> names = new LinkedHashSet<>();
    for (ContainerMount mount : config.mounts()) {
      if (mount instanceof ContainerMount.Volume volume) {
        names.add(volume.name());
      }
    }
    return names;
  }

  /// What an earlier daemon's container uses.
  void restore(Container container) {
    for (String name : names(container.config())) {
      volumes.restore(name, container.id(), container.state().isLive());
    }
  }

  /// A container goes, and, if wanted, what only it had.
  void release(Container container, boolean removeAnonymous) throws IOException {
    names(container.config()).forEach(name -> volumes.release(name, container.id()));
    if (!removeAnonymous) {
      return;
    }
    for (ContainerMount mount : container.config().mounts()) {
      if (mount instanceof ContainerMount.Volume volume && volume.anonymous()) {
        removeUnused(volume.name());
      }
    }
  }

  private void removeUnused(String name) throws IOException {
    if (volumes.find(name).isEmpty() || !volumes.users(name).isEmpty()) {
      return;
    }
    try {
      volumes.remove(name);
    } catch (VolumeException e) {
      // another container took it, or somebody removed it, just now
      if (e.kind() == VolumeException.Kind.FAILED) {
        throw e;
      }
    }
  }

  /// Has all volumes' content at their folders, for as long as `user` says.
  void mount(ContainerConfig config, String user) throws IOException {
    List<String> mounted = new ArrayList<>();
    try {
      for (String name : names(config)) {
        volumes.mount(name, user);
        mounted.add(name);
      }
    } catch (IOException | RuntimeException e) {
      for (String name : mounted) {
        unmount(name, user, e);
      }
      throw e;
    }
  }

  private void unmount(String name, String user, Exception cause) {
    try {
      volumes.unmount(name, user);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  void unmount(ContainerConfig config, String user) throws IOException {
    for (String name : names(config)) {
      volumes.unmount(name, user);
    }
  }

  /// For a start: mounts all volumes and says where on the host each of them is.
  ///
  /// @return sources by target
  Map<String, Path> attach(Container container) throws IOException {
    mount(container.config(), container.id());
    Map<String, Path> sources = new HashMap<>();
    int count = 0;
    for (ContainerMount mount : container.config().mounts()) {
      if (mount instanceof ContainerMount.Volume volume) {
        Path folder = Path.of(volume.source());
        sources.put(
            volume.target(),
            volume.subpath().isEmpty()
                ? folder
                : part(folder, volume, paths.subpaths(container.id()), count++));
        volumes.publish("mount", volume.name(), mounted(container, volume));
      }
    }
    return sources;
  }

  private static Map<String, String> mounted(Container container, ContainerMount.Volume volume) {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("container", container.id());
    attributes.put("destination", volume.target());
    attributes.put("driver", swarm.runtime.volume.Volume.LOCAL);
    attributes.put("propagation", "");
    attributes.put("read/write", Boolean.toString(!volume.readOnly()));
    return attributes;
  }

  /// Mounts a part of a volume where nobody who writes in the volume can lead it elsewhere.
  private static Path part(Path folder, ContainerMount.Volume volume, Path parts, int number)
      throws IOException {
    Files.createDirectories(parts);
    Path target = parts.resolve(Integer.toString(number));
    try (RootedFiles.Handle found = find(folder, volume)) {
      if (Files.isDirectory(found.path())) {
        Files.createDirectory(target);
      } else {
        Files.createFile(target);
      }
      Mounts.bind(found.path(), target);
    }
    return target;
  }

  /// What of a volume is to be mounted.
  static RootedFiles.Handle find(Path folder, ContainerMount.Volume volume) throws IOException {
    return RootedFiles.find(folder, volume.subpath().isEmpty() ? "." : volume.subpath())
        .orElseThrow(
            () ->
                new VolumeException(
                    VolumeException.Kind.FAILED,
                    "cannot access path "
                        + folder.resolve(volume.subpath())
                        + ": no such file or directory"));
  }

  /// After a run: does nothing for what is not mounted.
  void detach(Container container) throws IOException {
    for (String name : names(container.config())) {
      if (volumes.unmount(name, container.id())) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("container", container.id());
        attributes.put("driver", swarm.runtime.volume.Volume.LOCAL);
        volumes.publish("unmount", name, attributes);
      }
    }
  }
}
