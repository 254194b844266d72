package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import swarm.raft.transport.RaftInbound;
import swarm.raft.transport.RaftTransport;

/// The network between members of one process. What goes over a cut wire is lost without a word, as
/// behind a pulled cable; what goes to nobody is refused, as by a host without the program.
public final class Wires {
  private final Map<String, RaftInbound> members = new ConcurrentHashMap<>();
  private static final int LARGE_BYTES = 10_000;

  private volatile Duration largeDelay = Duration.ZERO;
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();

  private volatile String isolatedAtMembers = "";

  public RaftTransport from(String address) {
    return (_, to, kind, request) -> {
      if (to.equals(isolatedAtMembers) && namesMembers(kind, request)) {
        isolate(to);
      }
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
      byte[] reply = inbound.handle(kind, request).get();
      if (!cut(from, to)) {
        answer.complete(reply);
      }
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      answer.completeExceptionally(new IOException(e.toString(), e));
    }
  }

  /// Cuts off whoever is about to hear of its own place among the members: the leader has written
  /// that down by then, and needs it.
  public void isolateAtTheNewMembers(String address) {
    isolatedAtMembers = address;
  }

  private boolean namesMembers(String kind, byte[] request) {
    if (!kind.equals(Kind.APPEND.wireName())) {
      return false;
    }
    try {
      return AppendEntriesRequestProto.parseFrom(request).getEntriesList().stream()
          .filter(LogEntryProto::hasConfigurationEntry)
          .anyMatch(
              entry ->
                  entry.getConfigurationEntry().getPeersList().stream()
                      .anyMatch(peer -> peer.getAddress().equals(isolatedAtMembers)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the members' own message", e);
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
