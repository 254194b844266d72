package swarm.node.networks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import swarm.network.dns.DnsServer;
import swarm.network.dns.Upstream;

/// `/etc/resolv.conf` (resolv.conf(5)) of the host and of containers with a name server of their
/// own. Pure.
final class ResolvConf {
  private static final int PORT = 53;

  private ResolvConf() {}

  /// Who is asked what we do not know: the container's own servers, from where it stands, or else
  /// the host's.
  static List<Upstream> upstreams(List<String> own, String hostFile) {
    List<String> servers = own.isEmpty() ? values(hostFile, "nameserver") : own;
    var all = new ArrayList<Upstream>();
    for (String server : servers) {
      try {
        var address = new InetSocketAddress(InetAddress.ofLiteral(server), PORT);
        all.add(new Upstream(address, !own.isEmpty()));
      } catch (IllegalArgumentException _) {
        // not an address: no resolver would take it either
      }
    }
    return all;
  }

  /// A container's file.
  ///
  /// @param search its own domains, of which `.` is none; empty: the host's
  /// @param options its own; none: the host's
  static String text(List<String> search, List<String> options, String hostFile) {
    List<String> asked = search.isEmpty() ? words(hostFile, "search") : search;
    List<String> domains = asked.stream().filter(domain -> !domain.equals(".")).toList();
    var all = new ArrayList<>(options.isEmpty() ? words(hostFile, "options") : options);
    if (all.stream().noneMatch(option -> option.startsWith("ndots:"))) {
      all.add("ndots:0");
    }
    var text = new StringBuilder("nameserver " + DnsServer.ADDRESS + "\n");
    if (!domains.isEmpty()) {
      text.append("search ").append(String.join(" ", domains)).append('\n');
    }
    return text.append("options ").append(String.join(" ", all)).append('\n').toString();
  }

  private static List<String> values(String file, String keyword) {
    return file.lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 1 && words[0].equals(keyword))
        .map(words -> words[1])
        .toList();
  }

  private static List<String> words(String file, String keyword) {
    var all = new ArrayList<String>();
    for (String line : file.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals(keyword)) {
        all.clear(); // the last one counts
        all.addAll(List.of(words).subList(1, words.length));
      }
    }
    return all;
  }
}
