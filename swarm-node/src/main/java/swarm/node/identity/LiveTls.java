package swarm.node.identity;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/// TLS settings that are looked up for each connection: those of the identity that is current when
/// it begins. Thread-safe.
final class LiveTls extends SslContext {
  /// Makes the settings of one identity.
  @FunctionalInterface
  interface Factory {
    SslContext of(NodeIdentity identity) throws SSLException;
  }

  private record Made(NodeIdentity identity, SslContext context) {}

  private final LiveIdentity live;
  private final Factory factory;
  private volatile Made made;

  LiveTls(LiveIdentity live, Factory factory) throws SSLException {
    this.live = live;
    this.factory = factory;
    NodeIdentity now = live.current();
    this.made = new Made(now, factory.of(now));
  }

  private SslContext context() {
    NodeIdentity now = live.current();
    Made last = made;
    if (!last.identity().equals(now)) { // two threads may both make it: they make the same
      try {
        last = new Made(now, factory.of(now));
      } catch (SSLException e) {
        throw new IllegalStateException("an identity that was checked cannot be used", e);
      }
      made = last;
    }
    return last.context();
  }

  @Override
  public boolean isClient() {
    return made.context().isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return context().cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in the class that Netty gives to be extended
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return context().applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return context().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return context().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
    return context().newHandler(allocator);
  }

  @Override
  protected SslHandler newHandler(
      ByteBufAllocator allocator, boolean startTls, Executor delegatedTasks) {
    return context().newHandler(allocator, delegatedTasks);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return context().sessionContext();
  }
}
