package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.log.ProposeResult;
import swarm.raft.transport.RaftInbound;

/// Whatever arrives, it harms nobody.
class InboundTest {
  @TempDir Path root;

  @Test
  void bytesThatAreNoMessageAreRefused() throws Exception {
    try (Cluster cluster = new Cluster(root).start("a")) {
      RaftInbound inbound = cluster.get("a").log().inbound();
      Random random = new Random(1);
      for (Kind kind : Kind.values()) {
        for (int length = 0; length < 200; length++) {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          assertThatThrownBy(() -> Await.value(inbound.handle(kind.wireName(), bytes)))
              .as("%s of %d bytes", kind, length)
              .hasCauseInstanceOf(IOException.class);
        }
      }
      assertThatThrownBy(() -> Await.value(inbound.handle("unheard-of", new byte[0])))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("unheard-of");
      assertThat(cluster.get("a").propose("x")).isInstanceOf(ProposeResult.Committed.class);
    }
  }

  /// While a vote is written to a slow disk, Ratis holds its lock.
  @Test
  void anAppendOfALaterTermDoesNotHoldUpTheNetworksThread() throws Exception {
    try (Cluster cluster = new Cluster(root).start("a")) {
      var inbound = (Inbound) cluster.get("a").log().inbound();
      Node node = inbound.node();
      long term = node.term();
      byte[] append =
          AppendEntriesRequestProto.newBuilder()
              .setServerRequest(
                  RaftRpcRequestProto.newBuilder()
                      .setRequestorId(RaftPeerId.valueOf("b").toByteString())
                      .setReplyId(node.self().toByteString())
                      .setRaftGroupId(
                          RaftGroupIdProto.newBuilder().setId(node.group().toByteString())))
              .setLeaderTerm(term + 1)
              .build()
              .toByteArray();
      var held = new CountDownLatch(1);
      var written = new CountDownLatch(1);
      Thread voting = Thread.ofPlatform().start(() -> hold(node.division(), held, written));
      CompletableFuture<byte[]> answer;
      try {
        held.await();
        answer =
            Await.value(
                    CompletableFuture.supplyAsync(() -> List.of(inbound.handle("append", append))))
                .getFirst();
        assertThat(answer).isNotDone();
      } finally {
        written.countDown();
      }
      assertThat(AppendEntriesReplyProto.parseFrom(Await.value(answer)).getTerm())
          .as("the term in which it came")
          .isEqualTo(term);
      assertThat(node.term()).isEqualTo(term + 1);
      voting.join();
    }
  }

  private static void hold(Object lock, CountDownLatch held, CountDownLatch written) {
    synchronized (lock) {
      held.countDown();
      try {
        written.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts this", e);
      }
    }
  }
}
