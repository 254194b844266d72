package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import swarm.raft.transport.RaftInbound;
import swarm.raft.transport.RaftTransport;

/// The network between members of one process. What goes over a cut wire is lost without a word, as
/// behind a pulled cable; what goes to nobody is refused, as by a host without the program.
public final class Wires {
  private final Map<String, RaftInbound> members = new ConcurrentHashMap<>();
  private static final int LARGE_BYTES = 10_000;

  private volatile Duration largeDelay = Duration.ZERO;
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();

  public RaftTransport from(String address) {
    return (to, kind, request) -> {
      if (cut(address, to)) {
        return new CompletableFuture<>();
      }
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      Thread.startVirtualThread(() -> deliver(address, to, kind, request, answer));
      return answer;
    };
  }

  private void deliver(
      String from, String to, String kind, byte[] request, CompletableFuture<byte[]> answer) {
    RaftInbound inbound = members.get(to);
    if (inbound == null) {
      answer.completeExceptionally(new IOException("Connection refused: " + to));
      return;
    }
    try {
      if (request.length > LARGE_BYTES) {
        Thread.sleep(largeDelay);
      }
      byte[] reply = inbound.handle(kind, request);
      if (!cut(from, to)) {
        answer.complete(reply);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      answer.completeExceptionally(new IOException(e.toString(), e));
    }
  }

  private boolean cut(String a, String b) {
    return !a.equals(b) && (isolated.contains(a) || isolated.contains(b));
  }

  /// Large messages to everybody take this long from now on, as with slow disks behind them.
  public void slowLargeMessages(Duration delay) {
    largeDelay = delay;
  }

  public void plug(String address, RaftInbound inbound) {
    members.put(address, inbound);
  }

  public void unplug(String address) {
    members.remove(address);
  }

  public void isolate(String address) {
    isolated.add(address);
  }

  public void heal() {
    isolated.clear();
  }
}
