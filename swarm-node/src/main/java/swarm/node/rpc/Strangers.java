package swarm.node.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Keeps small what callers without a certificate can make this node hold: the bytes of a join, how
/// many joins there are at a time, and for how long. Thread-safe.
final class Strangers {
  /// Of a whole join: a certification request has some 500 bytes.
  static final int MAX_JOIN_BYTES = 16 * 1024;

  /// Joins under way of callers without a certificate, on all connections together.
  static final int MAX_CALLS = 32;

  /// Our own client waits no longer for an answer.
  private static final long LIMIT_SECONDS = 10;

  private final Semaphore slots = new Semaphore(MAX_CALLS);
  private final EventLoops loops;

  Strangers(EventLoops loops) {
    this.loops = loops;
  }

  /// Ends a join when more bytes have come than a join has, while the message is still being put
  /// together: gRPC's own limit is one for all callers, and members send more.
  static ServerStreamTracer.Factory meter() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return method.equals(Methods.JOIN.getFullMethodName())
            ? new JoinMeter()
            : new ServerStreamTracer() {};
      }
    };
  }

  private static final class JoinMeter extends ServerStreamTracer {
    private long bytes; // a stream's bytes come one after the other

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      if (bytes > MAX_JOIN_BYTES) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("a join has at most " + MAX_JOIN_BYTES + " bytes")
            .asRuntimeException();
      }
    }
  }

  /// Starts a stranger's call with `start`, or refuses it where too many are under way.
  <A, B> ServerCall.Listener<A> admit(
      ServerCall<A, B> call, Function<ServerCall<A, B>, ServerCall.Listener<A>> start) {
    if (!slots.tryAcquire()) {
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "this manager has " + MAX_CALLS + " joins under way; try again in a few seconds"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var ending = new Ending<>(call);
    Future<?> limit = loops.group().schedule(ending::expire, LIMIT_SECONDS, TimeUnit.SECONDS);
    return new Releasing<>(start.apply(ending), limit, slots);
  }

  /// A call that may be ended by its time limit while its handler answers: the first one counts.
  private static final class Ending<A, B> extends SimpleForwardingServerCall<A, B> {
    private boolean ended;

    Ending(ServerCall<A, B> call) {
      super(call);
    }

    void expire() {
      close(
          Status.DEADLINE_EXCEEDED.withDescription(
              "a join is given " + LIMIT_SECONDS + " s; try again"),
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
