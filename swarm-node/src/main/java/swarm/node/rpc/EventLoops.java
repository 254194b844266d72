package swarm.node.rpc;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// The one group of network threads of a daemon: API, cluster port and calls to other nodes share
/// it. Handlers on it never block. Raft's heartbeats are sent, answered and counted on them, so
/// they go before whatever else keeps the processors busy: a leader is not to be doubted for want
/// of a few microseconds, many times a second.
public final class EventLoops implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8),
          urgent(),
          EpollKeeper.newFactory());

  private static ThreadFactory urgent() {
    var plain = new DefaultThreadFactory("network");
    return task ->
        plain.newThread(
            () -> {
              Niceness.goBefore();
              task.run();
            });
  }

  /// The threads, for Netty's bootstraps.
  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
