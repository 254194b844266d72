package swarm.node.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;

/// Bounds the connections of callers without a certificate: how many there are, for how long, and
/// what comes in over them. Every connection counts until its TLS handshake has shown a member;
/// from then on none of these limits is its. Thread-safe.
///
/// It sits in front of everything else, on the listening socket and on each connection, so that
/// neither TLS nor HTTP/2 has to end in order for a limit to hold: a connection is closed below
/// both.
final class StrangerConnections extends ChannelInboundHandlerAdapter {
  private final StrangerLimits limits;
  private final Predicate<SSLSession> member;
  private final ExpiringConnections expiring;

  // guarded by this
  private final StrangerQueue<Connection> queue;
  private int open;
  private boolean paused;

  /// @param member whether a finished handshake has shown a member of the cluster
  /// @param expiring looks after members' connections
  StrangerConnections(
      StrangerLimits limits, Predicate<SSLSession> member, ExpiringConnections expiring) {
    this.limits = limits;
    this.member = member;
    this.expiring = expiring;
    this.queue = new StrangerQueue<>(limits.connections(), limits.connectionsOfOne());
  }

  /// A listening socket whose connections are bounded.
  EpollServerSocketChannel listen() {
    var listening = new EpollServerSocketChannel();
    listening.pipeline().addLast(this);
    return listening;
  }

  /// Connections without a certificate, those included that are being closed.
  synchronized int open() {
    return open;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    var channel = (Channel) accepted;
    var address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    var connection = new Connection(channel, context.channel(), address);
    channel.pipeline().addLast(connection);
    var _ = channel.closeFuture().addListener(_ -> connection.left());
    enter(connection);
    context.fireChannelRead(accepted);
  }

  private synchronized void enter(Connection connection) {
    open++;
    queue.enter(connection.address, connection).ifPresent(Connection::evict);
    pauseOrResume(connection.listening);
  }

  private synchronized void leave(Connection connection) {
    open--;
    queue.leave(connection.address, connection);
    pauseOrResume(connection.listening);
  }

  /// Closing takes a turn of the connection's own thread. Where connections come faster than that,
  /// the next wait in the kernel's queue.
  private void pauseOrResume(Channel listening) {
    boolean pause = open >= 2 * limits.connections();
    if (pause != paused) {
      paused = pause;
      listening.config().setAutoRead(!pause);
    }
  }

  /// One connection, up to its handshake if it is a member's. Its fields are its own thread's,
  /// except where said.
  private final class Connection extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Channel listening;
    private final InetAddress address;
    private volatile boolean evicted;
    private boolean stranger = true;
    private long bytes;

    Connection(Channel channel, Channel listening, InetAddress address) {
      this.channel = channel;
      this.listening = listening;
      this.address = address;
    }

    /// Another takes its place; from any thread.
    void evict() {
      evicted = true; // seen by channelActive, where the channel has no thread yet
      if (channel.isRegistered()) {
        channel.eventLoop().execute(this::cut);
      }
    }

    private void cut() {
      if (stranger) {
        close();
      }
    }

    /// Below TLS and HTTP/2.
    private void close() {
      var context = channel.pipeline().context(this);
      if (context != null) {
        var _ = context.close();
      }
    }

    /// It has ended, or is a member's.
    void left() {
      if (stranger) {
        stranger = false;
        leave(this);
      }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.fireChannelActive(); // TLS begins
      var limit =
          context
              .executor()
              .schedule(this::cut, limits.connectionTime().toMillis(), TimeUnit.MILLISECONDS);
      var _ = channel.closeFuture().addListener(_ -> limit.cancel(false));
      SslHandler tls = context.pipeline().get(SslHandler.class);
      if (evicted || tls == null) {
        cut();
        return;
      }
      var _ =
          tls.handshakeFuture()
              .addListener(
                  done -> {
                    if (done.isSuccess() && member.test(tls.engine().getSession())) {
                      limit.cancel(false);
                      left();
                      expiring.watch(channel, tls.engine().getSession(), this::close);
                    }
                  });
    }

    /// What was read goes on first: it may be the end of a member's handshake.
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (stranger) {
        bytes += ((ByteBuf) message).readableBytes();
      }
      context.fireChannelRead(message);
      if (bytes > limits.bytes()) {
        cut();
      }
    }
  }
}
