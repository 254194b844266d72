package swarm.node.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;
import swarm.network.PortBinding;
import swarm.network.TransportProtocol;

/// Whether a program of this host has a port. Publishing translates addresses before any program
/// sees a packet: without asking, a container could take the port of the host's SSH server, or of
/// this daemon.
@FunctionalInterface
public interface HostPorts {
  /// Why a port cannot be published, in Docker's words; empty where it can.
  Optional<String> refusal(PortBinding port) throws IOException;

  /// Finds out as Docker does, by binding, in the network namespace of the calling thread. Without
  /// listening, so that no client is ever answered.
  static Optional<String> bound(PortBinding port) throws IOException {
    if (port.protocol() == TransportProtocol.SCTP) {
      return Optional.empty(); // sockets of it are not Java's
    }
    SocketAddress at =
        port.hostAddress()
            .map(address -> new InetSocketAddress(address, port.hostPort()))
            .orElseGet(() -> new InetSocketAddress(port.hostPort()));
    try {
      if (port.protocol() == TransportProtocol.UDP) {
        try (var socket = new DatagramSocket(null)) {
          socket.bind(at);
        }
      } else {
        try (var socket = new Socket()) {
          socket.setReuseAddress(true); // ended connections do not hold it
          socket.bind(at);
        }
      }
      return Optional.empty();
    } catch (BindException e) {
      String why = String.valueOf(e.getMessage());
      return Optional.of(
          "listen "
              + port.protocol().text()
              + "4 "
              + port.hostAddress().map(Inet4Address::getHostAddress).orElse("0.0.0.0")
              + ":"
              + port.hostPort()
              + ": bind: "
              + (why.contains("in use") ? "address already in use" : why));
    }
  }
}
