package swarm.node.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.HangUp;
import swarm.linux.LinuxException;

/// An exchange on a Netty connection. The handler's thread calls the [Exchange] part, the network's
/// thread the rest.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a failed write closes the channel, which every part here watches
final class NettyExchange implements Exchange {
  /// Told, on the network's thread, that the last part of the answer is on its way.
  @FunctionalInterface
  interface End {
    /// @param reusable whether the connection may carry another request
    void answered(ChannelFuture sent, boolean reusable);
  }

  private static final Logger LOG = LoggerFactory.getLogger(NettyExchange.class);

  /// How often a client that sends no more is looked at.
  private static final long HANG_UP_MILLIS = 500;

  private final Channel channel;
  private final HttpRequest request;
  private final QueryStringDecoder uri;
  private final End end;
  private final BodyQueue body;
  private final BodyQueue raw;
  private final HttpHeaders responseHeaders = new DefaultHttpHeaders();
  private final boolean keepAlive;
  private volatile boolean answered;
  private volatile boolean hijacked;
  private volatile boolean requestEnded;
  private volatile @Nullable ChannelOutput output;
  private volatile @Nullable String malformed;
  private volatile boolean gone;
  private final AtomicReference<@Nullable Runnable> onGone = new AtomicReference<>();

  NettyExchange(ChannelHandlerContext context, HttpRequest request, End end) {
    this.channel = context.channel();
    this.request = request;
    this.uri = new QueryStringDecoder(request.uri());
    this.end = end;
    this.keepAlive = HttpUtil.isKeepAlive(request) && !upgrades();
    this.body = new BodyQueue(() -> channel.config().setAutoRead(true));
    this.raw = new BodyQueue(() -> channel.config().setAutoRead(true));
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
  public byte[] queryBytes(String name) {
    var bytes = new QueryStringDecoder(request.uri(), StandardCharsets.ISO_8859_1);
    List<String> values = bytes.parameters().getOrDefault(name, List.of());
    return values.isEmpty() ? new byte[0] : values.getFirst().getBytes(StandardCharsets.ISO_8859_1);
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

  /// The last message of the answer. A request whose body has not come to its end cannot be
  /// followed by another; whether it has, only the network's thread knows for sure.
  private void send(Object last) {
    channel
        .eventLoop()
        .execute(
            () -> {
              boolean reusable = keepAlive && requestEnded;
              if (!reusable && last instanceof DefaultFullHttpResponse whole) {
                whole.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
              }
              ChannelFuture sent = channel.writeAndFlush(last);
              sent.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
              body.discard();
              raw.discard();
              end.answered(sent, reusable);
            });
  }

  @Override
  public OutputStream stream(int status, String contentType) {
    answered = true;
    var response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    response.headers().add(responseHeaders);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    if (request.protocolVersion().isKeepAliveDefault()) {
      HttpUtil.setTransferEncodingChunked(response, true);
    } // else HTTP/1.0, which knows no chunks: the end of the connection is the end of the body
    channel.writeAndFlush(response);
    var out =
        new ChannelOutput(
            channel, DefaultHttpContent::new, () -> send(LastHttpContent.EMPTY_LAST_CONTENT));
    output = out;
    return out;
  }

  /// Whether the client asked for a connection that it can use as a raw stream, in Docker's form or
  /// for a websocket. Other upgrades (such as to HTTP/2) are offers that a server may ignore.
  boolean upgrades() {
    return asksFor("tcp") || asksFor("websocket");
  }

  private boolean asksFor(String protocol) {
    return protocol.equalsIgnoreCase(request.headers().get(HttpHeaderNames.UPGRADE));
  }

  @Override
  public Duplex hijack(String contentType) throws IOException {
    var head = new StringBuilder();
    head.append(asksFor("tcp") ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n");
    head.append("Content-Type: ").append(contentType).append("\r\n");
    if (asksFor("tcp")) {
      head.append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
    }
    return takeOver(head);
  }

  @Override
  public Duplex upgrade(String protocol, Map<String, String> headers) throws IOException {
    var head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    head.append("Connection: Upgrade\r\nUpgrade: ").append(protocol).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return takeOver(head);
  }

  private Duplex takeOver(StringBuilder head) throws IOException {
    answered = true;
    head.append("\r\n");
    byte[] bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    var out = new ChannelOutput(channel, part -> part, this::closeHijacked);
    output = out;
    var taken = new CompletableFuture<Boolean>();
    channel.eventLoop().execute(() -> taken.complete(takeOver(bytes)));
    if (!taken.join()) {
      throw new IOException("the client closed the connection");
    }
    return new Duplex(raw, out);
  }

  /// Ends HTTP on this connection; returns whether it was still there.
  private boolean takeOver(byte[] head) {
    ChannelPipeline pipeline = channel.pipeline();
    if (!channel.isActive() || pipeline.get(HttpResponseEncoder.class) == null) {
      return false;
    }
    hijacked = true;
    pipeline.remove(HttpResponseEncoder.class);
    if (pipeline.get(HttpRequestDecoder.class) != null) {
      pipeline.remove(HttpRequestDecoder.class); // what it had read ahead comes as raw bytes
    }
    channel.writeAndFlush(Unpooled.wrappedBuffer(head));
    channel.config().setAutoRead(true);
    return true;
  }

  /// Ends the stream. What the client still sends, as one does whose process ended first, is read
  /// and thrown away until it has seen the end: were it left in the socket, the kernel would tell
  /// the client of a broken connection instead.
  private void closeHijacked() {
    channel
        .eventLoop()
        .execute(
            () -> {
              ChannelFuture flushed = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
              boolean encrypted = channel.pipeline().get(SslHandler.class) != null;
              if (encrypted
                  || !(channel instanceof DuplexChannel duplex)
                  || duplex.isInputShutdown()) {
                flushed.addListener(ChannelFutureListener.CLOSE);
                return;
              }
              raw.discard();
              channel.config().setAutoRead(true);
              flushed.addListener(_ -> duplex.shutdownOutput());
              channel
                  .eventLoop()
                  .schedule(() -> channel.close(), Connection.LINGER_MILLIS, TimeUnit.MILLISECONDS);
            });
  }

  @Override
  public void onClientGone(Runnable action) {
    onGone.set(action);
    if (gone) {
      takeGoneAction().ifPresent(Runnable::run);
    }
  }

  /// The action, for whoever takes it first: it runs once.
  private Optional<Runnable> takeGoneAction() {
    return Optional.ofNullable(onGone.getAndSet(null));
  }

  /// The handler returned: completes an answer that it left open.
  void finish() {
    ChannelOutput out = output;
    if (out != null) {
      out.close();
    } else if (!answered) {
      respond(500, "application/json", message("no answer was made"));
    }
    if (hijacked) {
      body.discard();
      raw.discard();
    }
  }

  /// The handler failed: an answer that began cannot be completed, so the connection is cut.
  ///
  /// @return whether a client was told to look into the daemon's log
  boolean abort() {
    String bad = malformed;
    if (answered) {
      channel.close();
      body.discard();
      raw.discard();
    } else if (bad != null) {
      respond(400, "application/json", message(bad));
    } else {
      respond(500, "application/json", message("internal error; the daemon's log has it"));
      return channel.isActive();
    }
    return false;
  }

  /// Docker's form of an error.
  ///
  /// @param text without characters that JSON would escape
  static byte[] message(String text) {
    return ("{\"message\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  // ---- the network's thread

  /// Part of the request's body; returns whether more may be read.
  boolean receive(ByteBuf part) {
    return body.offer(part);
  }

  /// Bytes behind the request of a connection that is taken over; returns whether more may be read.
  boolean receiveRaw(ByteBuf part) {
    return raw.offer(part);
  }

  /// Whether the queues take more.
  boolean hasRoom() {
    return body.hasRoom() && raw.hasRoom();
  }

  void requestEnded() {
    requestEnded = true;
    body.end();
  }

  /// Whether the request has come to its end.
  boolean complete() {
    return requestEnded;
  }

  /// What comes is no body: it must not look like a whole one.
  void malformed(String why) {
    malformed = why;
    body.fail(why);
  }

  /// The client closed its sending side, and perhaps all of it: which, only writing tells. For a
  /// terminal it is the end of stdin. For a request that is complete the answer is still made, but
  /// a handler that waits for news need not wait any longer.
  void inputClosed() {
    if (hijacked || (upgrades() && requestEnded)) {
      raw.end();
      awaitHangUp();
      return;
    }
    raw.end();
    clientGone();
  }

  /// Netty does not tell when a client that sends no more is gone altogether, and a container that
  /// says nothing gives no reason to write to it: so it is looked at.
  private void awaitHangUp() {
    if (!channel.isActive() || !(channel instanceof UnixChannel socket)) {
      return;
    }
    try {
      if (HangUp.seen(socket.fd().intValue())) {
        channel.close();
        return;
      }
    } catch (LinuxException e) {
      LOG.debug("a client's connection cannot be looked at", e);
      return;
    }
    channel.eventLoop().schedule(this::awaitHangUp, HANG_UP_MILLIS, TimeUnit.MILLISECONDS);
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
    raw.fail("the client closed the connection");
    writabilityChanged();
    takeGoneAction().ifPresent(action -> Thread.ofVirtual().name("client-gone").start(action));
  }
}
