package swarm.node.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Raft's small messages to one manager, over one call that stays open: a call of its own for each
/// costs more than Raft itself does with it. Answers come in any order. Once it is over, whoever
/// wants to send opens another. Thread-safe.
final class RaftStream implements StreamObserver<byte[]> {
  /// Larger messages have calls of their own, so that heartbeats need not wait behind them.
  static final int MAX_BYTES = 16 * 1024;

  /// What is not answered for so long is given up; Raft itself gave it up before.
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);

  private record Waiting(CompletableFuture<byte[]> reply, long sentNanos) {}

  private final String address;
  private final Runnable onBroken;

  // all guarded by this
  private final Map<Long, Waiting> waiting = new LinkedHashMap<>(); // the oldest first
  private @Nullable StreamObserver<byte[]> out;
  private long lastId;
  private boolean over;

  private RaftStream(String address, Runnable onBroken) {
    this.address = address;
    this.onBroken = onBroken;
  }

  /// @param onBroken told when it is over, except by the other side's own will
  static RaftStream open(Channel channel, String address, Runnable onBroken) {
    var stream = new RaftStream(address, onBroken);
    // Answers complete futures and no more, for which no thread need be changed.
    StreamObserver<byte[]> out =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(Methods.RAFT_STREAM, CallOptions.DEFAULT.withExecutor(Runnable::run)),
            stream);
    synchronized (stream) {
      stream.out = out;
    }
    return stream;
  }

  synchronized boolean over() {
    return over;
  }

  CompletableFuture<byte[]> send(RaftFrame frame) {
    var reply = new CompletableFuture<byte[]>();
    List<Waiting> late;
    synchronized (this) {
      if (over || out == null) {
        reply.completeExceptionally(new IOException("manager " + address + " cannot be reached"));
        return reply;
      }
      late = expired();
      lastId++;
      waiting.put(lastId, new Waiting(reply, System.nanoTime()));
      out.onNext(frame.encode(lastId));
    }
    fail(late, new IOException("manager " + address + " did not answer"));
    return reply;
  }

  /// Ends it from this side, once nobody waits for an answer.
  void hangUp() {
    StreamObserver<byte[]> open;
    synchronized (this) {
      open = over ? null : out;
      over = true;
    }
    if (open != null) {
      open.onCompleted();
    }
  }

  private List<Waiting> expired() {
    var late = new ArrayList<Waiting>();
    long now = System.nanoTime();
    var oldest = waiting.values().iterator();
    while (oldest.hasNext()) {
      Waiting one = oldest.next();
      if (now - one.sentNanos() < LIMIT_NANOS) {
        break;
      }
      oldest.remove();
      late.add(one);
    }
    return late;
  }

  @Override
  public void onNext(byte[] bytes) {
    RaftFrame.Answer.decode(bytes).ifPresent(this::answered); // who sends less answers nothing
  }

  private void answered(RaftFrame.Answer answer) {
    Waiting asked;
    synchronized (this) {
      asked = waiting.remove(answer.id());
    }
    if (asked == null) {
      return; // given up
    }
    if (answer.failed()) {
      asked
          .reply()
          .completeExceptionally(
              new IOException(
                  "manager " + address + ": " + new String(answer.body(), StandardCharsets.UTF_8)));
    } else {
      asked.reply().complete(answer.body());
    }
  }

  @Override
  public void onError(Throwable error) {
    onBroken.run();
    end(new IOException("manager " + address + ": " + error.getMessage(), error));
  }

  @Override
  public void onCompleted() {
    end(new IOException("manager " + address + " hung up"));
  }

  private void end(IOException why) {
    List<Waiting> all;
    synchronized (this) {
      over = true;
      all = new ArrayList<>(waiting.values());
      waiting.clear();
    }
    fail(all, why);
  }

  /// Without the lock: what waits goes on at once, and may send.
  private static void fail(List<Waiting> those, IOException why) {
    those.forEach(one -> one.reply().completeExceptionally(why));
  }
}
