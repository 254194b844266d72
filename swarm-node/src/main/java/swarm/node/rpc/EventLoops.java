package swarm.node.rpc;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.TimeUnit;

/// The one group of network threads of a daemon: API, cluster port and calls to other nodes share
/// it. Handlers on it never block.
public final class EventLoops implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8), EpollKeeper.newFactory());

  /// The threads, for Netty's bootstraps.
  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
