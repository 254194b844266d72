package swarm.chaos.fault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import swarm.chaos.cluster.TestCluster;

/// A host that drops some of the packets that reach it, and nothing that it sends.
public final class Filter {
  private static final String TABLE = "deaf";

  private Filter() {}

  /// From now on a host drops packets that match one of these, as nft writes them; in place of
  /// those before.
  ///
  /// @param matches such as `ip saddr 10.77.0.2 udp dport 7946`; none: it drops nothing
  public static void drop(TestCluster cluster, int host, List<String> matches)
      throws IOException, InterruptedException {
    run(cluster.on(host, "nft", "add", "table", "netdev", TABLE));
    run(cluster.on(host, "nft", "delete", "table", "netdev", TABLE));
    if (!matches.isEmpty()) {
      String rules =
          matches.stream().map(match -> match + " drop;").collect(Collectors.joining(" "));
      run(
          cluster.on(
              host,
              "nft",
              "table netdev "
                  + TABLE
                  + " { chain in { type filter hook ingress device eth0 priority 0; "
                  + rules
                  + " }; }"));
    }
  }

  private static void run(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command.command()) + ": " + said.strip());
    }
  }
}
