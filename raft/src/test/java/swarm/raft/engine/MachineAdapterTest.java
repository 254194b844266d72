package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.Seal;

/// What happens to entries, whoever put them into the log and whenever.
class MachineAdapterTest {
  private final Seal seal = AesGcmSeal.of(new byte[32]);
  private final ListMachine machine = new ListMachine();
  private final List<Throwable> fatal = new ArrayList<>();
  private final AppliedIndex applied = new AppliedIndex();
  private final MachineAdapter adapter =
      new MachineAdapter(
          machine,
          seal,
          new Snapshots(
              "m", SnapshotPolicy.defaults(), seal, roomy(), () -> {}, _ -> {}, fatal::add),
          applied,
          new MachineAdapter.Events() {
            @Override
            public void changed() {}

            @Override
            public void fatal(Throwable cause) {
              fatal.add(cause);
            }

            @Override
            public void applyFailed(Throwable cause) {
              fatal.add(cause);
            }

            @Override
            public void removed() {}
          });

  private Reply apply(long term, long index, byte[] data) throws Exception {
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
            .build();
    TransactionContext context =
        TransactionContext.newBuilder()
            .setServerRole(RaftPeerRole.FOLLOWER)
            .setStateMachine(adapter)
            .setLogEntry(entry)
            .build();
    return Reply.decode(adapter.applyTransaction(context).get().getContent().toByteArray());
  }

  private byte[] entry(long fence, String command) {
    return seal.seal(new Envelope(fence, command.getBytes(StandardCharsets.UTF_8)).encode());
  }

  @Test
  void anEntryOfTheFencedTermTakesEffect() throws Exception {
    assertThat(apply(5, 1, entry(5, "x"))).isInstanceOf(Reply.Applied.class);
    assertThat(apply(6, 2, entry(Envelope.NO_FENCE, "y"))).isInstanceOf(Reply.Applied.class);
    assertThat(machine.commands()).containsExactly("x", "y");
    assertThat(applied.get()).isEqualTo(2);
  }

  @Test
  void anEntryOfAnotherTermIsANoOpThatCountsAsApplied() throws Exception {
    assertThat(apply(6, 1, entry(5, "x"))).isEqualTo(new Reply.Fenced());
    assertThat(machine.commands()).isEmpty();
    assertThat(applied.get()).isEqualTo(1);
    assertThat(fatal).isEmpty();
  }

  @Test
  void anEntryThatCannotBeOpenedStopsTheMember() {
    byte[] otherKey = new byte[32];
    otherKey[0] = 1;
    byte[] foreign = AesGcmSeal.of(otherKey).seal(new Envelope(0, new byte[1]).encode());
    assertThatThrownBy(() -> apply(1, 1, foreign)).isInstanceOf(IllegalStateException.class);
    assertThat(fatal).hasSize(1);
    assertThat(applied.get()).isEqualTo(-1);
  }

  @Test
  void anEntryOfANewerFormatStopsTheMember() {
    byte[] newer = new Envelope(0, new byte[1]).encode();
    newer[0] = 3;
    assertThatThrownBy(() -> apply(1, 1, seal.seal(newer)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Upgrade");
    assertThat(fatal).hasSize(1);
  }

  private static DiskSpace roomy() {
    return new DiskSpace(new DiskSpace.Levels(1, 1), () -> Long.MAX_VALUE);
  }
}
