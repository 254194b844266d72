package swarm.runtime.syslog;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import swarm.linux.UnixDatagramSocket;
import swarm.runtime.logs.SyslogEndpoint;
import swarm.runtime.logs.SyslogOptions;

/// A way to a log server. For one thread; [#close] may be called by another.
interface SyslogConnection extends AutoCloseable {
  /// What one datagram to a network may hold.
  int UDP_BYTES = 65_507;

  /// Sends one message; waits while the server is slow.
  void send(byte[] message) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /// Connects.
  static SyslogConnection open(SyslogOptions options) throws IOException {
    SyslogEndpoint where = options.endpoint();
    return switch (where.transport()) {
      case UNIX -> new Stream(unix(where.address()));
      case UNIXGRAM -> new Local(UnixDatagramSocket.connect(socket(where.address())));
      case UDP -> new Udp(new DatagramSocket(), remote(where));
      case TCP -> new Tcp(tcp(where));
      case TLS ->
          new Tcp(TlsSockets.over(tcp(where), where.address(), where.port(), options.tls()));
    };
  }

  private static Path socket(String path) throws IOException {
    if (!path.isEmpty()) {
      return Path.of(path);
    }
    for (String usual : List.of("/dev/log", "/var/run/syslog", "/var/run/log")) {
      if (Files.exists(Path.of(usual))) {
        return Path.of(usual);
      }
    }
    throw new IOException(
        "no log daemon listens at /dev/log on this host: start one, or name a server with"
            + " --log-opt syslog-address=udp://HOST:514");
  }

  private static SocketChannel unix(String path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException("connect to " + path + ": " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress remote(SyslogEndpoint where) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(where.address()), where.port());
  }

  private static Socket tcp(SyslogEndpoint where) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(remote(where), 10_000);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "connect to " + where.address() + ":" + where.port() + ": " + e.getMessage(), e);
    }
  }

  /// A stream to a daemon of this host.
  record Stream(SocketChannel channel) implements SyslogConnection {
    @Override
    public void send(byte[] message) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(message);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /// Datagrams to a daemon of this host.
  record Local(UnixDatagramSocket socket) implements SyslogConnection {
    private static final long PAUSE_MILLIS = 10;

    @Override
    public void send(byte[] message) throws IOException, InterruptedException {
      while (!socket.send(message)) {
        Thread.sleep(PAUSE_MILLIS);
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /// Datagrams to a server, each a message; longer ones are cut.
  record Udp(DatagramSocket socket, InetSocketAddress server) implements SyslogConnection {
    @Override
    public void send(byte[] message) throws IOException {
      socket.send(new DatagramPacket(message, Math.min(message.length, UDP_BYTES), server));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /// A stream to a server.
  record Tcp(Socket socket) implements SyslogConnection {
    @Override
    public void send(byte[] message) throws IOException {
      socket.getOutputStream().write(message);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
