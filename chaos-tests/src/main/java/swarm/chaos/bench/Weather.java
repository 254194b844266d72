package swarm.chaos.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
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

  /// Stops a host's daemon from running for a while, as a hypervisor or a collection would.
  public static void pause(TestCluster cluster, int host, long millis)
      throws IOException, InterruptedException {
    String pid = Long.toString(cluster.pid(host));
    run(new ProcessBuilder("kill", "-STOP", pid));
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } finally {
      run(new ProcessBuilder("kill", "-CONT", pid));
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
