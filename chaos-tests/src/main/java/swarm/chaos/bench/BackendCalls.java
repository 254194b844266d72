package swarm.chaos.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import swarm.chaos.client.DnsQuery;
import swarm.chaos.client.HttpCall;
import swarm.chaos.client.NotSentException;
import swarm.chaos.cluster.TestCluster;
import swarm.linux.NetworkNamespaces;

/// Calls a service on several hosts at once, in each way that there is: by published port, by
/// virtual address and by name; and says when it went wrong.
///
/// @param port that is published
/// @param virtual the service's own address
/// @param name that leads to the service's tasks one by one
/// @param callers by host, the network namespace of a container that is on the service's network
record BackendCalls(
    TestCluster cluster, int port, String virtual, String name, Map<Integer, Path> callers) {
  /// One call in each way and on each host so often.
  private static final long EVERY_MILLIS = 20;

  /// A call that takes longer was led to nobody.
  private static final Duration ANSWER = Duration.ofMillis(500);

  /// So long without a wrong call is enough.
  private static final Duration QUIET = Duration.ofMillis(1_500);

  private static final int SERVER_PORT = 80;

  /// How a backend is reached.
  enum Way {
    PORT,
    VIRTUAL_ADDRESS,
    NAME
  }

  /// What is to happen while calls are made.
  interface Fault {
    void happen() throws IOException, InterruptedException;
  }

  /// @param why in the caller's words
  private record Wrong(Way way, long at, String why) {}

  /// The last call that went wrong.
  ///
  /// @param millis from the beginning of the fault to the beginning of the call; 0 where none did
  record Last(Way way, long millis, String why) {}

  /// Makes calls before, while and after something happens, until none has gone wrong for a while.
  ///
  /// @param dead the address of the backend that will be dead, which names must not lead to
  /// @return by way, the last call on any host that went wrong
  /// @throws IOException where calls still go wrong after the limit
  Map<Way, Last> during(Fault fault, String dead, Duration limit)
      throws IOException, InterruptedException {
    var wrong = new ConcurrentLinkedQueue<Wrong>();
    var loops = new ArrayList<Thread>();
    try {
      callers.forEach(
          (host, netns) -> {
            loops.add(loop(Way.PORT, wrong, () -> byPort(host)));
            loops.add(loop(Way.VIRTUAL_ADDRESS, wrong, () -> byVirtualAddress(netns)));
            loops.add(loop(Way.NAME, wrong, () -> byName(netns, dead)));
          });
      long start = System.nanoTime();
      fault.happen();
      awaitQuiet(wrong, start, limit);
      return last(wrong, start);
    } finally {
      loops.forEach(Thread::interrupt);
      for (Thread loop : loops) {
        loop.join();
      }
    }
  }

  private interface Call {
    /// @throws IOException where it went wrong
    void make() throws IOException;
  }

  private static Thread loop(Way way, ConcurrentLinkedQueue<Wrong> wrong, Call call) {
    return Thread.ofVirtual()
        .start(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                long at = System.nanoTime();
                Thread.ofVirtual()
                    .start(
                        () -> {
                          try {
                            call.make();
                          } catch (IOException e) {
                            wrong.add(new Wrong(way, at, String.valueOf(e.getMessage())));
                          }
                        });
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS));
              }
            });
  }

  private void byPort(int host) throws IOException {
    try {
      check(cluster.send(host, port, "GET", "/", "text/plain", new byte[0], ANSWER));
    } catch (IOException e) {
      throw told("at host " + host, e);
    }
  }

  private void byVirtualAddress(Path netns) throws IOException {
    var to = new InetSocketAddress(InetAddress.ofLiteral(virtual), SERVER_PORT);
    try {
      check(
          NetworkNamespaces.call(
              netns, () -> HttpCall.send(to, "GET", "/", "text/plain", new byte[0], ANSWER)));
    } catch (IOException e) {
      throw told("from " + netns, e);
    }
  }

  /// Whether there was a connection matters: who is led to a silent host gets none.
  private static IOException told(String where, IOException e) {
    String what = e instanceof NotSentException ? "not connected" : "connected";
    return new IOException(where + ", " + what + ": " + e.getMessage(), e);
  }

  private static void check(HttpCall.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status());
    }
  }

  private void byName(Path netns, String dead) throws IOException {
    Set<String> found;
    try {
      found = addresses(netns);
    } catch (SocketTimeoutException _) {
      return; // a name server that is slow leads nobody to the dead
    }
    if (found.contains(dead)) {
      throw new IOException(name + " leads to " + dead);
    }
  }

  /// Whether names lead every caller there.
  boolean ledTo(String address) throws IOException {
    for (Path netns : callers.values()) {
      if (!addresses(netns).contains(address)) {
        return false;
      }
    }
    return true;
  }

  private Set<String> addresses(Path netns) throws IOException {
    InetAddress server = InetAddress.ofLiteral("127.0.0.11");
    return NetworkNamespaces.call(netns, () -> DnsQuery.addresses(server, name, ANSWER));
  }

  private static void awaitQuiet(ConcurrentLinkedQueue<Wrong> wrong, long start, Duration limit)
      throws IOException, InterruptedException {
    while (true) {
      long now = System.nanoTime();
      long last = start;
      for (Wrong each : wrong) {
        last = Math.max(last, each.at());
      }
      // a call shows that it went wrong when its time is over, not sooner
      if (now - last > QUIET.plus(ANSWER).toNanos()) {
        return;
      }
      if (now - start > limit.toNanos()) {
        throw new IOException(
            "calls still went wrong "
                + (last - start) / 1_000_000
                + " ms after the fault: "
                + last(wrong, start));
      }
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
    }
  }

  private static Map<Way, Last> last(ConcurrentLinkedQueue<Wrong> wrong, long start) {
    var all = new EnumMap<Way, Last>(Way.class);
    for (Way way : Way.values()) {
      all.put(
          way,
          wrong.stream()
              .filter(each -> each.way() == way)
              .max(Comparator.comparingLong(Wrong::at))
              .map(each -> new Last(way, (each.at() - start) / 1_000_000, each.why()))
              .orElse(new Last(way, 0, "")));
    }
    return all;
  }
}
