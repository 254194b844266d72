package swarm.node.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import swarm.linux.NetworkNamespaces;
import swarm.node.diagnose.NodeReport;
import swarm.node.diagnose.NodeReport.Answer;
import swarm.node.overlay.ClusterNetworks;
import swarm.node.rpc.HostProbe;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Wire;

/// Tries this node's way to every other, and every virtual address of the networks that it is on.
/// Changes nothing.
final class NetworkDiagnosis {
  /// Where nobody listens: the host answers so, whatever the packet's size.
  private static final int DISCARD = 9;

  /// A host tells at most six times in short order that nobody listens.
  private static final int[] SMALLER = {1_400, 1_280, 576, 100};

  private static final int HEADERS = 28; // IPv4 and UDP
  private static final int MILLIS = 400;
  private static final int AT_ONCE = 16;
  private static final int MOST_ADDRESSES = 1_000;

  private final Clock clock;
  private final String underlay;
  private final int clusterPort;
  private final Supplier<Optional<SessionMessages.Ingress>> ingress;
  private final ClusterNetworks overlays;
  private final Supplier<List<String>> drops;
  private final Supplier<List<String>> mended;

  /// @param underlay this node's address towards the others
  /// @param clusterPort where other hosts are asked
  /// @param ingress as managers said last
  /// @param mended what was not as it should be lately, in plain words
  /// @param drops what this host's own firewall drops that we accept, in plain words
  NetworkDiagnosis(
      Clock clock,
      String underlay,
      int clusterPort,
      Supplier<Optional<SessionMessages.Ingress>> ingress,
      ClusterNetworks overlays,
      Supplier<List<String>> drops,
      Supplier<List<String>> mended) {
    this.clock = clock;
    this.underlay = underlay;
    this.clusterPort = clusterPort;
    this.ingress = ingress;
    this.overlays = overlays;
    this.drops = drops;
    this.mended = mended;
  }

  /// Blocks for seconds.
  ///
  /// @return the chunk of the subscription that ends it
  SessionMessages.LogChunk answer(String subscription) throws InterruptedException {
    byte[] text;
    try {
      text = Wire.JSON.writeValueAsBytes(report());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return new SessionMessages.LogChunk(subscription, NodeReport.REQUEST, 1, "", text, true, "");
  }

  private NodeReport report() throws InterruptedException {
    var problems = new ArrayList<String>(drops.get());
    Optional<SessionMessages.Ingress> now = ingress.get();
    if (now.isEmpty()) {
      problems.add("no manager has told it of the ingress network yet");
    }
    int linkMtu = mtu(Inet4Address.ofLiteral(underlay));
    int tunnelMtu = now.map(i -> mtu(address(i.self()))).orElse(0);
    if (now.isPresent() && tunnelMtu == 0) {
      problems.add("the ingress network is not set up; the daemon's log says why");
    }
    var peers = new ArrayList<NodeReport.Peer>();
    var addresses = new ArrayList<NodeReport.Virtual>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var turns = new Semaphore(AT_ONCE);
      var ways = new ArrayList<Future<NodeReport.Peer>>();
      for (SessionMessages.IngressPeer peer : now.map(i -> i.peers()).orElse(List.of())) {
        ways.add(pool.submit(() -> inTurn(turns, () -> way(peer, linkMtu, tunnelMtu))));
      }
      var calls = new ArrayList<Future<NodeReport.Virtual>>();
      overlays.virtualAddresses().stream()
          .limit(MOST_ADDRESSES)
          .forEach(each -> calls.add(pool.submit(() -> inTurn(turns, () -> call(each)))));
      for (Future<NodeReport.Peer> each : ways) {
        peers.add(each.get());
      }
      for (Future<NodeReport.Virtual> each : calls) {
        addresses.add(each.get());
      }
    } catch (ExecutionException e) {
      problems.add("it could not try all: " + e.getCause());
    }
    return new NodeReport(
        clock.millis(),
        linkMtu,
        tunnelMtu,
        checksumErrors(),
        List.copyOf(peers),
        List.copyOf(addresses),
        List.copyOf(problems),
        mended.get());
  }

