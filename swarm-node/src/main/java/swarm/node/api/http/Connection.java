package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: requests one after another, each handled on a virtual thread. All
/// methods run on the connection's network thread.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a failed write closes the channel, which every part here watches
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final HttpHandler handler;
  private final Executor executor;
  private @Nullable NettyExchange current;

  Connection(HttpHandler handler, Executor executor) {
    this.handler = handler;
    this.executor = executor;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    NettyExchange exchange = current;
    if (message instanceof ByteBuf raw) { // hijacked: the HTTP decoder is gone
      if (exchange == null) {
        raw.release();
      } else if (!exchange.receive(raw)) {
        pause(context, exchange);
      }
      return;
    }
    if (!(message instanceof HttpObject)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(context, request);
    }
    exchange = current;
    if (message instanceof HttpContent late && exchange == null) {
      // the rest of a request that was answered before it had all come
      late.release();
      if (late instanceof LastHttpContent) {
        context.close();
      }
    } else if (message instanceof HttpContent content && exchange != null) {
      boolean more = exchange.receive(content.content());
      if (content instanceof LastHttpContent) {
        exchange.requestEnded();
      }
      if (!more) {
        pause(context, exchange);
      }
    }
  }

  /// Reads no more from the client for now. The handler may have taken everything in the meantime,
  /// and then nobody else would begin again.
  private static void pause(ChannelHandlerContext context, NettyExchange exchange) {
    context.channel().config().setAutoRead(false);
    if (exchange.hasRoom()) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    if (current != null) {
      // A client that sends its next request before it has the answer to this one: none of Docker's
      // does.
      refuse(context, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      context.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
    var exchange = new NettyExchange(context, request, this::finished);
    current = exchange;
    executor.execute(() -> run(exchange));
  }

  private void run(NettyExchange exchange) {
    try {
      handler.handle(exchange);
      exchange.finish();
    } catch (java.io.IOException e) {
      LOG.debug("{} {}: {}", exchange.method(), exchange.path(), e.toString());
      exchange.abort();
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", exchange.method(), exchange.path(), e);
      exchange.abort();
    }
  }

  /// An exchange is over and the connection may carry the next.
  private void finished() {
    current = null;
  }

  private static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    HttpUtil.setContentLength(response, 0);
    context.writeAndFlush(response).addListener(io.netty.channel.ChannelFutureListener.CLOSE);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    NettyExchange exchange = current;
    if (event instanceof ChannelInputShutdownEvent && exchange != null) {
      exchange.inputClosed();
    } else if (event instanceof ChannelInputShutdownEvent) {
      context.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    NettyExchange exchange = current;
    if (exchange != null) {
      exchange.writabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    NettyExchange exchange = current;
    if (exchange != null) {
      exchange.clientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a client's connection failed: {}", cause.toString());
    context.close();
  }
}
