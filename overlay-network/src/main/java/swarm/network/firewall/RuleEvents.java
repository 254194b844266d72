package swarm.network.firewall;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import swarm.linux.LinuxException;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;
import swarm.network.netlink.Attributes;

/// What the kernel tells of changes of nf_tables. One thread listens.
final class RuleEvents implements AutoCloseable {
  /// `NFNLGRP_NFTABLES`.
  private static final int GROUP = 7;

  private static final int HEADER_BYTES = 16;
  private static final int FAMILY_HEADER_BYTES = 4;
  private static final int SUBSYSTEM = 10;
  private static final int NEW_TABLE = 0;
  private static final int DELETE_TABLE = 2;
  private static final int NEW_GENERATION = 15;
  private static final int ENOBUFS = 105;
  private static final short REQUEST_AND_ACK = 5;
  private static final short NOOP = 1;

  private final NetlinkSocket socket;

  private RuleEvents(NetlinkSocket socket) {
    this.socket = socket;
  }

  static RuleEvents open(NetworkNamespaces.Handle netns) throws IOException {
    NetlinkSocket socket = NetworkNamespaces.openNetlink(netns, NetlinkSocket.NETLINK_NETFILTER);
    try {
      socket.join(GROUP);
      return new RuleEvents(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Waits for a change that may matter.
  ///
  /// @return whether there was one
  boolean await(Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        return false;
      }
      try {
        Optional<byte[]> datagram = socket.receive(left);
        if (datagram.isPresent() && matters(datagram.get())) {
          return true;
        }
      } catch (LinuxException e) {
        if (e.errno() != ENOBUFS) {
          throw e;
        }
        return true; // so much that some of it was lost
      }
    }
  }

  /// Forgets what has been told so far.
  void drain() throws IOException {
    while (true) {
      try {
        if (socket.receive(Duration.ZERO).isEmpty()) {
          return;
        }
      } catch (LinuxException e) {
        if (e.errno() != ENOBUFS) {
          throw e;
        }
      }
    }
  }

  /// Of our own tables only that they come and go, as bridges do then: elements and rules of theirs
  /// change with every task. Pure.
  static boolean matters(byte[] datagram) {
    ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    int at = 0;
    while (at + HEADER_BYTES <= datagram.length) {
      int length = in.getInt(at);
      if (length < HEADER_BYTES || at + length > datagram.length) {
        return true; // nothing that is known: better to look
      }
      int type = in.getShort(at + 4) & 0xffff;
      if (type >> 8 != SUBSYSTEM) {
        return true; // we are woken
      }
      int what = type & 0xff;
      if (what != NEW_GENERATION && length >= HEADER_BYTES + FAMILY_HEADER_BYTES) {
        byte[] message = Arrays.copyOfRange(datagram, at, at + length);
        String table =
            Attributes.parse(message, HEADER_BYTES + FAMILY_HEADER_BYTES).text(1).orElse("");
        if (!RulesetReader.isOurs(table) || what == NEW_TABLE || what == DELETE_TABLE) {
          return true;
        }
      }
      at += length + 3 & ~3;
    }
    return false;
  }

  /// Ends a wait, from another thread: the kernel acknowledges a request for nothing.
  void wake() throws IOException {
    socket.send(
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(HEADER_BYTES)
            .putShort(NOOP)
            .putShort(REQUEST_AND_ACK)
            .putInt(1)
            .putInt(0)
            .array());
  }

  @Override
  public void close() {
    socket.close();
  }
}
