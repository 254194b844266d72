package swarm.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.NetworkNamespaces;
import swarm.network.nft.NftClient;
import swarm.network.nft.Table;

/// The name server of one container, at 127.0.0.11 in its network namespace: the sockets are there,
/// the threads are the daemon's. It answers what [Names] knows and asks others for the rest, so
/// many questions at a time and no more; what comes beyond that is dropped, as resolvers expect.
///
/// The open sockets keep the namespace: close the server when the container ends.
public final class DnsServer implements AutoCloseable {
  /// What containers have to write in `/etc/resolv.conf`.
  public static final String ADDRESS = DnsRules.ADDRESS.getHostAddress();

  private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
  private static final int AT_ONCE = 256;
  private static final int TCP_IDLE_MILLIS = 10_000;
  private static final int BACKLOG = 64;
  private static final int NOT_IMPLEMENTED = 4;

  /// The upper bits of BADVERS (RFC 6891, section 9).
  private static final int BAD_VERSION = 1;

  private final NetworkNamespaces.Handle netns;
  private final DatagramChannel udp;
  private final ServerSocketChannel tcp;
  private final Names names;
  private final Forwarder forwarder;
  private final Semaphore permits = new Semaphore(AT_ONCE);

  private record Sockets(DatagramChannel udp, ServerSocketChannel tcp) {
    static Sockets open() throws IOException {
      var any = new InetSocketAddress(DnsRules.ADDRESS, 0);
      DatagramChannel udp = DatagramChannel.open(StandardProtocolFamily.INET);
      try {
        var ignored = udp.bind(any);
        ServerSocketChannel tcp = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
          return new Sockets(udp, tcp.bind(any, BACKLOG));
        } catch (IOException e) {
          tcp.close();
          throw e;
        }
      } catch (IOException e) {
        udp.close();
        throw e;
      }
    }
  }

  private DnsServer(
      NetworkNamespaces.Handle netns, Sockets sockets, Names names, List<Upstream> upstreams) {
    this.netns = netns;
    this.udp = sockets.udp();
    this.tcp = sockets.tcp();
    this.names = names;
    this.forwarder = new Forwarder(netns, upstreams);
  }

  /// Opens the sockets and leads the container's questions to them, in place of an earlier
  /// daemon's.
  ///
  /// @param netns file of the container's network namespace, whose loopback is up
  public static DnsServer open(Path netns, Names names, List<Upstream> upstreams)
      throws IOException {
    NetworkNamespaces.Handle handle = NetworkNamespaces.open(netns);
    try {
      Sockets sockets = NetworkNamespaces.call(handle, Sockets::open);
      var server = new DnsServer(handle, sockets, names, upstreams);
      try {
        server.lead();
      } catch (IOException e) {
        server.close();
        throw e;
      }
      Thread.ofVirtual().name("dns-udp").start(server::serveUdp);
      Thread.ofVirtual().name("dns-tcp").start(server::serveTcp);
      return server;
    } catch (IOException | RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  private void lead() throws IOException {
    try (NftClient nft = NftClient.open(netns)) {
      nft.apply(DnsRules.replace(udp.socket().getLocalPort(), tcp.socket().getLocalPort()));
    }
  }

  /// Leads the container's questions here again, where its namespace has lost the rules for it.
  ///
  /// @param there the tables in it
  /// @return whether it had
  public boolean mend(Set<Table> there) throws IOException {
    if (there.contains(DnsRules.TABLE)) {
      return false;
    }
    lead();
    return true;
  }

  private void serveUdp() {
    ByteBuffer buffer = ByteBuffer.allocate(DnsMessage.MAX_BYTES);
    try {
      while (true) {
        SocketAddress asker = udp.receive(buffer.clear());
        var query = new byte[buffer.flip().remaining()];
        buffer.get(query);
        if (permits.tryAcquire()) {
          Thread.ofVirtual().name("dns-query").start(() -> answerUdp(query, asker));
        }
      }
    } catch (ClosedChannelException e) {
      LOG.trace("closed", e);
    } catch (IOException e) {
      LOG.error("a container's name server at {} ends", udp, e);
    }
  }

  private void answerUdp(byte[] query, SocketAddress asker) {
    try {
      Optional<byte[]> answer = answer(query, false);
      if (answer.isPresent()) {
        int ignored = udp.send(ByteBuffer.wrap(answer.get()), asker);
      }
    } catch (IOException e) {
      LOG.debug("an answer to {} is lost: {}", asker, e.toString());
    } finally {
      permits.release();
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        SocketChannel asker = tcp.accept();
        if (permits.tryAcquire()) {
          Thread.ofVirtual().name("dns-connection").start(() -> answerTcp(asker));
        } else {
          asker.close();
        }
      }
    } catch (ClosedChannelException e) {
      LOG.trace("closed", e);
    } catch (IOException e) {
      LOG.error("a container's name server at {} ends", tcp, e);
    }
  }

  private void answerTcp(SocketChannel asker) {
    try (asker) {
      Socket socket = asker.socket();
      socket.setSoTimeout(TCP_IDLE_MILLIS);
      var in = new DataInputStream(socket.getInputStream());
      var out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        Optional<byte[]> answer = answer(Forwarder.read(in), true);
        if (answer.isEmpty()) {
          return;
        }
        Forwarder.write(out, answer.get());
      }
    } catch (EOFException e) {
      LOG.trace("the asker is done", e);
    } catch (IOException e) {
      LOG.debug("a question over TCP is given up: {}", e.toString());
    } finally {
      permits.release();
    }
  }

  /// Empty where there is nothing to answer to.
  private Optional<byte[]> answer(byte[] query, boolean overTcp) {
    try {
      DnsMessage asked = DnsMessage.decode(query);
      if (asked.isResponse()) {
        return Optional.empty();
      }
      Optional<Edns> edns = Edns.of(query);
      if (!asked.isQuery()) {
        return Optional.of(own(asked, NOT_IMPLEMENTED, List.of(), edns, overTcp));
      }
      if (edns.isPresent() && edns.get().version() != 0) {
        byte[] bare = asked.answer(DnsMessage.NO_ERROR, List.of()).encode(DnsMessage.MAX_UDP_BYTES);
        return Optional.of(edns.get().in(bare, BAD_VERSION));
      }
      return switch (DnsZone.decide(asked.question(), names, ThreadLocalRandom.current())) {
        case DnsZone.Decision.Local(int code, var answers) ->
            Optional.of(own(asked, code, answers, edns, overTcp));
        case DnsZone.Decision.Forward() -> {
          Optional<byte[]> found = forwarder.ask(query, asked, edns, overTcp);
          yield found.isPresent()
              ? found
              : Optional.of(own(asked, DnsMessage.SERVER_FAILURE, List.of(), edns, overTcp));
        }
      };
    } catch (DnsFormatException e) {
      LOG.debug("a question cannot be read: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static byte[] own(
      DnsMessage asked,
      int code,
      List<DnsMessage.Answer> answers,
      Optional<Edns> edns,
      boolean overTcp)
      throws DnsFormatException {
    DnsMessage answer = asked.answer(code, answers);
    if (edns.isEmpty()) {
      return answer.encode(overTcp ? DnsMessage.MAX_BYTES : DnsMessage.MAX_UDP_BYTES);
    }
    int limit = overTcp ? DnsMessage.MAX_BYTES : edns.get().limit();
    return edns.get().in(answer.encode(limit - Edns.RECORD_BYTES), 0);
  }

  /// Closes the sockets; the rules go with the namespace.
  @Override
  public void close() {
    for (AutoCloseable one : List.of(udp, tcp)) {
      try {
        one.close();
      } catch (Exception e) {
        LOG.warn("{} of a container's name server is not closed", one, e);
      }
    }
    netns.close();
  }
}
