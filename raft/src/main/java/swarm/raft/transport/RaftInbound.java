package swarm.raft.transport;

import java.util.concurrent.CompletableFuture;

/// Where a transport delivers what other members sent. Never blocks.
@FunctionalInterface
public interface RaftInbound {
  /// @return the answer once it is there, or an [java.io.IOException] with the reason why there is
  ///   none
  CompletableFuture<byte[]> handle(String kind, byte[] request);
}
