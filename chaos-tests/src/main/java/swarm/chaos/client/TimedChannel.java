package swarm.chaos.client;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// A connection whose every step ends within one common limit. Not thread-safe.
final class TimedChannel implements AutoCloseable {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final long deadline;
  private final Duration limit;

  private TimedChannel(SocketChannel channel, Selector selector, Duration limit)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.limit = limit;
    this.deadline = System.nanoTime() + limit.toNanos();
    channel.configureBlocking(false);
    this.key = channel.register(selector, 0);
  }

  static TimedChannel connect(SocketAddress address, Duration limit) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open(StandardProtocolFamily.INET);
    Selector selector;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    try {
      var connection = new TimedChannel(channel, selector, limit);
      if (!channel.connect(address)) {
        connection.await(SelectionKey.OP_CONNECT);
        while (!channel.finishConnect()) {
          connection.await(SelectionKey.OP_CONNECT);
        }
      }
      return connection;
    } catch (IOException e) {
      channel.close();
      selector.close();
      throw e;
    }
  }

  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  /// Reads what is there, at least one byte.
  ///
  /// @return the count, or -1 at the end
  int read(ByteBuffer into) throws IOException {
    int count = channel.read(into);
    while (count == 0) {
      await(SelectionKey.OP_READ);
      count = channel.read(into);
    }
    return count;
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("no answer within " + limit.toMillis() + " ms");
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
