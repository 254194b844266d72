package swarm.node.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.Peer;

/// Raft's calls on the side that answers.
final class RaftService {
  private static final Logger LOG = LoggerFactory.getLogger(RaftService.class);

  /// Of one stream; its sender has a batch, a heartbeat and a few questions under way.
  private static final int MAX_UNDER_WAY = 64;

  /// So many answers let as many messages in, at once: each time gRPC is asked for more, it changes
  /// threads.
  private static final int ANSWERS = 16;

  private static final Status MALFORMED =
      Status.INVALID_ARGUMENT.withDescription(
          "a message of Raft's that is shorter than its own kind");

  private RaftService() {}

  /// One message in a call of its own.
  static void single(ClusterHandler handler, Peer peer, byte[] bytes, StreamObserver<byte[]> out) {
    Optional<RaftFrame> frame = RaftFrame.decode(ByteBuffer.wrap(bytes));
    if (frame.isEmpty()) {
      out.onError(MALFORMED.asRuntimeException());
      return;
    }
    var _ =
        handler
            .raft(frame.get().kind(), frame.get().body())
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    out.onNext(answer);
                    out.onCompleted();
                  } else {
                    out.onError(
                        Status.UNAVAILABLE
                            .withDescription(reason(peer, failure))
                            .asRuntimeException());
                  }
                });
  }

  private static String reason(Peer peer, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof IOException) {
      return String.valueOf(cause.getMessage());
    }
    LOG.error("a message of Raft's from node '{}' failed", peer.nodeId(), cause);
    return "this manager could not serve the call: see its log";
  }

  /// Many messages in one call, each answered when it can be.
  static StreamObserver<byte[]> stream(
      ClusterHandler handler, Peer peer, StreamObserver<byte[]> out) {
    return new Stream(handler, peer, (ServerCallStreamObserver<byte[]>) out);
  }

  private static final class Stream implements StreamObserver<byte[]> {
    private final ClusterHandler handler;
    private final Peer peer;
    private final ServerCallStreamObserver<byte[]> out;
    // guarded by out
    private boolean over;
    private int answered; // since more was asked for

    Stream(ClusterHandler handler, Peer peer, ServerCallStreamObserver<byte[]> out) {
      this.handler = handler;
      this.peer = peer;
      this.out = out;
      out.disableAutoRequest();
      out.setOnCancelHandler(() -> end(null));
      out.request(MAX_UNDER_WAY);
    }

    @Override
    public void onNext(byte[] bytes) {
      var from = ByteBuffer.wrap(bytes);
      if (bytes.length < RaftFrame.ID_BYTES) {
        end(MALFORMED);
        return;
      }
      long id = from.getLong();
      Optional<RaftFrame> frame = RaftFrame.decode(from);
      if (frame.isEmpty()) {
        end(MALFORMED);
        return;
      }
      var _ =
          handle(frame.get())
              .whenComplete(
                  (answer, failure) ->
                      answer(
                          failure == null
                              ? new RaftFrame.Answer(id, false, answer)
                              : new RaftFrame.Answer(
                                  id,
                                  true,
                                  reason(peer, failure).getBytes(StandardCharsets.UTF_8))));
    }

    /// The call's gate was asked when it began; its caller may have been removed since.
    private CompletableFuture<byte[]> handle(RaftFrame frame) {
      return handler.revoked(peer.nodeId())
          ? CompletableFuture.failedFuture(
              new IOException("node " + peer.nodeId() + " is not in this swarm any more"))
          : handler.raft(frame.kind(), frame.body());
    }

    private void answer(RaftFrame.Answer answer) {
      synchronized (out) {
        if (!over) {
          out.onNext(answer.encode());
          answered++;
          if (answered == ANSWERS) {
            answered = 0;
            out.request(ANSWERS);
          }
        }
      }
    }

    private void end(@Nullable Status why) {
      synchronized (out) {
        if (over) {
          return;
        }
        over = true;
        if (why != null) {
          out.onError(why.asRuntimeException());
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      end(null);
    }

    @Override
    public void onCompleted() {
      synchronized (out) {
        if (!over) {
          over = true;
          out.onCompleted();
        }
      }
    }
  }
}
