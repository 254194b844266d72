package swarm.chaos.multihost;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import swarm.chaos.cluster.TestCluster;

/// All that a daemon and its containers have on a test host, on the disk and in the kernel. Two of
/// them tell what was left behind.
///
/// @param things how often each is there, by kind
record HostInventory(Map<Kind, SortedMap<String, Integer>> things) {
  /// What there is to leave behind.
  enum Kind {
    /// Files and folders of both roots, but what the cluster has there, and containers' roots.
    FILES,
    MOUNTS,
    /// Network interfaces of the host.
    LINKS,
    /// Lines of the packet filter's rules and sets, without counters.
    RULES,
    /// In all hierarchies.
    CGROUPS,
    /// Those of the host but the daemon; a container's own are in its cgroup.
    PROCESSES;

    /// What a container has only while it runs.
    static final Set<Kind> OF_THE_KERNEL = EnumSet.complementOf(EnumSet.of(FILES));
  }

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Path EXEC_ROOT = Path.of("/run/swarm");

  static HostInventory of(TestCluster cluster, int host) throws IOException, InterruptedException {
    long daemon = cluster.pid(host);
    Path process = Path.of("/proc/" + daemon);
    var things = new EnumMap<Kind, SortedMap<String, Integer>>(Kind.class);
    for (Kind kind : Kind.values()) {
      var found = new TreeMap<String, Integer>();
      for (String thing :
          switch (kind) {
            case FILES -> files(process.resolve("root"), cluster.folder(host).resolve("data"));
            case MOUNTS -> mounts(process);
            case LINKS -> links(process);
            case RULES -> rules(cluster, host);
            case CGROUPS -> cgroups("swarm-" + cluster.hostname(host));
            case PROCESSES -> processes(daemon);
          }) {
        found.merge(thing, 1, Integer::sum);
      }
      things.put(kind, found);
    }
    return new HostInventory(things);
  }

  /// What is here and was not there before, and what is not here any more.
  ///
  /// @return empty where both are the same
  List<String> changesSince(HostInventory before, Set<Kind> kinds) {
    var changes = new ArrayList<String>();
    for (Kind kind : kinds) {
      SortedMap<String, Integer> then = requireNonNull(before.things.get(kind));
      SortedMap<String, Integer> now = requireNonNull(things.get(kind));
      now.forEach(
          (thing, count) -> {
            if (count > then.getOrDefault(thing, 0)) {
              changes.add("left: " + kind + " " + thing);
            }
          });
      then.forEach(
          (thing, count) -> {
            if (count > now.getOrDefault(thing, 0)) {
              changes.add("gone: " + kind + " " + thing);
            }
          });
    }
    return changes;
  }

  private static List<String> files(Path root, Path data) throws IOException {
    var found = new ArrayList<String>();
    List<Path> others =
        Stream.of("swarm", "rehearsal").map(name -> below(root, data.resolve(name))).toList();
    for (Path top : List.of(data, EXEC_ROOT)) {
      Files.walkFileTree(
          below(root, top),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              if (others.contains(folder)) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              found.add("/" + root.relativize(folder));
              return folder.endsWith("rootfs")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              found.add("/" + root.relativize(file));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // it went meanwhile
              }
              throw e;
            }
          });
    }
    return found;
  }

  private static Path below(Path root, Path path) {
    return root.resolve(path.toString().substring(1));
  }

  private static List<String> mounts(Path process) throws IOException {
    return Files.readAllLines(process.resolve("mountinfo")).stream()
        .map(line -> line.split(" ")[4])
        .toList();
  }

  private static List<String> links(Path process) throws IOException {
    return Files.readAllLines(process.resolve("net/dev")).stream()
        .skip(2)
        .map(line -> line.substring(0, line.indexOf(':')).strip())
        .toList();
  }

  private static List<String> rules(TestCluster cluster, int host)
      throws IOException, InterruptedException {
    Process nft = cluster.on(host, "nft", "list", "ruleset").redirectErrorStream(true).start();
    nft.getOutputStream().close();
    String out = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (nft.waitFor() != 0) {
      throw new IOException("nft list ruleset: " + out);
    }
    return out.lines()
        .map(line -> line.strip().replaceAll("packets \\d+ bytes \\d+", ""))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static List<String> cgroups(String name) throws IOException {
    var tops = new ArrayList<Path>(List.of(CGROUPS.resolve(name)));
    try (var hierarchies = Files.newDirectoryStream(CGROUPS, Files::isDirectory)) {
      hierarchies.forEach(hierarchy -> tops.add(hierarchy.resolve(name)));
    }
    var found = new ArrayList<String>();
    for (Path top : tops) {
      if (!Files.isDirectory(top)) {
        continue;
      }
      try (var all = Files.walk(top)) {
        all.filter(Files::isDirectory).map(Path::toString).forEach(found::add);
      } catch (UncheckedIOException e) {
        throw new IOException("cgroups change while they are looked at", e);
      }
    }
    return found;
  }

  private static List<String> processes(long daemon) throws IOException {
    Path namespace = namespace(Path.of("/proc/" + daemon));
    var found = new ArrayList<String>();
    try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          boolean its = process.getFileName().toString().equals(Long.toString(daemon));
          if (!its && namespace(process).equals(namespace)) {
            found.add(Files.readString(process.resolve("cmdline")).replace('\0', ' '));
          }
        } catch (IOException _) {
          // it ended meanwhile, or is a zombie
        }
      }
    }
    return found;
  }

  private static Path namespace(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/mnt"));
  }
}
