package swarm.node.diagnose;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import swarm.scheduler.model.Wire;

/// What one node found out about its way to the others.
///
/// @param clockMillis its clock when it answered, since 1970
/// @param linkMtu of the link that leads to the others, bytes; 0 where it has no such link
/// @param tunnelMtu of the ingress network, bytes; 0 where it is not set up
/// @param checksumErrors packets that arrived damaged since the host started (TCP, UDP, ICMP)
/// @param peers each other node
/// @param addresses virtual addresses of the networks that it is on
/// @param problems what it could not find out, in plain words
/// @param notes what is worth knowing, in plain words; agents of older builds have none
@JsonNaming(UpperCamelCaseStrategy.class)
public record NodeReport(
    long clockMillis,
    int linkMtu,
    int tunnelMtu,
    long checksumErrors,
    List<Peer> peers,
    List<Virtual> addresses,
    List<String> problems,
    List<String> notes) {
  /// Asked for in place of a task, an agent's log is this report as JSON. An older agent knows no
  /// task of that name, and sends nothing.
  public static final String REQUEST = "network-diagnosis";

  /// Every part is needed but what older builds have not.
  public NodeReport {
    peers = List.copyOf(peers);
    addresses = List.copyOf(addresses);
    problems = List.copyOf(problems);
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /// One that a node sent; empty where it is none, be it of another build or of a node that lies.
  public static Optional<NodeReport> read(byte[] json) {
    try {
      return Optional.ofNullable(Wire.JSON.readValue(json, NodeReport.class));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// How a host answered at its cluster port.
  public enum Answer {
    ANSWERED,
    /// Nobody listens there, but the host is there.
    REFUSED,
    SILENT
  }

  /// The way to another node.
  ///
  /// @param underlay where its host is
  /// @param direct TCP from host to host
  /// @param linkBytes the largest packet that came to the host whole; 0 for none that was answered,
  ///   which a firewall may be the reason of
  /// @param echo whether the tunnel carries ICMP
  /// @param tunnelTcp TCP through the tunnel
  /// @param tunnelBytes the largest datagram that came through the tunnel; 0 for none
  @JsonNaming(UpperCamelCaseStrategy.class)
  public record Peer(
      String underlay,
      Answer direct,
      int linkBytes,
      boolean echo,
      Answer tunnelTcp,
      int tunnelBytes) {
    /// Every part is needed.
    public Peer {
      requireNonNull(underlay, "a way to nobody");
      requireNonNull(direct, "a way that was not tried");
      requireNonNull(tunnelTcp, "a tunnel that was not tried");
    }

    /// Whether anything at all comes through the tunnel.
    boolean tunnelled() {
      return echo || tunnelBytes > 0 || tunnelTcp != Answer.SILENT;
    }
  }

  /// A service's own address, called by a container of the node.
  ///
  /// @param healthy how many tasks take calls
  /// @param answers whether one of them did
  @JsonNaming(UpperCamelCaseStrategy.class)
  public record Virtual(
      String network, String service, String address, int healthy, boolean answers) {}
}
