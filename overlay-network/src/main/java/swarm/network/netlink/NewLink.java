package swarm.network.netlink;

import java.net.Inet4Address;
import java.util.Optional;
import java.util.OptionalInt;

/// A network interface to be made.
///
/// @param name at most 15 characters
/// @param kind what it is
/// @param mac its Ethernet address, or the kernel's choice
/// @param mtu bytes of payload of one frame, or the kernel's choice
/// @param master the index of the bridge that it becomes a port of
/// @param up whether it is up at once
public record NewLink(
    String name,
    Kind kind,
    Optional<MacAddress> mac,
    OptionalInt mtu,
    OptionalInt master,
    boolean up) {
  /// The kernel's limit (IFNAMSIZ without the zero).
  public static final int MAX_NAME = 15;

  /// @throws IllegalArgumentException where the name is too long for the kernel
  public NewLink {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "link name \"" + name + "\" has " + name.length() + " characters, of 1 to " + MAX_NAME);
    }
  }

  /// A link that is up and has nothing else set.
  public static NewLink of(String name, Kind kind) {
    return new NewLink(
        name, kind, Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), true);
  }

  public NewLink withMac(MacAddress address) {
    return new NewLink(name, kind, Optional.of(address), mtu, master, up);
  }

  public NewLink withMtu(int bytes) {
    return new NewLink(name, kind, mac, OptionalInt.of(bytes), master, up);
  }

  public NewLink withMaster(int index) {
    return new NewLink(name, kind, mac, mtu, OptionalInt.of(index), up);
  }

  /// What an interface is.
  public sealed interface Kind {
    /// An Ethernet switch.
    record Bridge() implements Kind {}

    /// One end of a cable.
    ///
    /// @param peer the other end, made with it
    record Veth(Peer peer) implements Kind {}

    /// Ethernet over UDP (RFC 7348), without learning: it sends only where its forwarding database
    /// says.
    ///
    /// @param id the network identifier (VNI), 1 to 16777215
    /// @param local the address that it sends from
    /// @param port the UDP port, mostly 4789
    /// @param answers whether it answers questions for the Ethernet addresses of its neighbours
    record Vxlan(int id, Inet4Address local, int port, boolean answers) implements Kind {
      public Vxlan(int id, Inet4Address local, int port) {
        this(id, local, port, false);
      }
    }
  }

  /// The other end of a cable; it is down at first.
  ///
  /// @param netns file descriptor of the namespace where it appears; empty: the same one
  public record Peer(String name, Optional<MacAddress> mac, OptionalInt mtu, OptionalInt netns) {}
}
