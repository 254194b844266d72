package swarm.node.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Bounds the joins of callers without a certificate: how many there are at a time, and for how
/// long. What they may send is bounded by [StrangerConnections]. Thread-safe.
final class StrangerCalls {
  private final StrangerLimits limits;
  private final Semaphore slots;
  private final EventLoops loops;

  StrangerCalls(StrangerLimits limits, EventLoops loops) {
    this.limits = limits;
    this.slots = new Semaphore(limits.joins());
    this.loops = loops;
  }

  /// How many more could begin now.
  int free() {
    return slots.availablePermits();
  }

  /// Starts a stranger's call with `start`, or refuses it where too many are under way.
  <A, B> ServerCall.Listener<A> admit(
      ServerCall<A, B> call, Function<ServerCall<A, B>, ServerCall.Listener<A>> start) {
    if (!slots.tryAcquire()) {
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "this manager has "
                  + limits.joins()
                  + " joins under way; try again in a few seconds"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var ending = new Ending<>(call);
    Future<?> limit =
        loops
            .group()
            .schedule(
                () -> ending.expire(limits.joinTime()),
                limits.joinTime().toMillis(),
                TimeUnit.MILLISECONDS);
    return new Releasing<>(start.apply(ending), limit, slots);
  }

  /// A call that may be ended by its time limit while its handler answers: the first one counts.
  private static final class Ending<A, B> extends SimpleForwardingServerCall<A, B> {
    private boolean ended;

    Ending(ServerCall<A, B> call) {
      super(call);
    }

    void expire(Duration limit) {
      close(
          Status.DEADLINE_EXCEEDED.withDescription(
              "a join is given " + limit.toMillis() + " ms; try again"),
          new Metadata());
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!ended) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(B message) {
      if (!ended) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }
  }

  /// Frees a call's slot at its end, which gRPC tells once, whichever side ended it.
  private static final class Releasing<A> extends SimpleForwardingServerCallListener<A> {
    private final Future<?> limit;
    private final Semaphore slots;
    private final AtomicBoolean released = new AtomicBoolean();

    Releasing(ServerCall.Listener<A> inner, Future<?> limit, Semaphore slots) {
      super(inner);
      this.limit = limit;
      this.slots = slots;
    }

    private void release() {
      if (released.compareAndSet(false, true)) {
        limit.cancel(false);
        slots.release();
      }
    }

    @Override
    public void onCancel() {
      release();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      release();
      super.onComplete();
    }
  }
}
