package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import swarm.network.PortBinding;
import swarm.network.TransportProtocol;

/// Which ports of the host a container's are published at.
final class PortPlan {
  private static final int FIRST_EPHEMERAL = 49_153;
  private static final int LAST_EPHEMERAL = 65_535;

  private final HostPorts hostPorts;
  private final String usualAddress;
  private final Set<Integer> taken;

  /// @param usualAddress of the host, where nobody names one; empty for all
  /// @param taken ports that other containers have
  PortPlan(HostPorts hostPorts, String usualAddress, Set<Integer> taken) {
    this.hostPorts = hostPorts;
    this.usualAddress = usualAddress;
    this.taken = new HashSet<>(taken);
  }

  /// @param text as in [Attributes#PORTS]; a host port may be a range, of which one is chosen
  List<PortBinding> choose(String text) throws IOException {
    var bindings = new ArrayList<PortBinding>();
    for (String one : text.split(",")) {
      PortBinding binding = choose(one.split(":"));
      taken.add(binding.hostPort());
      bindings.add(binding);
    }
    return bindings;
  }

  private PortBinding choose(String[] parts) throws IOException {
    int dash = parts[2].indexOf('-');
    int first = Integer.parseInt(dash < 0 ? parts[2] : parts[2].substring(0, dash));
    if (dash < 0 && first != 0) {
      PortBinding binding = binding(parts, first);
      Optional<String> refusal = hostPorts.refusal(binding);
      if (refusal.isPresent()) {
        throw new IOException(refusal.get());
      }
      return binding;
    }
    int from = dash < 0 ? FIRST_EPHEMERAL : first;
    int to = dash < 0 ? LAST_EPHEMERAL : Integer.parseInt(parts[2].substring(dash + 1));
    for (int port = from; port <= to; port++) {
      PortBinding binding = binding(parts, port);
      if (!taken.contains(port) && hostPorts.refusal(binding).isEmpty()) {
        return binding;
      }
    }
    throw new IOException(
        dash < 0
            ? "every port from " + FIRST_EPHEMERAL + " on is in use already"
            : "Bind for "
                + (parts[1].isEmpty() ? "0.0.0.0" : parts[1])
                + ":"
                + parts[2]
                + " failed: all ports are allocated");
  }

  private PortBinding binding(String[] parts, int hostPort) {
    String address = parts[1].isEmpty() ? usualAddress : parts[1];
    return binding(
        new ContainerEndpoint.Binding(parts[0], address, hostPort, Integer.parseInt(parts[3])));
  }

  static PortBinding binding(ContainerEndpoint.Binding b) {
    return new PortBinding(
        TransportProtocol.of(b.protocol()),
        b.hostAddress().isEmpty() || b.hostAddress().equals("0.0.0.0")
            ? Optional.empty()
            : Optional.of(Inet4Address.ofLiteral(b.hostAddress())),
        b.hostPort(),
        b.containerPort());
  }

  static ContainerEndpoint.Binding binding(PortBinding b) {
    return new ContainerEndpoint.Binding(
        b.protocol().text(), address(b), b.hostPort(), b.containerPort());
  }

  /// The address of the host in Docker's words.
  static String address(PortBinding b) {
    return b.hostAddress().map(Inet4Address::getHostAddress).orElse("0.0.0.0");
  }
}
