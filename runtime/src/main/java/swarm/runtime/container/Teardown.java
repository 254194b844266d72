package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import swarm.linux.NamespaceFiles;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.snapshot.OverlayMounts;

/// Takes away what a start made: processes, cgroup, runtime state, interfaces, namespace, mounts,
/// bundle. Each step does nothing where there is nothing, so it can run again after a failure.
final class Teardown {
  private final EngineContext context;

  Teardown(EngineContext context) {
    this.context = context;
  }

  /// Tries every step, whatever fails.
  ///
  /// @throws IOException with the first failure, the others suppressed in it
  void run(String id) throws IOException, InterruptedException {
    List<IOException> failures = new ArrayList<>();
    Thread network =
        Thread.ofVirtual().name("network-detach").start(() -> attempt(failures, () -> network(id)));
    attempt(failures, () -> runtime(id));
    context.reached(CrashPoint.CGROUP_REMOVED);
    attempt(failures, () -> OverlayMounts.unmount(context.paths().rootfs(id)));
    context.reached(CrashPoint.ROOT_UNMOUNTED);
    attempt(failures, () -> OverlayMounts.unmount(context.paths().sharedMemory(id)));
    attempt(failures, () -> OverlayMounts.unmount(context.paths().provided(id)));
    attempt(failures, () -> subpaths(context.paths().subpaths(id)));
    network.join();
    context.reached(CrashPoint.NETWORK_DETACHED);
    attempt(failures, () -> NamespaceFiles.remove(context.paths().netns(id)));
    context.reached(CrashPoint.NAMESPACE_REMOVED);
    attempt(failures, () -> bundle(id));
    if (!failures.isEmpty()) {
      IOException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  private void bundle(String id) throws IOException {
    // Not recursively: were it still mounted, that would delete the container's files.
    Files.deleteIfExists(context.paths().rootfs(id));
    Files.deleteIfExists(context.paths().sharedMemory(id));
    Files.deleteIfExists(context.paths().provided(id));
    Files.deleteIfExists(context.paths().subpaths(id));
    OverlayMounts.deleteTree(context.paths().bundle(id));
  }

  // Not recursively, as above: what is mounted is a volume's.
  private static void subpaths(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var parts = Files.newDirectoryStream(folder)) {
      for (Path part : parts) {
        OverlayMounts.unmount(part);
        Files.delete(part);
      }
    }
  }

  private void network(String id) throws IOException, InterruptedException {
    if (Files.exists(context.paths().netns(id))) {
      context.network().detach(id, context.paths().netns(id));
    }
  }

  // All that `runc delete --force` does, without a process (15 ms): it also works where the runtime
  // was killed before it noted the container down.
  private void runtime(String id) throws IOException, InterruptedException {
    Cgroups.remove(context.options().cgroupParent() + "/" + id);
    OverlayMounts.deleteTree(context.paths().runtimeState().resolve(id));
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static void attempt(List<IOException> failures, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      synchronized (failures) {
        failures.add(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      synchronized (failures) {
        failures.add(new IOException("interrupted", e));
      }
    }
  }
}
