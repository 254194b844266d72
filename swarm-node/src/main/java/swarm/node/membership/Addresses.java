package swarm.node.membership;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.network.HostNetworkOptions;

/// Which address of this host others are to use.
final class Addresses {
  /// Where managers listen unless told otherwise.
  static final int CLUSTER_PORT = 2377;

  /// How the daemon names its interfaces.
  private static final HostNetworkOptions OURS = HostNetworkOptions.defaults();

  private Addresses() {}

  /// A host and a port, as in `10.0.0.1:2377`; either may be missing.
  record HostPort(String host, int port) {
    static HostPort parse(String text, int defaultPort) throws MembershipException {
      int colon = text.lastIndexOf(':');
      if (colon < 0) {
        return new HostPort(text, defaultPort);
      }
      if (text.indexOf(':') < colon) {
        throw new MembershipException(
            400, "'" + text + "' is an IPv6 address; use an IPv4 address or an interface's name");
      }
      String port = text.substring(colon + 1);
      int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
      if (number < 1 || number > 65_535) {
        throw new MembershipException(
            400, "'" + text + "' must be an address, or ADDRESS:PORT with a port from 1 to 65535");
      }
      return new HostPort(text.substring(0, colon), number);
    }
  }

  /// Where the cluster port is to listen: an address, or an interface's first one.
  static HostPort listening(String asked) throws MembershipException {
    HostPort at = HostPort.parse(asked.isEmpty() ? "0.0.0.0" : asked, CLUSTER_PORT);
    List<String> ofInterface = at.host().isEmpty() ? List.of() : own(at.host());
    if (!ofInterface.isEmpty()) {
      return new HostPort(ofInterface.getFirst(), at.port());
    }
    if (!at.host().isEmpty() && !isAddress(at.host())) {
      throw new MembershipException(
          400,
          "listen address must be an IP address or network interface (with optional port number),"
              + " not '"
              + asked
              + "'");
    }
    return at;
  }

  private static boolean isAddress(String text) {
    try {
      // of another form is a short one: 1.2.3 would become 1.2.0.3
      return Inet4Address.ofLiteral(text).getHostAddress().equals(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Before anybody is asked for anything that could not be used then.
  ///
  /// @throws MembershipException where nothing can listen there
  static void checkListening(HostPort at) throws MembershipException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(at.host(), at.port()));
    } catch (IOException e) {
      throw new MembershipException(
          400,
          "cannot listen at "
              + at.host()
              + ":"
              + at.port()
              + " ("
              + e.getMessage()
              + ") - specify another address of this host with --listen-addr");
    }
  }

  /// The address that others reach this node at, as the user asked or as this host has one.
  static String advertised(String asked, HostPort listenAt) throws MembershipException {
    String told = HostPort.parse(asked, listenAt.port()).host();
    return advertise(told, listenAt.host());
  }

  /// The tunnel's packets must leave by an address that this host has.
  ///
  /// @param asked an address or an interface; empty for none of its own
  static void checkDataPath(String asked) throws MembershipException {
    if (asked.isEmpty() || !own(asked).isEmpty() || (isAddress(asked) && hasNow(asked))) {
      return;
    }
    throw new MembershipException(
        400,
        "data path address must be an IPv4 address of this host, or a network interface with one,"
            + " not '"
            + asked
            + "'");
  }

  /// Others cannot reach an address of the loopback interface: their own answers there. A swarm all
  /// of whose nodes are on one host may use it. Pure.
  ///
  /// @param managers whom the node asks to be taken in
  static void refuseLoopback(String advertised, List<HostPort> managers)
      throws MembershipException {
    boolean elsewhere = managers.stream().noneMatch(manager -> isLoopback(manager.host()));
    if (isLoopback(advertised) && elsewhere) {
      throw new MembershipException(
          400,
          "the nodes of this swarm cannot reach "
              + advertised
              + ", an address of this host alone - specify another one with --advertise-addr");
    }
  }

  private static boolean isLoopback(String host) {
    return host.startsWith("127.") || host.equals("localhost");
  }

  /// The address to advertise: what the user said (an address or an interface), else the host's
  /// only one.
  static String advertise(String asked, String listenHost) throws MembershipException {
    if (!asked.isEmpty()) {
      return resolve(asked);
    }
    if (!listenHost.isEmpty() && !listenHost.equals("0.0.0.0")) {
      return resolve(listenHost);
    }
    List<String> own = own("");
    if (own.size() == 1) {
      return own.getFirst();
    }
    throw new MembershipException(
        400,
        own.isEmpty()
            ? "could not find the system's IP address - specify one with --advertise-addr"
            : "could not choose an IP address to advertise since this system has several ("
                + String.join(", ", own)
                + ") - specify one with --advertise-addr");
  }

  /// Whether an interface of this host has the address. One that none has may still lead here, as a
  /// translated one does.
  static boolean isOwn(String address) throws IOException {
    return NetworkInterface.getByInetAddress(Inet4Address.ofLiteral(address)) != null;
  }

  /// The interface that has an address; null where none has.
  static @Nullable String device(String address) {
    try {
      NetworkInterface nic = NetworkInterface.getByInetAddress(Inet4Address.ofLiteral(address));
      return nic == null ? null : nic.getName();
    } catch (IOException | IllegalArgumentException _) {
      return null; // what it cannot be looked for on is not followed
    }
  }

  /// Whether an interface has the address, or that cannot be found out.
  static boolean hasNow(String address) {
    try {
      return isOwn(address);
    } catch (IOException | IllegalArgumentException _) {
      return true;
    }
  }

  /// The first address of an interface; the one that it had where it has none now.
  static String of(String device, String before) {
    try {
      List<String> now = own(device);
      return now.isEmpty() ? before : now.getFirst();
    } catch (MembershipException _) {
      return before;
    }
  }

  private static String resolve(String asked) throws MembershipException {
    List<String> ofInterface = own(asked);
    if (!ofInterface.isEmpty()) {
      return ofInterface.getFirst();
    }
    if (isAddress(asked) && isOneHosts(Inet4Address.ofLiteral(asked))) {
      return asked;
    }
    throw new MembershipException(
        400,
        "advertise address must be the IPv4 address of a host, or a network interface with one, not '"
            + asked
            + "'");
  }

  private static boolean isOneHosts(Inet4Address address) {
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !address.getHostAddress().equals("255.255.255.255");
  }

  /// Where this node reaches its own cluster port, whatever it is to others: the advertised address
  /// may be a translated one that does not lead back here.
  static String toSelf(String listenHost, int port) {
    return (listenHost.isEmpty() || listenHost.equals("0.0.0.0") ? "127.0.0.1" : listenHost)
        + ":"
        + port;
  }

  /// IPv4 addresses of one interface, or of all with a name that is not ours, where `name` is
  /// empty.
  private static List<String> own(String name) throws MembershipException {
    var all = new ArrayList<String>();
    try {
      for (NetworkInterface nic : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        boolean wanted =
            name.isEmpty()
                ? nic.isUp()
                    && !nic.isLoopback()
                    && !OURS.isOurs(nic.getName())
                    && !nic.getName().startsWith("docker")
                : nic.getName().equals(name);
        if (wanted) {
          for (InetAddress address : Collections.list(nic.getInetAddresses())) {
            if (address instanceof Inet4Address) {
              all.add(address.getHostAddress());
            }
          }
        }
      }
    } catch (IOException e) {
      throw new MembershipException(
          500, "the network interfaces cannot be read: " + e.getMessage());
    }
    return all;
  }
}
