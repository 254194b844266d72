package swarm.raft.engine;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftPeerId;

/// What members ask each other beside Ratis' messages. Each answer comes, or fails, within the RPC
/// timeout. Thread-safe.
final class Questions {
  private final Node node;
  private final TransportRpc rpc;

  Questions(Node node, TransportRpc rpc) {
    this.node = node;
    this.rpc = rpc;
  }

  /// Which term a member is in.
  CompletableFuture<Long> term(String member) {
    return ask(member, Kind.TERM);
  }

  /// Up to where a leader's state machine must have come for a read to be fresh.
  CompletableFuture<Long> readIndex(String leader) {
    return ask(leader, Kind.READ_INDEX);
  }

  private CompletableFuture<Long> ask(String member, Kind kind) {
    byte[] request = new Addressed(node.group().getUuid(), member).encode();
    return rpc.send(RaftPeerId.valueOf(member), kind, request)
        .thenCompose(
            bytes -> {
              try {
                return CompletableFuture.completedFuture(Addressed.decodeLong(bytes));
              } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
              }
            });
  }
}
