package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Writes to a connection from a handler's thread, waiting while the client is slow: what is not
/// yet sent stays within Netty's high-water mark.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a failed write closes the channel, which every part here watches
final class ChannelOutput extends OutputStream {
  /// The network's buffers hold some of these for each connection, not a whole answer.
  private static final int PIECE_BYTES = 64 * 1024;

  private final Channel channel;
  private final Function<ByteBuf, Object> wrap;
  private final Runnable atEnd;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition writable = lock.newCondition();
  private boolean closed;

  ChannelOutput(Channel channel, Function<ByteBuf, Object> wrap, Runnable atEnd) {
    this.channel = channel;
    this.wrap = wrap;
    this.atEnd = atEnd;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    for (int at = offset; at < offset + length; at += PIECE_BYTES) {
      int bytes = Math.min(PIECE_BYTES, offset + length - at);
      awaitRoom();
      channel.writeAndFlush(wrap.apply(Unpooled.copiedBuffer(data, at, bytes)));
    }
  }

  private void awaitRoom() throws IOException {
    lock.lock();
    try {
      while (channel.isActive() && !channel.isWritable()) {
        writable.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    if (!channel.isActive()) {
      throw new IOException("the client closed the connection");
    }
  }

  /// The connection can take more, or is gone: called on the network's thread.
  void signal() {
    lock.lock();
    try {
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      atEnd.run();
    }
  }
}
