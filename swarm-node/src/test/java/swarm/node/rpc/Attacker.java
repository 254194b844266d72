package swarm.node.rpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/// A connection to the cluster port that keeps to HTTP/2 and to nothing else: it begins calls and
/// leaves them, sends a part of a message, or a message in crumbs. Its buffers are not the
/// server's.
final class Attacker implements Closeable {
  private final Channel channel;

  private Attacker(Channel channel) {
    this.channel = channel;
  }

  /// Connects from one address of this host, and does its TLS handshake.
  static Attacker connect(SslContext tls, String from, int port, EventLoops loops)
      throws Exception {
    Channel channel =
        new Bootstrap()
            .group(loops.group())
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            tls.newHandler(channel.alloc()),
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new Deaf()),
                            new Deaf());
                  }
                })
            .connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                new InetSocketAddress(InetAddress.ofLiteral(from), 0))
            .sync()
            .channel();
    channel.pipeline().get(SslHandler.class).handshakeFuture().sync();
    return new Attacker(channel);
  }

  boolean open() {
    return channel.isActive();
  }

  /// Begins a join, and says nothing in it yet.
  Call begin() {
    return beginWithout("");
  }

  /// The same without one of the headers.
  Call beginWithout(String header) {
    var call = new Call();
    call.stream =
        new Http2StreamChannelBootstrap(channel)
            .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .handler(call)
            .open()
            .syncUninterruptibly()
            .getNow();
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("https")
            .path("/" + Methods.JOIN.getFullMethodName())
            .authority("swarm-manager")
            .add("te", "trailers")
            .add("content-type", "application/grpc");
    headers.remove(header);
    call.stream().writeAndFlush(new DefaultHttp2HeadersFrame(headers)).syncUninterruptibly();
    return call;
  }

  /// Sends what is no HTTP/2.
  void babble() {
    channel
        .pipeline()
        .context(Http2FrameCodec.class)
        .writeAndFlush(Unpooled.wrappedBuffer(new byte[100]))
        .syncUninterruptibly();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }

  /// One call on the connection, and the status that it ended with.
  static final class Call extends ChannelInboundHandlerAdapter {
    /// gRPC's number of it; -1 where the stream ended without one.
    final CompletableFuture<Integer> status = new CompletableFuture<>();

    private @org.jspecify.annotations.Nullable Channel stream;

    private Channel stream() {
      return java.util.Objects.requireNonNull(stream);
    }

    /// Queues bytes of the call's message, each piece in a frame and a TLS record of its own; they
    /// go as the server lets them.
    ///
    /// @return done when the last has gone, or never will
    Future<?> send(byte[] bytes, int piece) {
      Future<?> last = stream().newSucceededFuture();
      for (int at = 0; at < bytes.length; at += piece) {
        int length = Math.min(piece, bytes.length - at);
        last =
            stream()
                .writeAndFlush(
                    new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes, at, length), false));
      }
      return last;
    }

    /// Ends this side of the call.
    void end() {
      stream()
          .writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true))
          .syncUninterruptibly();
    }

    void cancel() {
      stream().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).syncUninterruptibly();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2HeadersFrame headers) {
        CharSequence number = headers.headers().get("grpc-status");
        if (number != null) {
          status.complete(Integer.parseInt(number.toString()));
        }
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      status.complete(-1);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }

  /// Hears nothing, and makes nothing of errors.
  @ChannelHandler.Sharable
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
