package swarm.network.reconcile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import swarm.linux.LinuxException;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;
import swarm.network.nft.Table;

/// Hears what the kernel tells of changes to interfaces and rules. One thread listens; any may wake
/// it.
public final class KernelWatch implements AutoCloseable {
  /// `RTNLGRP_LINK` and `RTNLGRP_IPV4_IFADDR`.
  private static final List<Integer> LINK_GROUPS = List.of(1, 5);

  /// `NFNLGRP_NFTABLES`.
  private static final int RULES_GROUP = 7;

  private static final int ENOBUFS = 105;
  private static final int HEADER_BYTES = 16;
  private static final short REQUEST_AND_ACK = 5;
  private static final short NOOP = 1;

  private final NetlinkSocket links;
  private final NetlinkSocket rules;
  private final NetlinkSocket neighbours;
  private final Ours ours;
  private volatile boolean woken;

  /// What is ours.
  ///
  /// @param link by the name of a link
  /// @param tables of ours, in whichever namespace
  /// @param others tables of others whose changes matter to us
  /// @param port of the one socket by which we change the host's tables
  public record Ours(
      Predicate<String> link, Predicate<Table> tables, Predicate<Table> others, int port) {}

  private KernelWatch(
      NetlinkSocket links, NetlinkSocket rules, NetlinkSocket neighbours, Ours ours) {
    this.links = links;
    this.rules = rules;
    this.neighbours = neighbours;
    this.ours = ours;
  }

  /// Listens in a host's namespace, and to what its containers' namespaces lose.
  public static KernelWatch open(NetworkNamespaces.Handle netns, Ours ours) throws IOException {
    Deque<NetlinkSocket> opened = new ArrayDeque<>();
    try {
      NetlinkSocket links = NetworkNamespaces.openNetlink(netns, NetlinkSocket.NETLINK_ROUTE);
      opened.push(links);
      NetlinkSocket rules = NetworkNamespaces.openNetlink(netns, NetlinkSocket.NETLINK_NETFILTER);
      opened.push(rules);
      NetlinkSocket neighbours =
          NetworkNamespaces.openNetlink(netns, NetlinkSocket.NETLINK_NETFILTER);
      opened.push(neighbours);
      for (int group : LINK_GROUPS) {
        links.join(group);
      }
      rules.join(RULES_GROUP);
      neighbours.hearNeighbours();
      neighbours.join(RULES_GROUP);
      return new KernelWatch(links, rules, neighbours, ours);
    } catch (IOException e) {
      opened.forEach(NetlinkSocket::close);
      throw e;
    }
  }

  /// Waits for a reason to look.
  ///
  /// @return none where there was none in time, or this was woken
  public News await(Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    News news = hear();
    while (news.isNone()) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        return News.NONE;
      }
      boolean said = NetlinkSocket.awaitAny(left, List.of(links, rules, neighbours));
      news = hear();
      if (said && news.isNone() && woken) {
        return News.NONE;
      }
    }
    return news;
  }

  /// What has been told by now.
  public News hear() throws IOException {
    return hear(links, datagram -> News.ofLinks(datagram, ours.link()))
        .and(
            hear(
                rules,
                datagram -> News.ofRules(datagram, ours.port(), ours.tables().or(ours.others()))))
        .and(hear(neighbours, datagram -> News.ofNeighbours(datagram, ours.tables())));
  }

  private static News hear(NetlinkSocket socket, Function<byte[], News> meaning)
      throws IOException {
    News news = News.NONE;
    while (true) {
      try {
        Optional<byte[]> datagram = socket.receive(Duration.ZERO);
        if (datagram.isEmpty()) {
          return news;
        }
        news = news.and(meaning.apply(datagram.get()));
      } catch (LinuxException e) {
        if (e.errno() != ENOBUFS) {
          throw e;
        }
        news = News.ALL;
      }
    }
  }

  /// Ends a wait, from another thread: the kernel acknowledges a request for nothing.
  public void wake() throws IOException {
    woken = true;
    links.send(
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(HEADER_BYTES)
            .putShort(NOOP)
            .putShort(REQUEST_AND_ACK)
            .putInt(1)
            .putInt(0)
            .array());
  }

  @Override
  public void close() {
    links.close();
    rules.close();
    neighbours.close();
  }
}
