package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bytes from the network thread to the thread that handles the request. Bounded: `onRoom` tells
/// when the network may be read again.
final class BodyQueue extends InputStream {
  /// Above this many bytes, reading from the network stops.
  private static final int HIGH_WATER = 512 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>();
  private final Runnable onRoom;
  private long bytes;
  private boolean ended;
  private @Nullable String broken;

  BodyQueue(Runnable onRoom) {
    this.onRoom = onRoom;
  }

  /// Adds bytes (and takes the reference over); returns whether more may be read from the network
  /// now.
  boolean offer(ByteBuf part) {
    lock.lock();
    try {
      if (ended || broken != null || !part.isReadable()) {
        part.release();
        return true;
      }
      parts.add(part);
      bytes += part.readableBytes();
      changed.signalAll();
      return bytes < HIGH_WATER;
    } finally {
      lock.unlock();
    }
  }

  /// Whether more may be read from the network.
  boolean hasRoom() {
    lock.lock();
    try {
      return bytes < HIGH_WATER;
    } finally {
      lock.unlock();
    }
  }

  /// No more bytes will come.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// No more bytes will come, although the client meant to send more.
  void fail(String why) {
    lock.lock();
    try {
      if (!ended && broken == null) {
        broken = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    boolean room = false;
    int count;
    lock.lock();
    try {
      while (parts.isEmpty() && !ended && broken == null) {
        changed.awaitUninterruptibly();
      }
      ByteBuf first = parts.peek();
      if (first == null) {
        if (broken != null) {
          throw new IOException(broken);
        }
        return -1;
      }
      count = Math.min(length, first.readableBytes());
      first.readBytes(target, offset, count);
      if (!first.isReadable()) {
        parts.remove().release();
      }
      room = bytes >= HIGH_WATER && bytes - count < HIGH_WATER;
      bytes -= count;
    } finally {
      lock.unlock();
    }
    if (room) {
      onRoom.run();
    }
    return count;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      ByteBuf first = parts.peek();
      return first == null ? 0 : first.readableBytes();
    } finally {
      lock.unlock();
    }
  }

  /// Frees what nobody will read.
  void discard() {
    lock.lock();
    try {
      ended = true;
      parts.forEach(ByteBuf::release);
      parts.clear();
      bytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
