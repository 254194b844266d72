package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.chaos.cluster.TestCluster;

/// All that the kernel has of networks on a test host. Two of them tell what was left behind.
///
/// @param things how often each is there
record NetworkInventory(TreeMap<String, Integer> things) {
  private static final Pattern MASTER = Pattern.compile("master \\S+");
  private static final Pattern ADDRESS = Pattern.compile("(?:src|dst)=(\\S+)");

  static NetworkInventory of(TestCluster cluster, int host)
      throws IOException, InterruptedException {
    var inventory = new NetworkInventory(new TreeMap<>());
    Path daemon = Path.of("/proc/" + cluster.pid(host));
    inventory.add("link", said(cluster, host, "ip", "-o", "link").map(NetworkInventory::link));
    inventory.add("address", said(cluster, host, "ip", "-o", "-4", "address"));
    inventory.add("route", said(cluster, host, "ip", "route", "show", "table", "all"));
    inventory.add("forwarding", said(cluster, host, "bridge", "fdb"));
    inventory.add("neighbour", said(cluster, host, "ip", "neighbour", "show", "nud", "permanent"));
    inventory.add("rule", said(cluster, host, "nft", "list", "ruleset"));
    inventory.add("namespace", namespaces(daemon));
    inventory.add("connection", connections(daemon));
    return inventory;
  }

  /// Only what is meant to be: without what comes and goes with every call, numbers that the kernel
  /// gives, and what it learns.
  NetworkInventory lasting() {
    var rest = new TreeMap<String, Integer>();
    things.forEach(
        (thing, count) -> {
          String kind = thing.substring(0, thing.indexOf(':'));
          String what = thing.substring(kind.length() + 2);
          switch (kind) {
            case "connection" -> {}
            case "route" -> {
              if (!what.matches(".*(fe80|ff00)::.*")) { // of addresses that the kernel makes up
                rest.merge(thing.replace(" linkdown", ""), count, Integer::sum);
              }
            }
            case "link" -> rest.merge("link: " + ofLink(what), count, Integer::sum);
            case "address" ->
                rest.merge(kind + ": " + what.replaceFirst("^\\d+: ", ""), count, Integer::sum);
            case "forwarding" -> {
              if (what.matches(".* (dst|static).*")) {
                rest.merge(thing, count, Integer::sum);
              }
            }
            default -> rest.merge(thing, count, Integer::sum);
          }
        });
    return new NetworkInventory(rest);
  }

  private static String ofLink(String what) {
    Matcher master = MASTER.matcher(what);
    return what.split("[:@]")[0]
        + (what.contains("UP") ? " up" : "")
        + (master.find() ? " " + master.group() : "");
  }

  private void add(String kind, Lines all) {
    for (String each : all.lines()) {
      things.merge(kind + ": " + each, 1, Integer::sum);
    }
  }

  /// Output, a line each.
  private record Lines(List<String> lines) {
    Lines map(java.util.function.UnaryOperator<String> change) {
      return new Lines(lines.stream().map(change).toList());
    }
  }

  /// What is here and was not there before, and the other way round.
  List<String> changesSince(NetworkInventory before) {
    var changes = new ArrayList<String>();
    things.forEach(
        (thing, count) -> {
          if (count > before.things.getOrDefault(thing, 0)) {
            changes.add("left: " + thing);
          }
        });
    before.things.forEach(
        (thing, count) -> {
          if (count > things.getOrDefault(thing, 0)) {
            changes.add("gone: " + thing);
          }
        });
    return changes;
  }

  /// Its number and its peer's tell nothing.
  private static String link(String line) {
    return line.replaceFirst("^\\d+: ", "").replaceFirst("@.*", "");
  }

  private static Lines said(TestCluster cluster, int host, String... command)
      throws IOException, InterruptedException {
    Process process = cluster.on(host, command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + out);
    }
    return new Lines(out.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
  }

  /// Those that the daemon keeps open, and those that are bound to files. They have no names: how
  /// many there are is compared.
  private static Lines namespaces(Path daemon) throws IOException {
    var found = new ArrayList<String>();
    try (var open = Files.newDirectoryStream(daemon.resolve("fd"))) {
      for (Path each : open) {
        try {
          String target = Files.readSymbolicLink(each).toString();
          if (target.startsWith("net:[")) {
            found.add("open");
          }
        } catch (NoSuchFileException _) {
          // closed meanwhile
        }
      }
    }
    for (String line : Files.readAllLines(daemon.resolve("mountinfo"))) {
      if (line.contains(" - nsfs ")) {
        found.add(line.split(" ")[4]);
      }
    }
    return new Lines(found);
  }

  /// Addresses of tracked connections but the hosts' own.
  private static Lines connections(Path daemon) throws IOException {
    var found = new ArrayList<String>();
    for (String line : Files.readAllLines(daemon.resolve("net/nf_conntrack"))) {
      if (line.contains("dst=224.")) {
        continue; // hosts tell which groups their links listen to, of which the kernel keeps note
      }
      Matcher address = ADDRESS.matcher(line);
      while (address.find()) {
        String text = address.group(1);
        if (!text.startsWith("10.77.0.") && !text.startsWith("127.") && !text.contains(":")) {
          found.add(text);
        }
      }
    }
    return new Lines(found.stream().distinct().toList());
  }
}
