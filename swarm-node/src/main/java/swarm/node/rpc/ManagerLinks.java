package swarm.node.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import swarm.node.identity.NodeIdentity;

/// One connection to each manager, kept open, and replaced by another when this node's certificate
/// is. Thread-safe: any thread calls through it, the one that renewed replaces, and the event loops
/// retire what was replaced.
final class ManagerLinks implements AutoCloseable {
  /// Data that a host does not acknowledge for so long breaks the connection: a host that is gone
  /// says nothing, and the kernel's own patience is minutes.
  private static final int UNACKNOWLEDGED_MILLIS = 1_500;

  private static final int CONNECT_MILLIS = 1_000;

  /// A manager that is stopped or hangs acknowledges by its kernel, and says nothing: after so long
  /// a silence it is asked whether it is there, and a connection without an answer is broken. The
  /// agents in session with it are with another one well before their lease is over (30 s). gRPC
  /// asks no sooner than this.
  private static final int SILENT_SECONDS = 10;

  private static final int PING_ANSWER_SECONDS = 3;

  /// The largest message from a manager: all of a node's assignments. Managers are trusted.
  private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  /// Longer than any call with an answer lasts: then a connection that was replaced has none left.
  private static final long RETIRE_SECONDS = 15;

  private final SslContext tls;
  private final EventLoops loops;
  private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, ManagerLink> links = new ConcurrentHashMap<>();
  private final Set<ManagerLink> spare = ConcurrentHashMap.newKeySet(); // not used yet, or no more
  private volatile boolean closed;

  /// @param tls asked for each new connection
  ManagerLinks(SslContext tls, EventLoops loops) {
    this.tls = tls;
    this.loops = loops;
  }

  /// The connection to the manager at an address; made where there is none.
  ManagerLink to(String address) {
    return links.computeIfAbsent(address, a -> new ManagerLink(connect(a)));
  }

  private ManagedChannel connect(String address) {
    int colon = address.lastIndexOf(':');
    var target =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    return NettyChannelBuilder.forAddress(target)
        .sslContext(tls)
        .overrideAuthority("swarm-manager")
        .channelType(EpollSocketChannel.class)
        .eventLoopGroup(loops.group())
        .executor(executor)
        .keepAliveTime(SILENT_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_ANSWER_SECONDS, TimeUnit.SECONDS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
        .maxInboundMessageSize(MAX_ANSWER_BYTES)
        .disableRetry()
        .build();
  }

  /// Another role counts at once. Else the new connections are made before the old ones go, so that
  /// nobody waits for a handshake. Where only the roots are others, what is open is as good as new.
  void redial(NodeIdentity before, NodeIdentity after) {
    if (before.certificate().equals(after.certificate())) {
      return;
    }
    boolean atOnce = before.self().role() != after.self().role();
    for (String address : List.copyOf(links.keySet())) {
      ManagerLink fresh = new ManagerLink(connect(address));
      spare.add(fresh);
      if (atOnce) {
        swap(address, fresh, false);
      } else {
        whenDecided(fresh.channel, () -> swap(address, fresh, true));
      }
    }
  }

  /// Connects; does something once that is done or has failed.
  private static void whenDecided(ManagedChannel channel, Runnable then) {
    ConnectivityState state = channel.getState(true);
    if (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
      channel.notifyWhenStateChanged(state, () -> whenDecided(channel, then));
    } else {
      then.run();
    }
  }

  /// The newest counts, whichever is connected first.
  private void swap(String address, ManagerLink fresh, boolean keepRaft) {
    ManagerLink[] gone = {fresh};
    links.computeIfPresent(
        address,
        (_, now) -> {
          if (now.number > fresh.number) {
            return now;
          }
          gone[0] = now;
          if (keepRaft) {
            fresh.adopt(now.release());
          }
          return fresh;
        });
    spare.add(gone[0]); // whoever has it in hand may still begin a call there
    if (gone[0] != fresh) {
      spare.remove(fresh);
    }
    var _ = loops.group().schedule(() -> retire(gone[0], fresh), RETIRE_SECONDS, TimeUnit.SECONDS);
    if (closed) {
      shutDown();
    }
  }

  /// Whoever is behind a connection is asked for a certificate when it begins: none is to last for
  /// long beyond its own.
  private void retire(ManagerLink old, ManagerLink fresh) {
    fresh
        .settle()
        .ifPresent(
            raft -> {
              var _ =
                  loops
                      .group()
                      .schedule(
                          raft::hangUp, ManagerLink.RAFT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            });
    old.retire();
    spare.removeIf(link -> link.channel.isTerminated()); // those before it: this one may follow
  }

  @Override
  public void close() {
    closed = true;
    shutDown();
  }

  private void shutDown() {
    links.values().forEach(link -> link.channel.shutdownNow());
    links.clear();
    spare.forEach(link -> link.channel.shutdownNow());
    spare.clear();
  }
}
