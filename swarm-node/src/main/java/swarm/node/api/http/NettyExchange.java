package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An exchange on a Netty connection. The handler's thread calls the [Exchange] part, the network's
/// thread the rest.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a failed write closes the channel, which every part here watches
final class NettyExchange implements Exchange {
  private static final long LINGER_MILLIS = 2_000;

  private final Channel channel;
  private final HttpRequest request;
  private final QueryStringDecoder uri;
  private final Runnable onFinished;
  private final BodyQueue body;
  private final HttpHeaders responseHeaders = new DefaultHttpHeaders();
  private final boolean keepAlive;
  private volatile boolean answered;
  private volatile boolean hijacked;
  private volatile boolean requestEnded;
  private volatile @Nullable ChannelOutput output;
  private volatile boolean gone;
  private volatile @Nullable Runnable onGone;

  NettyExchange(ChannelHandlerContext context, HttpRequest request, Runnable onFinished) {
    this.channel = context.channel();
    this.request = request;
    this.uri = new QueryStringDecoder(request.uri());
    this.onFinished = onFinished;
    this.keepAlive = HttpUtil.isKeepAlive(request);
    this.body = new BodyQueue(() -> channel.config().setAutoRead(true));
  }

  // ---- the handler's thread

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    return uri.rawPath();
  }

  @Override
  public Map<String, List<String>> query() {
    return uri.parameters();
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.headers().get(name));
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public void setHeader(String name, String value) {
    responseHeaders.set(name, value);
  }

  @Override
  public boolean answered() {
    return answered;
  }

  @Override
  public void respond(int status, String contentType, byte[] content) {
    answered = true;
    boolean bare = status == 204 || status == 304;
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            headOnly() || bare ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(content));
    response.headers().add(responseHeaders);
    if (!bare) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.length);
    }
    send(response);
  }

  private boolean headOnly() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /// The last message of the answer. A request whose body was not read to its end cannot be
  /// followed by another.
  private void send(Object last) {
    boolean reusable = keepAlive && requestEnded;
    if (!reusable && last instanceof DefaultFullHttpResponse whole) {
      whole.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    channel
        .eventLoop()
        .execute(
            () -> {
              onFinished.run();
              body.discard();
              channel.config().setAutoRead(true);
              var sent = channel.writeAndFlush(last);
              if (!keepAlive || requestEnded) {
                if (!reusable) {
                  sent.addListener(ChannelFutureListener.CLOSE);
                }
              } else {
                // Closed at once, a client that still sends would see its connection break and not
                // the answer: the connection closes it when all has come, or we do in a while.
                channel
                    .eventLoop()
                    .schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
              }
            });
  }

  @Override
  public OutputStream stream(int status, String contentType) {
    answered = true;
    var response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    response.headers().add(responseHeaders);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    HttpUtil.setTransferEncodingChunked(response, true);
    channel.writeAndFlush(response);
    var out =
        new ChannelOutput(
            channel, DefaultHttpContent::new, () -> send(LastHttpContent.EMPTY_LAST_CONTENT));
    output = out;
    return out;
  }

  @Override
  public Duplex hijack(String contentType) throws IOException {
    answered = true;
    hijacked = true;
    boolean upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    var head = new StringBuilder();
    head.append(upgrade ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n");
    head.append("Content-Type: ").append(contentType).append("\r\n");
    if (upgrade) {
      head.append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
    }
    head.append("\r\n");
    byte[] bytes = head.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    var out = new ChannelOutput(channel, part -> part, this::closeHijacked);
    output = out;
    var done = new java.util.concurrent.CompletableFuture<@Nullable Void>();
    channel
        .eventLoop()
        .execute(
            () -> {
              ChannelPipeline pipeline = channel.pipeline();
              channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
              pipeline.remove(HttpServerCodec.class); // what it had read ahead comes as raw bytes
              channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
              channel.config().setAutoRead(true);
              done.complete(null);
            });
    done.join();
    return new Duplex(body, out);
  }

  private void closeHijacked() {
    channel
        .eventLoop()
        .execute(
            () ->
                channel
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(ChannelFutureListener.CLOSE));
  }

  @Override
  public void onClientGone(Runnable action) {
    onGone = action;
    if (gone) {
      action.run();
    }
  }

  /// The handler returned: completes an answer that it left open.
  void finish() {
    ChannelOutput out = output;
    if (out != null) {
      out.close();
    } else if (!answered) {
      respond(
          500,
          "application/json",
          "{\"message\":\"no answer was made\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    if (hijacked) {
      body.discard();
    }
  }

  /// The handler failed: an answer that began cannot be completed, so the connection is cut.
  void abort() {
    if (answered) {
      channel.close();
      body.discard();
    } else {
      respond(
          500,
          "application/json",
          "{\"message\":\"internal error; the daemon's log has it\"}"
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  // ---- the network's thread

  /// Part of the request's body, or raw bytes once hijacked; returns whether more may be read.
  boolean receive(ByteBuf part) {
    return body.offer(part);
  }

  /// Whether the body's queue takes more.
  boolean hasRoom() {
    return body.hasRoom();
  }

  void requestEnded() {
    requestEnded = true;
    boolean upgrades = request.headers().contains(HttpHeaderNames.UPGRADE);
    if (!hijacked && !upgrades) {
      body.end();
    }
  }

  /// The client closed its sending side. For a terminal that is the end of stdin; for a request it
  /// is the end of it all.
  void inputClosed() {
    if (hijacked || requestEnded) {
      body.end();
    } else {
      clientGone();
    }
    if (!hijacked) {
      clientGone();
      if (channel instanceof DuplexChannel) {
        channel.close();
      }
    }
  }

  void writabilityChanged() {
    ChannelOutput out = output;
    if (out != null) {
      out.signal();
    }
  }

  void clientGone() {
    gone = true;
    body.fail("the client closed the connection");
    writabilityChanged();
    Runnable action = onGone;
    if (action != null) {
      Thread.ofVirtual().name("client-gone").start(action);
    }
  }
}
