package swarm.node.rpc;

import io.netty.channel.Channel;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends members' connections whose certificate is over: first no new call begins there (HTTP/2's
/// GOAWAY, at which a caller makes a new connection with the certificate that it has by then), and
/// after a grace in which calls may end the connection is closed. Thread-safe.
///
/// @param clock that certificates are judged by
/// @param grace longer than a call with an answer takes
record ExpiringConnections(Clock clock, Duration grace) {
  static final ExpiringConnections USUAL =
      new ExpiringConnections(Clock.systemUTC(), Duration.ofSeconds(15));

  private static final Logger LOG = LoggerFactory.getLogger(ExpiringConnections.class);

  /// The machine's clock may be set: how often it is looked at.
  static final Duration LOOK = Duration.ofHours(1);

  /// How long until a connection is to be looked at; empty where its certificate is over. Pure.
  ///
  /// @param end of the certificate
  static Optional<Duration> left(Instant now, Instant end) {
    if (!now.isBefore(end)) {
      return Optional.empty();
    }
    Duration left = Duration.between(now, end);
    return Optional.of(left.compareTo(LOOK) < 0 ? left : LOOK);
  }

  /// Watches a connection whose handshake is done, until it is closed.
  ///
  /// @param cut closes it whatever goes on there
  void watch(Channel channel, SSLSession session, Runnable cut) {
    try {
      var shown = (X509Certificate) session.getPeerCertificates()[0];
      var watch = new Watch(channel, shown.getNotAfter().toInstant(), cut);
      var _ = channel.closeFuture().addListener(_ -> watch.stop());
      watch.look();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalArgumentException("a stranger's connection", e);
    }
  }

  /// Of one connection, on whose own thread everything happens.
  private final class Watch {
    private final Channel channel;
    private final Instant end;
    private final Runnable cut;
    private @Nullable Future<?> timer;

    Watch(Channel channel, Instant end, Runnable cut) {
      this.channel = channel;
      this.end = end;
      this.cut = cut;
    }

    void look() {
      Optional<Duration> left = left(clock.instant(), end);
      if (left.isPresent()) {
        after(left.get().plusMillis(1), this::look); // what is less than one is cut off
        return;
      }
      LOG.debug("the certificate behind {} was good until {}", channel.remoteAddress(), end);
      var _ = channel.close(); // gRPC makes a GOAWAY of it
      after(grace, cut);
    }

    private void after(Duration time, Runnable what) {
      timer = channel.eventLoop().schedule(what, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
      Future<?> last = timer;
      if (last != null) {
        last.cancel(false);
      }
    }
  }
}
