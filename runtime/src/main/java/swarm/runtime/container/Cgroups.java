package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import swarm.linux.Pidfd;
import swarm.runtime.oci.Signals;

/// A container's place in the cgroup file systems: one hierarchy (v2), one per controller (v1), or
/// both. The OCI runtime makes it; this reads and removes it.
final class Cgroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final int REMOVAL_ATTEMPTS = 300;
  private static final long LONGEST_PAUSE_MILLIS = 20;

  private Cgroups() {}

  /// The existing directories of a cgroup path in all hierarchies.
  static List<Path> directories(String cgroup) throws IOException {
    String relative = cgroup.substring(1);
    List<Path> found = new ArrayList<>();
    Path unified = ROOT.resolve(relative);
    if (Files.isDirectory(unified)) {
      found.add(unified);
    }
    if (!Files.exists(ROOT.resolve("cgroup.controllers")) && Files.isDirectory(ROOT)) {
      try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(ROOT)) {
        for (Path hierarchy : hierarchies) {
          Path directory = hierarchy.resolve(relative);
          // Names such as cpu,cpuacct have links beside them.
          if (!Files.isSymbolicLink(hierarchy) && Files.isDirectory(directory)) {
            found.add(directory);
          }
        }
      }
    }
    return found;
  }

  /// The file of a controller: `memory/…/file` in v1, `…/file` in v2.
  static Optional<Path> file(String cgroup, String controller, String name) {
    Path v1 = ROOT.resolve(controller).resolve(cgroup.substring(1)).resolve(name);
    if (Files.exists(v1)) {
      return Optional.of(v1);
    }
    return Optional.of(ROOT.resolve(cgroup.substring(1)).resolve(name)).filter(Files::exists);
  }

  /// The processes of a container, ascending.
  static List<Integer> processes(String cgroup) throws IOException {
    for (Path directory : directories(cgroup)) {
      List<Integer> pids = processesIn(directory);
      if (!pids.isEmpty()) {
        return pids;
      }
    }
    return List.of();
  }

  private static List<Integer> processesIn(Path directory) throws IOException {
    var pids = new TreeSet<Integer>();
    try {
      for (String line : Files.readAllLines(directory.resolve("cgroup.procs"))) {
        pids.add(Integer.parseInt(line));
      }
      try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
        for (Path child : children) {
          if (Files.isDirectory(child)) {
            pids.addAll(processesIn(child));
          }
        }
      }
    } catch (NoSuchFileException e) {
      return List.copyOf(pids);
    }
    return List.copyOf(pids);
  }

  /// Kills what is in a cgroup and removes it everywhere; does nothing where there is none.
  static void remove(String cgroup) throws IOException, InterruptedException {
    for (Path directory : directories(cgroup)) {
      removeTree(directory);
    }
  }

  private static void removeTree(Path directory) throws IOException, InterruptedException {
    thaw(directory);
    for (int pid : processesIn(directory)) {
      try (Pidfd process = Pidfd.open(pid).orElse(null)) {
        if (process != null) {
          process.signal(Signals.SIGKILL);
        }
      }
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child)) {
          removeTree(child);
        }
      }
    } catch (NoSuchFileException e) {
      return;
    }
    // Its processes leave it only when they have died.
    for (int attempt = 1; ; attempt++) {
      try {
        Files.deleteIfExists(directory);
        return;
      } catch (IOException e) {
        if (attempt == REMOVAL_ATTEMPTS) {
          throw e;
        }
        Thread.sleep(Math.min(attempt, LONGEST_PAUSE_MILLIS));
      }
    }
  }

  // A frozen process of v1 does not die.
  private static void thaw(Path directory) throws IOException {
    Path state = directory.resolve("freezer.state");
    if (Files.exists(state)) {
      Files.writeString(state, "THAWED");
    }
  }
}
