package swarm.cli.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/// The two ways of a connection, whatever carries it.
///
/// @param output closing it ends the sending side only
/// @param whole ends both
record Wire(ChannelInput input, OutputStream output, Closeable whole) {
  static Wire open(Endpoint endpoint) throws IOException {
    return switch (endpoint) {
      case Endpoint.Unix unix -> unix(unix);
      case Endpoint.Tcp tcp -> tcp.tls() == null ? plain(tcp) : TlsWire.open(tcp, tcp.tls());
    };
  }

  private static Wire unix(Endpoint.Unix endpoint) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(endpoint.socket()));
    } catch (IOException | IllegalArgumentException e) {
      channel.close();
      throw e;
    }
    return of(channel);
  }

  private static Wire plain(Endpoint.Tcp endpoint) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.socket().connect(address(endpoint), CONNECT_MILLIS);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return of(channel);
  }

  /// As long as Docker's client waits for a connection.
  static final int CONNECT_MILLIS = 30_000;

  static InetSocketAddress address(Endpoint.Tcp endpoint) throws IOException {
    var address = new InetSocketAddress(endpoint.host(), endpoint.port());
    if (address.isUnresolved()) {
      throw new IOException("the host '" + endpoint.host() + "' is not known");
    }
    return address;
  }

  private static Wire of(SocketChannel channel) {
    return new Wire(new ChannelInput(channel), new ChannelOutput(channel), channel);
  }
}
