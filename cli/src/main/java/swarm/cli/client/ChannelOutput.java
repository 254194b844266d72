package swarm.cli.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Writing to a blocking socket. Closing it ends the sending side only.
final class ChannelOutput extends OutputStream {
  private final SocketChannel channel;

  ChannelOutput(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(bytes, offset, length);
    while (all.hasRemaining()) {
      channel.write(all);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.shutdownOutput();
    }
  }
}
