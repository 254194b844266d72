package swarm.chaos.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import swarm.linux.NetworkNamespaces;

/// A server in one network namespace that sends back what it gets, and connections to it that last.
final class PingPong implements AutoCloseable {
  private static final int BYTES = 64;
  private static final int BATCH = 250;
  private static final int LIMIT_MILLIS = 5_000;

  private final ServerSocket listening;
  private final List<Socket> open = new ArrayList<>(); // guarded by itself

  private PingPong(ServerSocket listening) {
    this.listening = listening;
  }

  /// Listens at a port of a namespace.
  static PingPong listen(Path netns, int port) throws IOException {
    var server = new PingPong(NetworkNamespaces.call(netns, () -> new ServerSocket(port)));
    Thread.ofPlatform().name("ping-pong").daemon().start(server::accept);
    return server;
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = listening.accept();
        keep(caller);
        Thread.ofPlatform().name("pong").daemon().start(() -> echo(caller));
      }
    } catch (IOException _) {
      // closed: callers see it
    }
  }

  private void keep(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    synchronized (open) {
      open.add(socket);
    }
  }

  private static void echo(Socket caller) {
    byte[] bytes = new byte[BYTES];
    try {
      for (int n = caller.getInputStream().read(bytes);
          n > 0;
          n = caller.getInputStream().read(bytes)) {
        caller.getOutputStream().write(bytes, 0, n);
      }
    } catch (IOException _) {
      // the caller sees that it is over
    }
  }

  /// Connects; the socket stays in the namespace of the calling thread.
  Socket connect(String address, int port) throws IOException {
    var socket = new Socket();
    keep(socket);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), LIMIT_MILLIS);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  /// Sends a message and waits until as much has come back.
  ///
  /// @throws IOException where it does not within seconds
  static void ping(Socket socket) throws IOException {
    socket.getOutputStream().write(new byte[BYTES]);
    if (socket.getInputStream().readNBytes(BYTES).length < BYTES) {
      throw new IOException("the connection was closed");
    }
  }

  /// Two connections that are compared: where the threads behind one happen to run weighs more than
  /// what the network adds, so there should be several pairs.
  record Pair(Socket one, Socket other) {}

  /// Median round trips in microseconds of the first and of the second connections of all pairs
  /// together, in turns of some hundred messages each, the first tenth of which does not count.
  ///
  /// @param turns of each pair
  static double[] medians(List<Pair> pairs, int turns) throws IOException {
    var ones = new ArrayList<Long>();
    var others = new ArrayList<Long>();
    for (int turn = 0; turn < turns; turn++) {
      boolean counts = turn >= turns / 10;
      for (Pair pair : pairs) {
        batch(pair.one(), counts ? ones : new ArrayList<>());
        batch(pair.other(), counts ? others : new ArrayList<>());
      }
    }
    return new double[] {medianMicros(ones), medianMicros(others)};
  }

  private static void batch(Socket socket, List<Long> nanos) throws IOException {
    for (int i = 0; i < BATCH; i++) {
      long start = System.nanoTime();
      ping(socket);
      nanos.add(System.nanoTime() - start);
    }
  }

  private static double medianMicros(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e3;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    synchronized (open) {
      for (Socket each : open) {
        each.close();
      }
    }
  }
}
