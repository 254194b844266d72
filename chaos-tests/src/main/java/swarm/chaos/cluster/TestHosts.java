package swarm.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Test hosts on one machine: each is a network, mount and UTS namespace of its own, wired to one
/// switch. Host i is named PREFIXi, its hostname too, and has the address 10.77.0.i; its `/run` is
/// its own. Nothing of it touches the machine's own network, so clusters of different prefixes live
/// side by side. The namespaces last until [#down], whatever runs in them.
final class TestHosts {
  /// The most that fit beside the switch, 10.77.0.254.
  static final int MOST = 250;

  private static final Path NETNS = Path.of("/run/netns");
  private static final Path KEEP = Path.of("/run/testhosts");
  private static final String NETWORK = "10.77.0.";

  private final String prefix;

  /// @param prefix letters and digits, a letter at both ends, at most 10: a digit at the end would
  ///   mix up hosts of two prefixes
  TestHosts(String prefix) throws IOException {
    if (!prefix.matches("[a-z]([a-z0-9]{0,8}[a-z])?")) {
      throw new IOException(
          "the prefix '"
              + prefix
              + "' must be 1 to 10 small letters and digits that begin and end with a letter");
    }
    this.prefix = prefix;
  }

  static String address(int host) {
    return NETWORK + host;
  }

  String name(int host) {
    return prefix + host;
  }

  /// The network namespace of a host.
  Path network(int host) {
    return networkOf(name(host));
  }

  /// The network namespace of the switch: a neighbour of all hosts, with the address 10.77.0.254.
  Path switchNetwork() {
    return networkOf(switchName());
  }

  private static Path networkOf(String name) {
    return NETNS.resolve(name);
  }

  private String switchName() {
    return prefix + "sw";
  }

  /// The file that keeps a host's mount namespace.
  Path mounts(int host) {
    return KEEP.resolve(name(host) + ".mnt");
  }

  private Path uts(int host) {
    return KEEP.resolve(name(host) + ".uts");
  }

  /// @throws IOException where this number of hosts cannot be made, or the prefix is taken
  void checkFree(int count) throws IOException {
    if (count < 1 || count > MOST) {
      throw new IOException("a number of hosts from 1 to " + MOST + ", not " + count);
    }
    if (Files.exists(switchNetwork()) || !existing().isEmpty()) {
      throw new IOException(
          "hosts with the prefix '" + prefix + "' exist already: remove them, or choose another");
    }
  }

  /// Makes the switch and hosts 1 to `count`; after a failure, [#down] removes what there is.
  void up(int count) throws IOException, InterruptedException {
    checkFree(count);
    keepNamespacesPrivately();
    addSwitch();
    for (int host = 1; host <= count; host++) {
      add(host);
    }
  }

  /// Namespace files cannot be bound where mounts propagate.
  private static void keepNamespacesPrivately() throws IOException, InterruptedException {
    Files.createDirectories(KEEP);
    boolean mounted =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .anyMatch(line -> line.split(" ")[4].equals(KEEP.toString()));
    if (!mounted) {
      Tools.run("mount", "--bind", KEEP.toString(), KEEP.toString());
      Tools.run("mount", "--make-private", KEEP.toString());
    }
  }

  private void addSwitch() throws IOException, InterruptedException {
    String name = switchName();
    Tools.run("ip", "netns", "add", name);
    Tools.run("ip", "-n", name, "link", "set", "lo", "up");
    Tools.run("ip", "-n", name, "link", "add", "br0", "type", "bridge");
    Tools.run("ip", "-n", name, "addr", "add", NETWORK + "254/24", "dev", "br0");
    Tools.run("ip", "-n", name, "link", "set", "br0", "up");
  }

  private void add(int host) throws IOException, InterruptedException {
    String name = name(host);
    String port = port(host);
    Tools.run("ip", "netns", "add", name);
    Tools.run("ip", "-n", name, "link", "set", "lo", "up");
    Tools.run(
        "ip",
        "link",
        "add",
        "eth0",
        "netns",
        name,
        "type",
        "veth",
        "peer",
        "name",
        port,
        "netns",
        switchName());
    Tools.run("ip", "-n", switchName(), "link", "set", port, "master", "br0", "up");
    Tools.run("ip", "-n", name, "addr", "add", address(host) + "/24", "dev", "eth0");
    Tools.run("ip", "-n", name, "link", "set", "eth0", "up");
    Tools.run("ip", "-n", name, "route", "add", "default", "via", NETWORK + "254");
    touch(mounts(host));
    touch(uts(host));
    Tools.run(
        "unshare",
        "--mount=" + mounts(host),
        "--propagation",
        "private",
        "--uts=" + uts(host),
        "sh",
        "-c",
        "hostname \"$0\" && mount -t tmpfs -o mode=755 tmpfs /run",
        name);
  }

  private static void touch(Path file) throws IOException {
    Files.write(file, new byte[0]);
  }

  private static String port(int host) {
    return "p" + host;
  }

  /// The words to put before a command so that it runs on a host. Not `ip netns exec`: that mounts
  /// a fresh `/sys`, which hides the cgroup tree from container runtimes.
  List<String> enter(int host) {
    return List.of(
        "nsenter", "--net=" + network(host), "--mount=" + mounts(host), "--uts=" + uts(host), "--");
  }

  /// Pulls a host's cable.
  void cut(int host) throws IOException, InterruptedException {
    Tools.run("ip", "-n", switchName(), "link", "set", port(host), "down");
  }

  /// Plugs a host's cable in again.
  void mend(int host) throws IOException, InterruptedException {
    Tools.run("ip", "-n", switchName(), "link", "set", port(host), "up");
  }

  /// The hosts that exist.
  List<Integer> existing() throws IOException {
    var hosts = new ArrayList<Integer>();
    if (Files.isDirectory(NETNS)) {
      try (var names = Files.newDirectoryStream(NETNS)) {
        for (Path path : names) {
          String name = path.getFileName().toString();
          if (name.matches(prefix + "\\d{1,3}")) {
            hosts.add(Integer.parseInt(name.substring(prefix.length())));
          }
        }
      }
    }
    hosts.sort(null);
    return hosts;
  }

  /// Removes switch and hosts, also half-made ones. Their processes are the caller's to end first.
  void down() throws IOException, InterruptedException {
    for (int host : existing()) {
      Tools.run("ip", "netns", "del", name(host));
      release(mounts(host));
      release(uts(host));
    }
    if (Files.exists(switchNetwork())) {
      Tools.run("ip", "netns", "del", switchName());
    }
  }

  private static void release(Path file) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return;
    }
    boolean bound =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .anyMatch(line -> line.split(" ")[4].equals(file.toString()));
    if (bound) {
      Tools.run("umount", file.toString());
    }
    Files.delete(file);
  }
}
