package swarm.node.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Bounds the joins of callers without a certificate: how many there are at a time, for how long,
/// and how often they come. What they may send is bounded by [StrangerConnections]. Thread-safe.
final class StrangerCalls {
  private final StrangerLimits limits;
  private final Semaphore slots;
  private final EventLoops loops;
  private final LongSupplier nanos;
  private final StrangerRates rates; // guarded by itself

  /// @param nanos a clock that only goes forward
  StrangerCalls(StrangerLimits limits, EventLoops loops, LongSupplier nanos) {
    this.limits = limits;
    this.slots = new Semaphore(limits.joins());
    this.loops = loops;
    this.nanos = nanos;
    this.rates = new StrangerRates(limits.rates(), nanos.getAsLong());
  }

  /// How many more could begin now.
  int free() {
    return slots.availablePermits();
  }

  /// Starts a stranger's call with `start`, or refuses it where too many are under way.
  <A, B> ServerCall.Listener<A> admit(
      ServerCall<A, B> call, Function<ServerCall<A, B>, ServerCall.Listener<A>> start) {
    InetAddress address = address(call);
    Optional<String> refusal = enter(address);
    if (refusal.isPresent()) {
      return refuse(call, refusal.get());
    }
    if (!slots.tryAcquire()) {
      return refuse(
          call,
          "this manager has " + limits.joins() + " joins under way; try again in a few seconds");
    }
    var ending = new Ending<>(call, () -> wrong(address));
    Future<?> limit =
        loops
            .group()
            .schedule(
                () -> ending.expire(limits.joinTime()),
                limits.joinTime().toMillis(),
                TimeUnit.MILLISECONDS);
    return new Releasing<>(start.apply(ending), limit, slots);
  }

  private Optional<String> enter(InetAddress address) {
    synchronized (rates) {
      return rates.enter(address, nanos.getAsLong());
    }
  }

  private void wrong(InetAddress address) {
    synchronized (rates) {
      rates.wrong(address, nanos.getAsLong());
    }
  }

  private static <A> ServerCall.Listener<A> refuse(ServerCall<A, ?> call, String why) {
    call.close(Status.RESOURCE_EXHAUSTED.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /// Where a call comes from.
  static InetAddress address(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress at
        ? at.getAddress()
        : InetAddress.getLoopbackAddress(); // a call that comes over no network
  }

  /// Whether a call that ended so was one of somebody who guesses, or may have been.
  private static boolean unproven(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED -> true;
      default -> false;
    };
  }

  /// A call that may be ended by its time limit while its handler answers: the first one counts.
  private static final class Ending<A, B> extends SimpleForwardingServerCall<A, B> {
    private final Runnable onUnproven;
    private boolean ended;

    Ending(ServerCall<A, B> call, Runnable onUnproven) {
      super(call);
      this.onUnproven = onUnproven;
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
        if (unproven(status)) {
          onUnproven.run();
        }
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
