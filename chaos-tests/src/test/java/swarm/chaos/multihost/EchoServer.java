package swarm.chaos.multihost;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import swarm.linux.NetworkNamespaces;

/// A server within a task's network namespace that tells each caller who answers, and who calls, as
/// the task sees it: `NAME ADDRESS`. By TCP it then says again what it hears.
final class EchoServer implements AutoCloseable {
  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final String name;

  private EchoServer(ServerSocket tcp, DatagramSocket udp, String name) {
    this.tcp = tcp;
    this.udp = udp;
    this.name = name;
  }

  /// Opens it at all addresses of the namespace.
  static EchoServer open(Path netns, int port, String name) throws IOException {
    var any = InetAddress.ofLiteral("0.0.0.0");
    var server =
        NetworkNamespaces.call(
            netns,
            () ->
                new EchoServer(
                    new ServerSocket(port, 1_000, any),
                    new DatagramSocket(new InetSocketAddress(any, port)),
                    name));
    Thread.ofVirtual().start(server::serveTcp);
    Thread.ofVirtual().start(server::serveUdp);
    return server;
  }

  private byte[] words(InetAddress caller) {
    return (name + " " + caller.getHostAddress() + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private void serveTcp() {
    try {
      while (true) {
        Socket caller = tcp.accept();
        Thread.ofVirtual().start(() -> answer(caller));
      }
    } catch (SocketException _) {
      // closed
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(Socket caller) {
    try (caller) {
      caller.getOutputStream().write(words(caller.getInetAddress()));
      caller.getInputStream().transferTo(caller.getOutputStream());
    } catch (IOException _) {
      // the caller is gone
    }
  }

  private void serveUdp() {
    var packet = new DatagramPacket(new byte[100], 100);
    try {
      while (true) {
        udp.receive(packet);
        byte[] words = words(packet.getAddress());
        udp.send(new DatagramPacket(words, words.length, packet.getSocketAddress()));
      }
    } catch (SocketException _) {
      // closed
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    tcp.close();
    udp.close();
  }
}
