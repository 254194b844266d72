package swarm.raft.transport;

import java.util.concurrent.CompletableFuture;

/// Carries Raft's messages to other members: opaque bytes in, opaque bytes back.
public interface RaftTransport {
  /// Sends a request to a member and completes with its answer, or exceptionally with an
  /// [java.io.IOException] where it cannot be reached or does not answer within the transport's own
  /// limit. The other side hands `kind` and `request` to its [RaftInbound].
  ///
  /// @param memberId whom it is for
  /// @param address where that one was when it joined. It may have moved since, and another member
  ///   may be there now
  /// @param kind a short name of the message's type, such as `append`
  CompletableFuture<byte[]> send(String memberId, String address, String kind, byte[] request);
}
