package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import swarm.linux.DetachedMounts;
import swarm.linux.Mounts;
import swarm.linux.RootedFiles;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.Rootfs;
import swarm.runtime.snapshot.VolumeSeed;

/// The files of a container, whether it runs or not, as trees of mounts of nobody's namespace: the
/// host sees nothing of them, and nothing is left of them after a crash. A container that does not
/// run cannot be started meanwhile, as its layers can be mounted once; one that runs goes on.
final class ContainerFiles {
  private final EngineContext context;
  private final ContainerPaths paths;
  private final ContainerVolumes volumes;
  private final AtomicLong sessions = new AtomicLong();

  ContainerFiles(EngineContext context, ContainerVolumes volumes) {
    this.context = context;
    this.paths = context.paths();
    this.volumes = volumes;
  }

  /// Mounts what a container has been given, for a start.
  void mountRoot(Container container) throws IOException, InterruptedException {
    OverlayMounts.mount(layers(container), paths.layer(container), paths.rootfs(container.id()));
  }

  private Rootfs layers(Container container) throws IOException, InterruptedException {
    return BaseLayer.under(
        context.images().prepare(container.id(), container.config().imageId()), paths.base());
  }

  /// Runs `function` on the root file system alone.
  <T> T withRootfs(ManagedContainer managed, RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    return withTree(managed, false, function);
  }

  /// Runs `function` on the root file system with the binds and volumes of the container in it.
  <T> T withMounts(ManagedContainer managed, RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    String session = "files-" + sessions.incrementAndGet();
    ContainerConfig config = managed.view().config();
    volumes.mount(config, session);
    try {
      return withTree(managed, true, function);
    } finally {
      volumes.unmount(config, session);
    }
  }

  /// Runs `function` on what the container has written.
  <T> T withLayer(ManagedContainer managed, LayerFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    return withTree(
        managed,
        false,
        merged -> {
          Container container = managed.view();
          Path upper = paths.layer(container).upper();
          Rootfs below = layers(container);
          try (DetachedMounts lower = DetachedMounts.make(() -> lower(container, below))) {
            return function.apply(upper, lower.root(), merged);
          }
        });
  }

  private Path lower(Container container, Rootfs below) throws IOException, InterruptedException {
    OverlayMounts.mountReadOnly(below, paths.layer(container), paths.scratch());
    return paths.scratch();
  }

  private <T> T withTree(ManagedContainer managed, boolean mounts, RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    managed.lock.lockInterruptibly();
    DetachedMounts tree;
    try {
      if (managed.isRemoved) {
        throw EngineException.notFound(managed.id());
      }
      Container container = managed.view();
      if (container.state() == ContainerState.DEAD) {
        throw EngineException.conflict(
            "container " + container.id() + " is marked for removal: it has no files any more");
      }
      tree = tree(container, mounts);
      if (!container.state().isLive()) {
        try (tree) {
          return function.apply(tree.root());
        }
      }
    } finally {
      managed.lock.unlock();
    }
    try (tree) {
      return function.apply(tree.root());
    }
  }

  private DetachedMounts tree(Container container, boolean mounts)
      throws IOException, InterruptedException {
    return DetachedMounts.make(
        () -> {
          Path root;
          if (container.state().isLive()) {
            root = paths.rootfs(container.id());
          } else {
            root = paths.scratch();
            OverlayMounts.mount(layers(container), paths.layer(container), root);
          }
          if (mounts) {
            for (ContainerMount mount : byDepth(container.config().mounts())) {
              attach(root, mount);
            }
          }
          return root;
        });
  }

  private static List<ContainerMount> byDepth(List<ContainerMount> mounts) {
    List<ContainerMount> sorted = new ArrayList<>(mounts);
    sorted.sort(Comparator.comparingLong(m -> m.target().chars().filter(c -> c == '/').count()));
    return sorted;
  }

  private static void attach(Path root, ContainerMount mount) throws IOException {
    switch (mount) {
      case ContainerMount.Bind bind -> {
        Path source = Path.of(bind.source());
        if (Files.exists(source)) {
          attach(root, bind.target(), source, bind.shallow(), bind.readOnly());
        }
      }
      case ContainerMount.Volume volume -> {
        Path folder = Path.of(volume.source());
        try (RootedFiles.Handle part = ContainerVolumes.find(folder, volume)) {
          attach(root, volume.target(), part.path(), false, volume.readOnly());
        }
      }
      case ContainerMount.Tmpfs _ -> {
        // what is in memory is the running container's alone, as Docker has it
      }
    }
  }

  private static void attach(
      Path root, String target, Path source, boolean shallow, boolean readOnly) throws IOException {
    try (RootedFiles.Handle place = place(root, target, Files.isDirectory(source))) {
      Mounts.mount(
          source.toString(),
          place.path(),
          null,
          Mounts.BIND | (shallow ? 0 : Mounts.RECURSIVE),
          null);
    }
    if (readOnly) {
      // found again: now it is the mount
      Optional<RootedFiles.Handle> mounted = RootedFiles.find(root, target);
      if (mounted.isPresent()) {
        try (RootedFiles.Handle held = mounted.get()) {
          Mounts.mount(
              "none", held.path(), null, Mounts.REMOUNT | Mounts.BIND | Mounts.READ_ONLY, null);
        }
      }
    }
  }

  /// Where a mount goes, which the first start would make, too.
  private static RootedFiles.Handle place(Path root, String target, boolean folder)
      throws IOException {
    if (folder) {
      return RootedFiles.makeDirectories(root, target);
    }
    Optional<RootedFiles.Handle> there = RootedFiles.find(root, target);
    if (there.isPresent()) {
      return there.get();
    }
    int slash = target.lastIndexOf('/');
    try (RootedFiles.Handle parent =
        RootedFiles.makeDirectories(root, slash <= 0 ? "/" : target.substring(0, slash))) {
      Files.createFile(parent.path().resolve(target.substring(slash + 1)));
    }
    return RootedFiles.find(root, target)
        .orElseThrow(() -> new java.nio.file.NoSuchFileException(target));
  }

  /// Gives new volumes of a container that is being made what its image has at their places.
  void seed(Container container) throws IOException, InterruptedException, EngineException {
    List<ContainerMount.Volume> wanting = new ArrayList<>();
    for (ContainerMount mount : container.config().mounts()) {
      if (mount instanceof ContainerMount.Volume volume && volume.isEmptyAtFirst()) {
        wanting.add(volume);
      }
    }
    if (wanting.isEmpty()) {
      return;
    }
    try (DetachedMounts tree = tree(container, false)) {
      for (ContainerMount.Volume volume : wanting) {
        if (volume.anonymous()) {
          checkNoFile(tree.root(), volume.target());
        }
        context
            .volumes()
            .seed(volume.name(), folder -> VolumeSeed.copyUp(tree.root(), volume.target(), folder));
      }
    }
  }

  private static void checkNoFile(Path root, String target) throws IOException, EngineException {
    Optional<RootedFiles.Handle> found = RootedFiles.find(root, target);
    if (found.isPresent()) {
      try (RootedFiles.Handle held = found.get()) {
        if (!Files.isDirectory(held.path(), new LinkOption[0])) {
          throw EngineException.invalid(
              "cannot mount volume over existing file, file exists " + target);
        }
      }
    }
  }
}