  private interface Try<T> {
    T run() throws IOException, InterruptedException;
  }

  private static <T> T inTurn(Semaphore turns, Try<T> what)
      throws IOException, InterruptedException {
    turns.acquire();
    try {
      return what.run();
    } finally {
      turns.release();
    }
  }

  private NodeReport.Peer way(SessionMessages.IngressPeer peer, int linkMtu, int tunnelMtu)
      throws IOException, InterruptedException {
    Inet4Address inside = address(peer.address());
    return new NodeReport.Peer(
        peer.underlay(),
        ask(peer.underlay()),
        largest(Inet4Address.ofLiteral(peer.underlay()), linkMtu),
        echoes(inside),
        ask(inside.getHostAddress()),
        largest(inside, tunnelMtu));
  }

  private Answer ask(String address) throws InterruptedException {
    return switch (HostProbe.ask(address, clusterPort)) {
      case ANSWERED -> Answer.ANSWERED;
      case REFUSED -> Answer.REFUSED;
      case SILENT -> Answer.SILENT;
    };
  }

  private static NodeReport.Virtual call(ClusterNetworks.Virtual virtual) throws IOException {
    boolean answers =
        virtual.healthy() > 0
            && NetworkNamespaces.call(virtual.caller(), () -> echoes(virtual.address()));
    return new NodeReport.Virtual(
        virtual.network(),
        virtual.service(),
        virtual.address().getHostAddress(),
        virtual.healthy(),
        answers);
  }

  /// Whether ICMP comes back, by one of two requests: one may be lost. Runs in the namespace of the
  /// thread.
  private static boolean echoes(InetAddress to) throws IOException {
    return to.isReachable(MILLIS) || to.isReachable(2 * MILLIS);
  }

  /// The largest packet that gets there whole; 0 for none.
  private static int largest(InetAddress to, int mtu) throws IOException {
    if (mtu == 0) {
      return 0;
    }
    if (passes(to, mtu)) {
      return mtu;
    }
    for (int bytes : SMALLER) {
      if (bytes < mtu && passes(to, bytes)) {
        return bytes;
      }
    }
    return 0;
  }

  /// Whether a datagram of this size is answered by the word that nobody listens.
  private static boolean passes(InetAddress to, int bytes) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
      socket.setSoTimeout(MILLIS);
      socket.connect(to, DISCARD);
      try {
        socket.send(new DatagramPacket(new byte[bytes - HEADERS], bytes - HEADERS));
        socket.receive(new DatagramPacket(new byte[bytes], bytes));
        return true;
      } catch (PortUnreachableException _) {
        return true;
      } catch (IOException _) {
        return false; // nothing came in time, or it is known to be too long
      }
    }
  }

  private static int mtu(Inet4Address own) {
    try {
      NetworkInterface link = NetworkInterface.getByInetAddress(own);
      return link == null ? 0 : link.getMTU();
    } catch (IOException _) {
      return 0; // it went meanwhile
    }
  }

  private static Inet4Address address(int value) {
    return Inet4Address.ofLiteral(TaskContainer.dotted(value));
  }

  /// Of this host, since it started (`proc_net(5)`).
  private static long checksumErrors() {
    try {
      return checksumErrors(Files.readAllLines(Path.of("/proc/self/net/snmp")));
    } catch (IOException _) {
      return 0; // a kernel without these numbers
    }
  }

  /// The sum of `InCsumErrors` in pairs of lines, names above values. Pure.
  static long checksumErrors(List<String> snmp) {
    long sum = 0;
    for (int line = 0; line + 1 < snmp.size(); line += 2) {
      String[] names = snmp.get(line).split(" ");
      String[] values = snmp.get(line + 1).split(" ");
      for (int at = 0; at < Math.min(names.length, values.length); at++) {
        if (names[at].equals("InCsumErrors")) {
          sum += Long.parseLong(values[at]);
        }
      }
    }
    return sum;
  }
}
