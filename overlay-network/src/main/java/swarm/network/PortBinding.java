package swarm.network;

import java.net.Inet4Address;
import java.util.Optional;

/// A container's port that the host answers for, as `-p 127.0.0.1:8080:80/tcp`.
///
/// @param hostAddress the one address of the host to answer at; empty: at every one
/// @param hostPort 1 to 65535
/// @param containerPort 1 to 65535
public record PortBinding(
    TransportProtocol protocol,
    Optional<Inet4Address> hostAddress,
    int hostPort,
    int containerPort) {
  /// @throws IllegalArgumentException where a port is out of range
  public PortBinding {
    checkPort("host", hostPort);
    checkPort("container", containerPort);
  }

  static void checkPort(String which, int port) {
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException(which + " port " + port + " is not 1 to 65535");
    }
  }
}
