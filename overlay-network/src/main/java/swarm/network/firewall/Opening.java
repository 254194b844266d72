package swarm.network.firewall;

import java.util.List;
import swarm.network.TransportProtocol;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.End;

/// A rule that lets pass what we accept. Only conditions that `iptables -L` can print: in a table
/// that iptables made, it refuses to print any rule where there is one that it does not know.
public sealed interface Opening extends Comparable<Opening> {
  /// What comes from a bridge of ours; a name that ends in a star is that of all that begin so.
  record From(String bridge) implements Opening {
    @Override
    public String name() {
      return "from " + bridge;
    }

    @Override
    public List<Statement> conditions() {
      return List.of(new Statement.InterfaceIs(End.SOURCE, bridge, false));
    }

    @Override
    public String text() {
      return "iifname \"" + bridge + "\"";
    }
  }

  /// What goes to a bridge of ours.
  record To(String bridge) implements Opening {
    @Override
    public String name() {
      return "to " + bridge;
    }

    @Override
    public List<Statement> conditions() {
      return List.of(new Statement.InterfaceIs(End.DESTINATION, bridge, false));
    }

    @Override
    public String text() {
      return "oifname \"" + bridge + "\"";
    }
  }

  /// What is for a port of this host.
  record Port(TransportProtocol protocol, int port) implements Opening {
    @Override
    public String name() {
      return protocol.name().toLowerCase(java.util.Locale.ROOT) + " " + port;
    }

    @Override
    public List<Statement> conditions() {
      return List.of(new Statement.PortIs(protocol, port));
    }

    @Override
    public String text() {
      return protocol.name().toLowerCase(java.util.Locale.ROOT) + " dport " + port;
    }
  }

  /// What it lets pass, in words; two that are equal have the same.
  String name();

  /// When the rule accepts.
  List<Statement> conditions();

  /// The same as `nft` writes it.
  String text();

  @Override
  default int compareTo(Opening other) {
    return name().compareTo(other.name());
  }
}
