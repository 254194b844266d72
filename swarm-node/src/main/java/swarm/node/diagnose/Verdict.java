package swarm.node.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.node.diagnose.NodeReport.Answer;

/// What reports of nodes mean, in plain words, with what would help. Pure.
public final class Verdict {
  /// How far a clock may be off before it is told: certificates and `since` go by clocks.
  private static final long MOST_SKEW_MILLIS = 500;

  /// Bytes that a tunnel puts before each frame: Ethernet, IPv4, UDP and VXLAN headers.
  private static final int TUNNEL_HEADERS = 50;

  /// One thing that was found.
  ///
  /// @param wrong whether something must be done; else it is worth knowing
  public record Finding(boolean wrong, String text) {}

  /// A node that was to be asked.
  ///
  /// @param ready whether managers have it in session
  /// @param report null where it gave none
  /// @param heardMillis when the manager that asked had the report, by its own clock
  /// @param why there is no report
  public record Asked(
      String name,
      String address,
      boolean ready,
      @Nullable NodeReport report,
      long heardMillis,
      String why) {}

  private final SortedMap<String, String> names = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private Verdict() {}

  /// @param nodes all of the swarm; those that were not to be asked have neither report nor reason
  /// @param dataPathPort where nodes take VXLAN packets
  public static List<Finding> of(List<Asked> nodes, int dataPathPort) {
    var verdict = new Verdict();
    for (Asked node : nodes) {
      verdict.names.put(node.address(), node.name());
    }
    nodes.forEach(node -> verdict.look(node, nodes, dataPathPort));
    if (verdict.findings.stream().noneMatch(Finding::wrong)) {
      long asked = nodes.stream().filter(node -> node.report() != null).count();
      verdict.findings.add(
          new Finding(
              false,
              "nothing wrong was found: what "
                  + asked
                  + (asked == 1 ? " node" : " nodes")
                  + " tried to reach answered"));
    }
    return List.copyOf(verdict.findings);
  }

  private void wrong(String text) {
    findings.add(new Finding(true, text));
  }

  private void note(String text) {
    findings.add(new Finding(false, text));
  }

  private void look(Asked node, List<Asked> all, int port) {
    NodeReport report = node.report();
    if (report == null) {
      if (!node.why().isEmpty()) {
        wrong(node.name() + " gave no report: " + node.why());
      }
      return;
    }
    report.problems().forEach(problem -> wrong(node.name() + ": " + problem));
    report.notes().forEach(worth -> note(node.name() + ": " + worth));
    long skew = report.clockMillis() - node.heardMillis();
    if (Math.abs(skew) > MOST_SKEW_MILLIS) {
      wrong(
          "the clock of %s is %.1f s %s this manager's: let both follow the same time server (NTP)"
              .formatted(node.name(), Math.abs(skew) / 1e3, skew > 0 ? "ahead of" : "behind"));
    }
    for (NodeReport.Peer peer : report.peers()) {
      boolean down =
          all.stream().anyMatch(other -> other.address().equals(peer.underlay()) && !other.ready());
      if (!down) {
        way(node, report, peer, port);
      }
    }
    report.addresses().forEach(address -> address(node, address));
  }

  private void way(Asked from, NodeReport report, NodeReport.Peer to, int port) {
    String between = from.name() + " to " + names.getOrDefault(to.underlay(), to.underlay());
    if (to.direct() == Answer.SILENT) {
      wrong(
          "TCP from "
              + between
              + " ("
              + to.underlay()
              + ") gets no answer at the cluster port: a firewall on the way drops it, or the cable"
              + " is out");
    }
    if (!to.tunnelled()) {
      wrong(
          "nothing comes through the tunnel from "
              + between
              + ": let UDP port "
              + port
              + " through both ways between "
              + from.address()
              + " and "
              + to.underlay()
              + ", in both hosts' firewalls and between them");
      return;
    }
    if (to.echo() && to.tunnelBytes() == 0 && to.tunnelTcp() == Answer.SILENT) {
      wrong(
          "the tunnel from "
              + between
              + " carries ICMP, but neither TCP nor UDP: so it looks where a network card gets the"
              + " checksums of VXLAN packets wrong (moby#41775; "
              + report.checksumErrors()
              + " damaged packets arrived at "
              + from.name()
              + "). Try on both: ethtool -K LINK tx-checksum-ip-generic off");
      return;
    }
    if (to.tunnelTcp() == Answer.SILENT) {
      wrong("the tunnel from " + between + " carries datagrams, but no TCP: some rule drops it");
    }
    sizes(between, report, to);
  }

  private void sizes(String between, NodeReport report, NodeReport.Peer to) {
    if (to.tunnelBytes() > 0 && to.tunnelBytes() < report.tunnelMtu()) {
      wrong(
          "the tunnel from "
              + between
              + " loses packets of more than about "
              + to.tunnelBytes()
              + " bytes, though its MTU is "
              + report.tunnelMtu()
              + ": the way between the hosts must carry "
              + (report.tunnelMtu() + TUNNEL_HEADERS)
              + " bytes; or make networks with --opt com.docker.network.driver.mtu="
              + to.tunnelBytes());
    } else if (to.linkBytes() > 0 && to.linkBytes() < report.linkMtu()) {
      note(
          "the way from "
              + between
              + " carries packets of about "
              + to.linkBytes()
              + " bytes whole, its link "
              + report.linkMtu()
              + ": larger ones are cut or lost");
    }
  }

  private void address(Asked node, NodeReport.Virtual address) {
    String where =
        address.service() + " (" + address.address() + ", network " + address.network() + ")";
    if (address.healthy() == 0) {
      note("no task of " + where + " takes calls: containers on " + node.name() + " are refused");
    } else if (!address.answers()) {
      wrong(
          "containers on "
              + node.name()
              + " get no answer from "
              + where
              + ", though "
              + address.healthy()
              + " of its tasks take calls");
    }
  }
}
