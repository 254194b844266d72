package swarm.chaos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import swarm.chaos.cluster.TestCluster;

/// Bad weather on a cluster's hosts: lost packets, paused daemons.
public final class Weather {
  private Weather() {}

  /// From now on a host loses this share of the packets that reach it.
  ///
  /// @param percent 0 for none again
  public static void lose(TestCluster cluster, int host, int percent)
      throws IOException, InterruptedException {
    run(cluster.on(host, "nft", "add", "table", "netdev", "weather"));
    run(cluster.on(host, "nft", "delete", "table", "netdev", "weather"));
    if (percent > 0) {
      run(
          cluster.on(
              host,
              "nft",
              "table netdev weather { chain rain { type filter hook ingress device eth0 priority 0;"
                  + " numgen random mod 100 < "
                  + percent
                  + " drop; }; }"));
    }
  }

  /// From now on nothing of these hosts reaches a host, nor anything of it them.
  ///
  /// @param others none: all of them reach each other again
  public static void part(TestCluster cluster, int host, List<Integer> others)
      throws IOException, InterruptedException {
    run(cluster.on(host, "nft", "add", "table", "netdev", "rift"));
    run(cluster.on(host, "nft", "delete", "table", "netdev", "rift"));
    if (!others.isEmpty()) {
      String addresses =
          others.stream().map(TestCluster::address).collect(Collectors.joining(", "));
      run(
          cluster.on(
              host,
              "nft",
              "table netdev rift { chain in { type filter hook ingress device eth0 priority 0;"
                  + " ip saddr { "
                  + addresses
                  + " } drop; }; chain out { type filter hook egress device eth0 priority 0;"
                  + " ip daddr { "
                  + addresses
                  + " } drop; }; }"));
    }
  }

  /// Sends a signal to processes, as nearly at once as can be.
  ///
  /// @param name such as `STOP`
  public static void signal(String name, List<Long> pids) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("kill", "-" + name));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    run(new ProcessBuilder(command));
  }

  /// Stops a host's daemon from running for a while, as a hypervisor or a collection would.
  public static void pause(TestCluster cluster, int host, long millis)
      throws IOException, InterruptedException {
    List<Long> pid = List.of(cluster.pid(host));
    signal("STOP", pid);
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } finally {
      signal("CONT", pid);
    }
  }

  private static void run(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command.command()) + ": " + output.strip());
    }
  }
}
