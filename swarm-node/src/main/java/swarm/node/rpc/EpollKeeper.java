package swarm.node.rpc;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/// Netty's epoll, whose sockets stay registered for as long as they are open.
///
/// Netty 4.2.13 and later (pull request 16689) takes a socket that waits for nothing out of the
/// epoll set, and does not put it back: the next wish for an event fails with ENOENT, and the
/// connection is closed with all that was still to be sent. A client of a paused connection that
/// ends its input is enough: a `docker run -i` with more input than the container takes at once
/// lost its output. A socket that waits for nothing is registered edge-triggered here instead: the
/// kernel reports its errors once, rather than for ever, which was the reason for taking it out.
final class EpollKeeper implements IoHandler {
  private final IoHandler epoll;

  private EpollKeeper(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return executor -> new EpollKeeper(epoll.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Kept(epoll.register(handle));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }

  /// A socket's place in the epoll set. Its loop's thread calls [#submit].
  private static final class Kept implements IoRegistration {
    private final IoRegistration inner;

    /// A socket that is not connected yet is in no set, and need not be.
    private boolean added;

    Kept(IoRegistration inner) {
      this.inner = inner;
    }

    @Override
    public long submit(IoOps wanted) {
      if (!wanted.equals(EpollIoOps.NONE)) {
        added = true;
        return inner.submit(wanted);
      }
      return added ? inner.submit(EpollIoOps.EPOLLET) : inner.submit(wanted);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
    public <T> T attachment() {
      return inner.attachment();
    }

    @Override
    public boolean isValid() {
      return inner.isValid();
    }

    @Override
    public boolean cancel() {
      return inner.cancel();
    }
  }
}
