package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// One `AF_NETLINK` socket: it carries datagrams to and from the kernel and knows nothing of what
/// is in them (netlink(7)).
///
/// The socket stays in the network namespace of the thread that opened it, whichever thread uses it
/// later ([NetworkNamespaces#openNetlink]). Not thread-safe: one exchange at a time. Requests are
/// answered within the call to [#send], so a later [#receive] with no timeout finds every answer.
public final class NetlinkSocket implements AutoCloseable {
  /// Links, addresses, routes, rules and neighbours (rtnetlink(7)).
  public static final int NETLINK_ROUTE = 0;

  /// nf_tables and connection tracking.
  public static final int NETLINK_NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_GET_STRICT_CHK = 12;
  private static final int NETLINK_LISTEN_ALL_NSID = 8;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_TRUNC = 0x20;
  private static final short POLLIN = 1;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  /// Larger than any datagram that the kernel makes for a dump (32 KiB).
  private static final int RECEIVE_BYTES = 64 * 1024;

  /// A transaction of nf_tables is one datagram: its size bounds how much changes at once.
  private static final int SEND_BUFFER_BYTES = 8 * 1024 * 1024;

  private static final int RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

  private static final MethodHandle SOCKET =
      Syscalls.libc("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      Syscalls.libc("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      Syscalls.libc(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      Syscalls.libc("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SEND =
      Syscalls.libc(
          "send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV =
      Syscalls.libc(
          "recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle POLL =
      Syscalls.libc("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE =
      Syscalls.libc("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  /// `struct sockaddr_nl`; all zero asks the kernel for a port of its choice and no groups.
  private static final StructLayout SOCKADDR_NL =
      MemoryLayout.structLayout(JAVA_SHORT, JAVA_SHORT, JAVA_INT, JAVA_INT);

  private final AtomicInteger fd;

  private NetlinkSocket(int fd) {
    this.fd = new AtomicInteger(fd);
  }

  /// Opens a socket of the given netlink protocol in the calling thread's network namespace.
  ///
  /// @throws LinuxException where the kernel lacks the protocol or the caller lacks CAP_NET_ADMIN
  public static NetlinkSocket open(int protocol) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      int fd = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
      if (fd < 0) {
        throw new LinuxException("open netlink socket " + protocol, Syscalls.errno(state));
      }
      var socket = new NetlinkSocket(fd);
      try {
        socket.configure(arena, state);
      } catch (LinuxException e) {
        socket.close();
        throw e;
      }
      return socket;
    } catch (LinuxException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("socket(2) could not be called", e);
    }
  }

  private void configure(Arena arena, MemorySegment state) throws Throwable {
    option(arena, state, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER_BYTES);
    option(arena, state, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
    // errors do not echo the whole request, but say in words what was wrong with it
    option(arena, state, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    option(arena, state, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    // dumps honour the filter in their request
    option(arena, state, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    MemorySegment address = arena.allocate(SOCKADDR_NL);
    address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
    int result = (int) BIND.invokeExact(state, fd.get(), address, (int) SOCKADDR_NL.byteSize());
    if (result < 0) {
      throw new LinuxException("bind netlink socket", Syscalls.errno(state));
    }
  }

  private void option(Arena arena, MemorySegment state, int level, int name, int value)
      throws Throwable {
    MemorySegment box = arena.allocate(JAVA_INT);
    box.set(JAVA_INT, 0, value);
    int result = (int) SETSOCKOPT.invokeExact(state, fd.get(), level, name, box, 4);
    if (result < 0) {
      throw new LinuxException("set netlink socket option " + name, Syscalls.errno(state));
    }
  }

  /// The number by which the kernel knows the socket in its namespace: what it tells of a change
  /// names the socket that asked for it.
  public int port() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      MemorySegment address = arena.allocate(SOCKADDR_NL);
      MemorySegment length = arena.allocate(JAVA_INT);
      length.set(JAVA_INT, 0, (int) SOCKADDR_NL.byteSize());
      int result = (int) GETSOCKNAME.invokeExact(state, open(), address, length);
      if (result < 0) {
        throw new LinuxException("ask for the netlink socket's port", Syscalls.errno(state));
      }
      return address.get(JAVA_INT, 4);
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("getsockname(2) could not be called", e);
    }
  }

  /// Also hears what the kernel tells of other network namespaces that this one knows, as those of
  /// containers whose cables end here. A message does not say which namespace it is of.
  public void hearNeighbours() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      option(arena, Syscalls.errnoState(arena), SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1);
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("setsockopt(2) could not be called", e);
    }
  }

  /// Also hears what the kernel tells a group of listeners, such as `NFNLGRP_NFTABLES`. Where it
  /// tells more than fits the receive buffer, [#receive] fails once with ENOBUFS.
  public void join(int group) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      option(arena, Syscalls.errnoState(arena), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("setsockopt(2) could not be called", e);
    }
  }

  /// Sends one datagram: one message, or several that the kernel handles in order.
  ///
  /// @throws LinuxException such as EMSGSIZE where the datagram exceeds the send buffer (8 MiB)
  public void send(byte[] datagram) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, datagram);
      long sent;
      do {
        sent = (long) SEND.invokeExact(state, open(), data, (long) datagram.length, 0);
      } while (sent < 0 && Syscalls.errno(state) == EINTR);
      if (sent < 0) {
        throw new LinuxException(
            "send " + datagram.length + " bytes to the kernel", Syscalls.errno(state));
      }
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("send(2) could not be called", e);
    }
  }

  /// The next datagram, or empty when none came within `timeout` (zero: only what is there).
  ///
  /// @throws LinuxException ENOBUFS where answers were lost because the receive buffer (4 MiB) was
  ///   full
  public Optional<byte[]> receive(Duration timeout) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      if (timeout.isPositive() && !readable(arena, state, timeout, List.of(this))) {
        return Optional.empty();
      }
      MemorySegment buffer = arena.allocate(RECEIVE_BYTES);
      long got;
      do {
        got =
            (long)
                RECV.invokeExact(
                    state, open(), buffer, (long) RECEIVE_BYTES, MSG_DONTWAIT | MSG_TRUNC);
      } while (got < 0 && Syscalls.errno(state) == EINTR);
      if (got < 0 && Syscalls.errno(state) == EAGAIN) {
        return Optional.empty();
      }
      if (got < 0) {
        throw new LinuxException("receive from the kernel", Syscalls.errno(state));
      }
      if (got > RECEIVE_BYTES) {
        throw new IllegalStateException(
            "netlink datagram of " + got + " bytes exceeds the buffer of " + RECEIVE_BYTES);
      }
      return Optional.of(buffer.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE));
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("recv(2) could not be called", e);
    }
  }

  /// Waits until one of the sockets has a datagram.
  ///
  /// @return whether one has
  public static boolean awaitAny(Duration timeout, List<NetlinkSocket> sockets)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      return readable(arena, Syscalls.errnoState(arena), timeout, sockets);
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("poll(2) could not be called", e);
    }
  }

  private static boolean readable(
      Arena arena, MemorySegment state, Duration timeout, List<NetlinkSocket> sockets)
      throws Throwable {
    MemorySegment poll = arena.allocate(8L * sockets.size(), 4);
    for (int at = 0; at < sockets.size(); at++) {
      poll.set(JAVA_INT, 8L * at, sockets.get(at).open());
      poll.set(JAVA_SHORT, 8L * at + 4, POLLIN);
    }
    int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
    int ready = (int) POLL.invokeExact(state, poll, (long) sockets.size(), millis);
    if (ready < 0 && Syscalls.errno(state) != EINTR) {
      throw new LinuxException("wait for the kernel's answer", Syscalls.errno(state));
    }
    return ready > 0;
  }

  private int open() {
    int open = fd.get();
    if (open < 0) {
      throw new IllegalStateException("this netlink socket is closed");
    }
    return open;
  }

  /// Closes the socket; closing twice is harmless.
  @Override
  public void close() {
    int open = fd.getAndSet(-1);
    if (open < 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(Syscalls.errnoState(arena), open);
    } catch (Throwable e) {
      throw new IllegalStateException("close(2) could not be called", e);
    }
  }
}
