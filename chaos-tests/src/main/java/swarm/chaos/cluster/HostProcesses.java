package swarm.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The processes of one test host, and no others: those in its mount namespace (daemon, monitors,
/// whatever was started on it) and those in its daemon's cgroup (the containers, each of which has
/// a mount namespace of its own).
final class HostProcesses {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Duration DEATH = Duration.ofSeconds(20);

  private final Path mountNamespace;
  private final String cgroup;

  /// @param mountNamespace the file that keeps it
  /// @param cgroup the daemon's `--cgroup-parent`
  HostProcesses(Path mountNamespace, String cgroup) {
    this.mountNamespace = mountNamespace;
    this.cgroup = cgroup;
  }

  /// Whether the process lives and is in the host's mount namespace.
  boolean has(long pid) throws IOException {
    return members().contains(pid);
  }

  /// `kill -9` of everything, until nothing is left.
  void killAll() throws IOException, InterruptedException {
    Wait.until(
        "all processes of " + mountNamespace.getFileName() + " are gone",
        DEATH,
        () -> {
          Set<Long> all = new TreeSet<>(members());
          all.addAll(contained());
          all.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
          return all.isEmpty();
        });
  }

  /// Removes the cgroup with all below it. Its processes must be gone.
  void removeCgroups() throws IOException, InterruptedException {
    // A dead process is a member until it is reaped.
    Wait.until(
        "the cgroup " + cgroup + " is empty",
        DEATH,
        () -> {
          for (Path directory : cgroupDirectories()) {
            if (!removed(directory)) {
              return false;
            }
          }
          return true;
        });
  }

  private static boolean removed(Path directory) throws IOException {
    List<Path> tree;
    try (var found = Files.walk(directory)) {
      tree = found.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException | java.io.UncheckedIOException _) {
      return false; // it changes under our eyes: look again
    }
    for (Path one : tree) {
      // rmdir only: the files in a cgroup are not ours to delete
      if (!one.toFile().delete() && Files.exists(one)) {
        return false;
      }
    }
    return true;
  }

  private Set<Long> members() throws IOException {
    var pids = new HashSet<Long>();
    Set<String> wanted =
        Files.exists(mountNamespace)
            ? Set.of("mnt:[" + Files.getAttribute(mountNamespace, "unix:ino") + "]")
            : namespacesOfDaemons();
    if (wanted.isEmpty()) {
      return pids;
    }
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (wanted.contains(mountNamespaceOf(process))) {
          pids.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return pids;
  }

  /// Where the file that keeps the namespace was removed under the daemon's feet, the daemon tells
  /// which it is: nobody else has its cgroup among the arguments. Never this process' own.
  private Set<String> namespacesOfDaemons() throws IOException {
    var found = new HashSet<String>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (arguments(process).contains("--cgroup-parent=" + cgroup)) {
          found.add(mountNamespaceOf(process));
        }
      }
    }
    found.remove("");
    found.remove(mountNamespaceOf(Path.of("/proc/self")));
    return found;
  }

  private static List<String> arguments(Path process) {
    try {
      return List.of(Files.readString(process.resolve("cmdline")).split("\0"));
    } catch (IOException _) {
      return List.of(); // it ended meanwhile
    }
  }

  private static String mountNamespaceOf(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
    } catch (IOException _) {
      return ""; // it ended meanwhile, or is a zombie
    }
  }

  private Set<Long> contained() throws IOException {
    var pids = new HashSet<Long>();
    for (Path directory : cgroupDirectories()) {
      try (var files = Files.walk(directory)) {
        for (Path file : files.filter(f -> f.endsWith("cgroup.procs")).toList()) {
          for (String line : Files.readAllLines(file)) {
            pids.add(Long.parseLong(line.strip()));
          }
        }
      } catch (NoSuchFileException | java.io.UncheckedIOException _) {
        // removed meanwhile; the caller looks again until nothing is left
      }
    }
    return pids;
  }

  /// The cgroup in each hierarchy: one (v2), one per controller (v1), or both.
  private List<Path> cgroupDirectories() throws IOException {
    var found = new ArrayList<Path>();
    String relative = cgroup.substring(1);
    add(found, CGROUPS.resolve(relative));
    if (Files.isDirectory(CGROUPS)) {
      try (var hierarchies = Files.newDirectoryStream(CGROUPS)) {
        for (Path hierarchy : hierarchies) {
          add(found, hierarchy.resolve(relative));
        }
      }
    }
    return found;
  }

  private static void add(List<Path> found, Path directory) {
    if (Files.isDirectory(directory)) {
      found.add(directory);
    }
  }
}
