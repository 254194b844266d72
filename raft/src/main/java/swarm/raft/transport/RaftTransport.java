package swarm.raft.transport;

import java.util.concurrent.CompletableFuture;

/// Carries Raft's messages to other members: opaque bytes in, opaque bytes back.
public interface RaftTransport {
  /// Sends a request to the member at `address` (`host:port`) and completes with its answer, or
  /// exceptionally with an [java.io.IOException] where it cannot be reached or does not answer
  /// within the transport's own limit. The other side hands `kind` and `request` to its
  /// [RaftInbound].
  ///
  /// @param kind a short name of the message's type, such as `append`
  CompletableFuture<byte[]> send(String address, String kind, byte[] request);
}
