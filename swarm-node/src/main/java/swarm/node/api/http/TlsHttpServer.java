package swarm.node.api.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import swarm.node.rpc.EventLoops;

/// Serves HTTP over TLS to clients that show a certificate of the operator's authority: whoever has
/// one may do all that root may. Nobody else gets an answer. Thread-safe.
public final class TlsHttpServer implements AutoCloseable {
  private static final long HANDSHAKE_SECONDS = 10;

  /// A client whose machine is gone says so to nobody: who attaches to a quiet container, or
  /// follows events, is asked after so long whether it is still there, and forgotten after that
  /// many probes without an answer.
  private static final int QUIET_SECONDS = 30;

  private static final int PROBE_SECONDS = 10;
  private static final int PROBES = 3;

  private final Channel channel;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /// Listens at an address.
  ///
  /// @param context asks clients for a certificate
  /// @throws IOException where the address cannot be had
  public TlsHttpServer(
      SslContext context, InetSocketAddress address, EventLoops loops, HttpHandler handler)
      throws IOException {
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(EpollChannelOption.TCP_KEEPIDLE, QUIET_SECONDS)
            .childOption(EpollChannelOption.TCP_KEEPINTVL, PROBE_SECONDS)
            .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    SslHandler handshake = context.newHandler(client.alloc());
                    handshake.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
                    client.pipeline().addLast(handshake).addLast(new EndOfInput());
                    HttpServer.addHandlers(client.pipeline(), handler, executor);
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      executor.shutdownNow();
      throw new IOException(
          "cannot listen at tcp://"
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + bound.cause().getMessage());
    }
    channel = bound.channel();
  }

  /// Where it listens; the port is the one chosen by the kernel where 0 was asked for.
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /// A client's `close_notify` ends what it says, and not what it hears (RFC 8446, 6.1): as with a
  /// socket that is half closed, so that `docker run -i` can end its input.
  private static final class EndOfInput extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      context.fireUserEventTriggered(
          event instanceof SslCloseCompletionEvent ? ChannelInputShutdownEvent.INSTANCE : event);
    }
  }

  /// Stops listening; requests that are under way are cut when the event loops end.
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    executor.shutdownNow();
  }
}
