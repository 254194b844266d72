package swarm.node.identity;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import swarm.node.rpc.EventLoops;

/// One TLS connection over loopback: it counts as made once a byte went there and back, for in TLS
/// 1.3 a client learns only then that the server refused its certificate.
final class Handshake {
  /// @param refusal why no byte came back, empty where one did
  record Result(String refusal) {
    boolean made() {
      return refusal.isEmpty();
    }
  }

  private Handshake() {}

  static Result between(SslContext server, SslContext client, EventLoops loops) throws Exception {
    var result = new CompletableFuture<String>();
    Channel listening =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerSocketChannel.class)
            .childHandler(end(server, new Echo()))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    try {
      int port = ((InetSocketAddress) listening.localAddress()).getPort();
      Channel calling =
          new Bootstrap()
              .group(loops.group())
              .channel(EpollSocketChannel.class)
              .handler(end(client, new Caller(result)))
              .connect(InetAddress.getLoopbackAddress(), port)
              .sync()
              .channel();
      String refusal = result.get(10, TimeUnit.SECONDS);
      calling.close().sync();
      return new Result(refusal);
    } finally {
      listening.close().sync();
    }
  }

  private static ChannelInitializer<Channel> end(
      SslContext tls, ChannelInboundHandlerAdapter handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()), handler);
      }
    };
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var _ = context.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close(); // the caller says why
    }
  }

  private static final class Caller extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<String> result;

    Caller(CompletableFuture<String> result) {
      this.result = result;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      var _ = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ((ByteBuf) message).release();
      result.complete("");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var all = new StringBuilder();
      for (Throwable each = cause; each != null; each = each.getCause()) {
        all.append(each).append('\n');
      }
      result.complete(all.toString());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      result.complete("the server closed the connection");
    }
  }
}
