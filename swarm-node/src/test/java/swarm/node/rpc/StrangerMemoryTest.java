package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocatorMetric;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.testing.Await;

/// What strangers can make the server hold, in bytes.
@Timeout(120)
class StrangerMemoryTest {
  private static final int MIB = 1024 * 1024;

  /// The most that Netty reads from a socket at once.
  private static final int READ = 64 * 1024;

  /// Netty takes memory in chunks of 4 MiB, and counts those: each of the server's threads may have
  /// begun one of each kind.
  private static final int BEGUN_CHUNKS = 4 * 4 * MIB;

  /// Around a byte that came in a frame of its own: buffers and their holders.
  private static final int PER_FRAME = 512;

  /// A TLS record (22 bytes) with a frame (9) of one byte.
  private static final int SMALLEST_FRAME = 32;

  /// The server's buffers: gRPC has one allocator for all of its channels, and a client's channel
  /// shows it.
  private static PooledByteBufAllocator allocator(ClusterPort port) throws Exception {
    var made = new CompletableFuture<Channel>();
    var client =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port()))
            .channelFactory(
                () -> {
                  var channel = new EpollSocketChannel();
                  made.complete(channel);
                  return channel;
                })
            .eventLoopGroup(port.loops.group())
            .build();
    try {
      client.getState(true); // connects
      Channel channel = made.get(10, TimeUnit.SECONDS);
      Await.until(
          "it has gRPC's allocator", () -> channel.alloc() instanceof PooledByteBufAllocator);
      return (PooledByteBufAllocator) channel.alloc();
    } finally {
      client.shutdownNow();
    }
  }

  private static long held(PooledByteBufAllocator allocator) {
    PooledByteBufAllocatorMetric all = allocator.metric();
    return Stream.concat(all.directArenas().stream(), all.heapArenas().stream())
        .mapToLong(PoolArenaMetric::numActiveBytes)
        .sum();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /// A part of a join that announces almost as much as a manager reads at all.
  private static byte[] begun(int bytes) {
    byte[] message = new byte[bytes];
    message[2] = 0x3f;
    message[3] = (byte) 0xff;
    message[4] = (byte) 0xff;
    return message;
  }

  @Test
  void sixtyMegabytesOfJoinsAreNeverHeld() throws Exception {
    int connections = 4;
    int streams = 4;
    byte[] part = begun(15 * MIB / 4); // of each; the same array is sent by all
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      PooledByteBufAllocator servers = allocator(port);
      Await.until("nobody is connected", () -> port.server.strangerConnections().open() == 0);
      long before = held(servers);
      var most = new AtomicLong(before);
      var attackers = new ArrayList<Attacker>();
      List<Future<?>> sent = new ArrayList<>();
      for (int c = 0; c < connections; c++) {
        Attacker attacker = port.attacker();
        attackers.add(attacker);
        var calls = new ArrayList<Attacker.Call>();
        for (int s = 0; s < streams; s++) {
          calls.add(attacker.begin());
        }
        calls.forEach(call -> sent.add(call.send(part, 16 * 1024)));
      }
      Await.until(
          "all has gone, or was refused",
          () -> {
            most.accumulateAndGet(held(servers), Math::max);
            return sent.stream().allMatch(Future::isDone);
          });
      long bound = connections * (long) (StrangerLimits.USUAL.bytes() + READ) + BEGUN_CHUNKS;
      assertThat(most.get() - before).as("held at most").isLessThanOrEqualTo(bound);
      assertThat(held(servers) - before).as("held at last").isLessThanOrEqualTo(bound);
      Await.until("they are cut", () -> attackers.stream().noneMatch(Attacker::open));
      assertThat(port.member().call(Methods.RAFT, new byte[] {0}).isOk()).isTrue();
    }
  }

  @Test
  void crumbsOfJoinsAreNotHeldEither() throws Exception {
    int connections = 8;
    byte[] part = begun(40_000);
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      long before = heap();
      var attackers = new ArrayList<Attacker>();
      for (int c = 0; c < connections; c++) {
        Attacker attacker = port.attacker();
        attackers.add(attacker);
        Future<?> sent = attacker.begin().send(part, 1);
        Await.until("all has gone, or was refused", sent::isDone);
      }
      long bound =
          connections * (long) (StrangerLimits.USUAL.bytes() + READ) / SMALLEST_FRAME * PER_FRAME
              + 4 * MIB;
      assertThat(heap() - before).isLessThanOrEqualTo(bound);
      Await.until("they are cut", () -> attackers.stream().noneMatch(Attacker::open));
    }
  }
}
