package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a cluster could leave on this machine.
final class Traces {
  private Traces() {}

  /// Namespaces, cgroups and mounts with the prefix in their names, and processes that name it.
  static List<String> of(String prefix) throws IOException {
    var found = new ArrayList<String>();
    names(found, Path.of("/run/netns"), prefix);
    names(found, Path.of("/run/testhosts"), prefix);
    names(found, Path.of("/sys/fs/cgroup"), "swarm-" + prefix);
    try (var hierarchies = Files.newDirectoryStream(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies) {
        names(found, hierarchy, "swarm-" + prefix);
      }
    }
    for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (mount.contains("/" + prefix)) {
        found.add(mount);
      }
    }
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains("/swarm-" + prefix))
        .forEach(p -> found.add(p.pid() + " " + p.info().commandLine().orElse("")));
    return found;
  }

  private static void names(List<String> found, Path folder, String beginning) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (entry.getFileName().toString().startsWith(beginning)) {
          found.add(entry.toString());
        }
      }
    }
  }
}
