package swarm.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.NetworkNamespaces;

/// Asks servers elsewhere, one after the other. Each question has a socket, and so a source port,
/// and an id of its own: an answer must bring both back (RFC 5452). Thread-safe; calls block.
final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Docker's.
  private static final int TIMEOUT_MILLIS = 4_000;

  private static final int MOST_SERVERS = 3;

  private final NetworkNamespaces.Handle container;
  private final List<Upstream> servers;
  private final AnswerCache cache = new AnswerCache(System::nanoTime);

  Forwarder(NetworkNamespaces.Handle container, List<Upstream> servers) {
    this.container = container;
    this.servers = List.copyOf(servers.subList(0, Math.min(MOST_SERVERS, servers.size())));
  }

  /// What was answered before and still holds, or the answer of the first server that has one;
  /// empty where none has.
  Optional<byte[]> ask(byte[] query, DnsMessage asked, Optional<Edns> edns, boolean tcp) {
    int limit = tcp ? DnsMessage.MAX_BYTES : edns.map(Edns::limit).orElse(DnsMessage.MAX_UDP_BYTES);
    Optional<byte[]> known = cache.find(query, asked, edns, limit);
    return known.isPresent() ? known : askServers(query, asked, edns, tcp);
  }

  private Optional<byte[]> askServers(
      byte[] query, DnsMessage asked, Optional<Edns> edns, boolean tcp) {
    byte[] sent = query.clone();
    int id = RANDOM.nextInt(1 << 16);
    number(sent, id);
    for (Upstream server : servers) {
      try {
        byte[] answer = tcp ? overTcp(server, sent) : overUdp(server, sent, id, asked.question());
        if (matches(answer, id, asked.question())) {
          number(answer, asked.id());
          keep(asked, edns, answer);
          return Optional.of(answer);
        }
      } catch (IOException e) {
        LOG.debug("name server {} gives no answer: {}", server.address(), e.toString());
      }
    }
    return Optional.empty();
  }

  private void keep(DnsMessage asked, Optional<Edns> edns, byte[] answer) {
    try {
      cache.keep(asked, edns, answer);
    } catch (DnsFormatException e) {
      LOG.debug("an answer is passed on and not kept: {}", e.getMessage());
    }
  }

  private static void number(byte[] message, int id) {
    message[0] = (byte) (id >>> 8);
    message[1] = (byte) id;
  }

  private static boolean matches(byte[] answer, int id, DnsMessage.Question question) {
    try {
      DnsMessage message = DnsMessage.decode(answer);
      return message.isResponse() && message.id() == id && message.question().matches(question);
    } catch (DnsFormatException e) {
      LOG.debug("a name server's answer cannot be read: {}", e.getMessage());
      return false;
    }
  }

  private byte[] overUdp(Upstream server, byte[] query, int id, DnsMessage.Question question)
      throws IOException {
    try (DatagramChannel channel = opened(server, () -> DatagramChannel.open(family(server)))) {
      var ignored = channel.connect(server.address());
      var socket = channel.socket();
      socket.send(new DatagramPacket(query, query.length));
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
      var packet = new DatagramPacket(new byte[DnsMessage.MAX_BYTES], DnsMessage.MAX_BYTES);
      while (true) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new SocketTimeoutException("no answer within " + TIMEOUT_MILLIS + " ms");
        }
        socket.setSoTimeout((int) left);
        packet.setLength(DnsMessage.MAX_BYTES);
        socket.receive(packet);
        byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
        if (matches(answer, id, question)) {
          return answer;
        }
      }
    }
  }

  private byte[] overTcp(Upstream server, byte[] query) throws IOException {
    try (SocketChannel channel = opened(server, () -> SocketChannel.open(family(server)))) {
      Socket socket = channel.socket();
      socket.connect(server.address(), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      write(new DataOutputStream(socket.getOutputStream()), query);
      return read(new DataInputStream(socket.getInputStream()));
    }
  }

  private static StandardProtocolFamily family(Upstream server) {
    return server.address().getAddress() instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }

  private <T> T opened(Upstream server, NetworkNamespaces.Task<T> open) throws IOException {
    return server.inside() ? NetworkNamespaces.call(container, open) : open.run();
  }

  /// Messages over TCP follow their length (RFC 1035, 4.2.2).
  static byte[] read(DataInputStream in) throws IOException {
    var message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return message;
  }

  /// In one write, or a slow receiver would see the length alone.
  static void write(DataOutputStream out, byte[] message) throws IOException {
    var framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >>> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    out.write(framed);
    out.flush();
  }
}
