package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import swarm.linux.PrivateFolders;
import swarm.runtime.logs.LogFiles;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.Rootfs;

/// Where everything of the engine's containers is. Pure but for [#make].
///
/// @param data root of what must last
/// @param exec root of what need not
record ContainerPaths(Path data, Path exec) {

  void make() throws IOException {
    for (Path directory :
        new Path[] {
          containers(), logScratch(), bundles(), execs(), namespaces(), scratch(), runtimeState()
        }) {
      PrivateFolders.make(directory, PrivateFolders.OWNER_ONLY);
    }
  }

  Path containers() {
    return data.resolve("containers");
  }

  Path volumes() {
    return data.resolve("volumes");
  }

  /// What every container has below its image.
  Path base() {
    return data.resolve("base");
  }

  Path home(String id) {
    return containers().resolve(id);
  }

  Path record(String id) {
    return home(id).resolve("container.json");
  }

  Path log(String id) {
    return home(id).resolve("container.log");
  }

  /// The log's files.
  LogFiles logFiles(String id) {
    return new LogFiles(log(id), logScratch());
  }

  /// Files of logs that are being made, on the same file system as logs.
  Path logScratch() {
    return data.resolve("logs");
  }

  Path etc(String id, String name) {
    return home(id).resolve(name);
  }

  OverlayMounts.Writable layer(Container container) {
    // What a container that removes itself wrote is gone after a crash of the machine anyway.
    return new OverlayMounts.Writable(home(container.id()), container.config().autoRemove());
  }

  LayerPaths layers(Container container, List<Path> image) {
    OverlayMounts.Writable own = layer(container);
    List<Path> lower = BaseLayer.under(new Rootfs(image), base()).layers();
    return new LayerPaths(lower, rootfs(container.id()), own.upper(), own.work());
  }

  Path bundles() {
    return exec.resolve("c");
  }

  Path bundle(String id) {
    return bundles().resolve(id);
  }

  Path rootfs(String id) {
    return bundle(id).resolve("rootfs");
  }

  /// Says which OCI runtime a container was started by.
  Path runtimeNote(String id) {
    return bundle(id).resolve("runtime");
  }

  /// Where a container's `/dev/shm` is that others may share.
  Path sharedMemory(String id) {
    return bundle(id).resolve("shm");
  }

  /// Where the files are that were given to a container for this start.
  Path provided(String id) {
    return bundle(id).resolve("provided");
  }

  /// Where parts of volumes are mounted for the runtime to find.
  Path subpaths(String id) {
    return bundle(id).resolve("subpaths");
  }

  Path execs() {
    return exec.resolve("x");
  }

  Path execFolder(String execId) {
    return execs().resolve(execId);
  }

  Path namespaces() {
    return exec.resolve("netns");
  }

  Path netns(String id) {
    return namespaces().resolve(id);
  }

  Path scratch() {
    return exec.resolve("t");
  }

  Path runtimeState() {
    return exec.resolve("r");
  }
}
