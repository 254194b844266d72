package swarm.network.firewall;

import java.net.Inet4Address;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.network.TransportProtocol;
import swarm.network.nft.Hook;

/// What is known of packets of one kind. What is not here (callers' addresses and ports, marks)
/// differs from one to the next.
///
/// @param point where it is looked at
/// @param in the interface that it came by
/// @param out the one that it leaves by; empty where it is for the host itself
/// @param protocol of all of them
/// @param port the destination's, where it is always the same
/// @param destination where it is always the same
/// @param tracking how connection tracking has it
record Packet(
    Hook.Point point,
    Link in,
    Optional<Link> out,
    TransportProtocol protocol,
    OptionalInt port,
    Optional<Inet4Address> destination,
    Tracking tracking) {
  /// An interface.
  record Link(String name, int index) {}

  /// How connection tracking has a packet.
  enum Tracking {
    /// It opens a connection.
    NEW,
    /// It opens a connection whose destination we have translated: one to a published port.
    TRANSLATED,
    /// We have it left alone.
    UNTRACKED
  }
}
