package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: requests one after another, each handled on a virtual thread. All
/// methods run on the connection's network thread.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a failed write closes the channel, which every part here watches
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /// How long an answer to a request that was not read to its end stays readable for a client that
  /// is still sending: closed at once, it would see a broken pipe and perhaps never look for it.
  static final long LINGER_MILLIS = 2_000;

  /// A request whose body is known to be no longer is handled once it is there: a client that sends
  /// it in a second piece would else wake the handler for nothing.
  private static final long SMALL_BODY = 64L * 1024;

  private final HttpHandler handler;
  private final Executor executor;

  /// Requests that came before the one before them was answered: at most what one read from the
  /// network held, for then reading stops.
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();

  private @Nullable NettyExchange current;
  private @Nullable NettyExchange held; // the current one, while it is not handled yet
  private @Nullable ChannelFuture lastAnswer;
  private boolean inputShut;

  Connection(HttpHandler handler, Executor executor) {
    this.handler = handler;
    this.executor = executor;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf raw) { // the HTTP decoder is gone
      NettyExchange exchange = current;
      if (exchange == null) {
        raw.release();
      } else if (!exchange.receiveRaw(raw)) {
        pause(context, exchange);
      }
    } else if (lastAnswer != null || !(message instanceof HttpObject part)) {
      ReferenceCountUtil.release(message);
    } else if (!waiting.isEmpty() || mustWait(part)) {
      waiting.add(part);
      context.channel().config().setAutoRead(false);
    } else {
      take(context, part);
    }
  }

  private boolean mustWait(HttpObject part) {
    return part instanceof HttpRequest && current != null;
  }

  private void take(ChannelHandlerContext context, HttpObject part) {
    if (part instanceof HttpRequest request) {
      begin(context, request);
    }
    NettyExchange exchange = current;
    if (exchange == null) {
      ReferenceCountUtil.release(part); // refused
    } else if (part instanceof HttpContent content) {
      if (content.decoderResult().isFailure()) {
        content.release();
        exchange.malformed("the request's body is malformed");
        handle();
        return;
      }
      boolean more = exchange.receive(content.content());
      if (content instanceof LastHttpContent) {
        ended(context, exchange);
      }
      if (!more) {
        pause(context, exchange);
      }
    }
  }

  private void ended(ChannelHandlerContext context, NettyExchange exchange) {
    exchange.requestEnded();
    handle();
    if (exchange.upgrades()) {
      context.pipeline().remove(HttpRequestDecoder.class); // what follows is no request
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
      refuse(context, request.decoderResult().cause());
      return;
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      context.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
    var exchange =
        new NettyExchange(context, request, (sent, reusable) -> answered(context, sent, reusable));
    current = exchange;
    held = exchange;
    if (exchange.upgrades()
        || HttpUtil.isTransferEncodingChunked(request)
        || HttpUtil.getContentLength(request, 0L) > SMALL_BODY) {
      handle();
    }
  }

  /// The request has all that it waits for, or will never have it, which the handler then sees.
  private void handle() {
    NettyExchange exchange = held;
    held = null;
    if (exchange != null) {
      executor.execute(() -> run(exchange));
    }
  }

  private void run(NettyExchange exchange) {
    try {
      handler.handle(exchange);
      exchange.finish();
    } catch (java.io.IOException e) {
      if (exchange.abort()) {
        LOG.warn("{} {} failed", exchange.method(), exchange.path(), e);
      } else {
        LOG.debug("{} {}: {}", exchange.method(), exchange.path(), e.toString());
      }
    } catch (RuntimeException | Error e) { // without an answer the client would wait for ever
      LOG.error("{} {} failed", exchange.method(), exchange.path(), e);
      var _ = exchange.abort();
    }
  }

  /// An exchange is over and the connection may carry the next.
  private void answered(ChannelHandlerContext context, ChannelFuture sent, boolean reusable) {
    NettyExchange done = current;
    current = null;
    if (!reusable) {
      hangUp(context, sent, done != null && !done.complete());
      return;
    }
    context.channel().config().setAutoRead(true);
    while (!waiting.isEmpty() && !mustWait(waiting.element())) {
      take(context, waiting.remove());
    }
    if (!waiting.isEmpty()) {
      context.channel().config().setAutoRead(false);
    } else if (inputShut && current == null && lastAnswer == null) {
      hangUp(context, sent, false);
    }
  }

  /// Closes the connection behind its last answer.
  ///
  /// @param sending whether the client may still be sending
  private void hangUp(ChannelHandlerContext context, ChannelFuture sent, boolean sending) {
    lastAnswer = sent;
    dropWaiting();
    if (!sending || inputShut || !(context.channel() instanceof DuplexChannel channel)) {
      sent.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.config().setAutoRead(true);
    sent.addListener(_ -> channel.shutdownOutput());
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  private void refuse(ChannelHandlerContext context, Throwable cause) {
    HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;
    String why = "the request is no HTTP/1.1";
    if (cause instanceof TooLongHttpLineException) {
      status = HttpResponseStatus.REQUEST_URI_TOO_LONG;
      why = "the request line is longer than " + HttpServer.MAX_REQUEST_LINE + " bytes";
    } else if (cause instanceof TooLongHttpHeaderException) {
      status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      why = "the request's headers are longer than " + HttpServer.MAX_HEADERS + " bytes";
    }
    byte[] body = NettyExchange.message(why);
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    HttpUtil.setContentLength(response, body.length);
    hangUp(context, context.writeAndFlush(response), true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      return;
    }
    inputShut = true;
    NettyExchange exchange = current;
    ChannelFuture sent = lastAnswer;
    if (exchange != null) {
      exchange.inputClosed();
      handle();
    } else if (sent != null) {
      sent.addListener(ChannelFutureListener.CLOSE);
    } else {
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
    dropWaiting();
    NettyExchange exchange = current;
    if (exchange != null) {
      exchange.clientGone();
      handle();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a client's connection failed: {}", cause.toString());
    context.close();
  }
}
