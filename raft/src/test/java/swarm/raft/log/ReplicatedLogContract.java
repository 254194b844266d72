package swarm.raft.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.raft.engine.Await;
import swarm.raft.engine.ListMachine;

/// What every replicated log does, tried with a single member.
abstract class ReplicatedLogContract {
  static final Member SELF = new Member("one", "one:2377");
  private static final Member NOBODY = new Member("nobody", "nobody:2377");

  private final ListMachine machine = new ListMachine();
  private final List<Leadership> heard = new CopyOnWriteArrayList<>();
  private ReplicatedLog log = new Closed();

  /// Opens a log that begins with [#SELF].
  abstract ReplicatedLog open(StateMachine machine, LeadershipListener listener) throws Exception;

  @BeforeEach
  void open() throws Exception {
    log = open(machine, heard::add);
    Await.until("the only member leads", () -> log.leadership().ready());
  }

  @AfterEach
  void close() {
    log.close();
  }

  private ProposeResult propose(String command) throws Exception {
    return Await.value(log.propose(command.getBytes(UTF_8)));
  }

  @Test
  void aProposalIsAppliedWhenItIsAnswered() throws Exception {
    assertThat(propose("x")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(machine.commands()).containsExactly("x");
  }

  @Test
  void theAnswerIsTheStateMachines() throws Exception {
    propose("x");
    if (propose("y") instanceof ProposeResult.Committed(long index, byte[] reply)) {
      assertThat(reply).isEqualTo("2".getBytes(UTF_8));
      assertThat(log.appliedIndex()).isGreaterThanOrEqualTo(index);
    } else {
      throw new AssertionError("not committed");
    }
  }

  @Test
  void indexesRiseAndCommandsKeepTheirOrder() throws Exception {
    List<CompletableFuture<ProposeResult>> results = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      commands.add("c" + i);
      results.add(log.propose(("c" + i).getBytes(UTF_8)));
    }
    long last = -1;
    for (CompletableFuture<ProposeResult> result : results) {
      long index = ((ProposeResult.Committed) Await.value(result)).index();
      assertThat(index).isGreaterThan(last);
      last = index;
    }
    assertThat(machine.commands()).isEqualTo(commands);
  }

  @Test
  void anEmptyCommandIsACommand() throws Exception {
    assertThat(propose("")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(machine.commands()).containsExactly("");
  }

  @Test
  void aCommandOfTheLargestSizeIsTakenAndNoneAboveIt() throws Exception {
    Await.value(log.propose(new byte[log.maxCommandBytes()]));
    assertThatThrownBy(() -> log.propose(new byte[log.maxCommandBytes() + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProposalFencedToThisTermIsCommitted() throws Exception {
    long term = log.leadership().term();
    assertThat(Await.value(log.proposeInTerm("x".getBytes(UTF_8), term)))
        .isInstanceOf(ProposeResult.Committed.class);
  }

  @Test
  void aProposalFencedToAnotherTermHasNoEffect() throws Exception {
    long term = log.leadership().term();
    assertThat(Await.value(log.proposeInTerm("late".getBytes(UTF_8), term + 1)))
        .isInstanceOf(ProposeResult.NotLeader.class);
    if (term > 1) {
      assertThat(Await.value(log.proposeInTerm("late".getBytes(UTF_8), term - 1)))
          .isInstanceOf(ProposeResult.NotLeader.class);
    }
    propose("x");
    assertThat(machine.commands()).containsExactly("x");
  }

  @Test
  void aBarrierComesAfterWhatWasAcknowledged() throws Exception {
    long index = ((ProposeResult.Committed) propose("x")).index();
    assertThat(Await.value(log.readBarrier()))
        .isInstanceOfSatisfying(
            BarrierResult.Fresh.class,
            fresh -> assertThat(fresh.index()).isGreaterThanOrEqualTo(index));
  }

  @Test
  void theListenerHearsWhoLeads() {
    Leadership now = log.leadership();
    assertThat(now.leader()).contains(SELF);
    assertThat(now.term()).isPositive();
    Await.until("the listener heard of it", () -> heard.contains(now));
    List<Long> terms = heard.stream().map(Leadership::term).toList();
    assertThat(terms).isSorted();
  }

  @Test
  void theOnlyMemberIsTheOnlyMember() throws Exception {
    assertThat(log.members()).containsExactly(SELF);
    assertThat(Await.value(log.removeMember(SELF.id())))
        .isInstanceOf(MembershipResult.Refused.class);
    assertThat(log.members()).containsExactly(SELF);
  }

  @Test
  void addingAMemberOrRemovingNobodyChangesNothing() throws Exception {
    MembershipResult unchanged = new MembershipResult.Changed(List.of(SELF));
    assertThat(Await.value(log.addMember(SELF))).isEqualTo(unchanged);
    assertThat(Await.value(log.removeMember(NOBODY.id()))).isEqualTo(unchanged);
  }

  @Test
  void aMemberThatNeverAnswersIsNotAdded() throws Exception {
    assertThat(Await.value(log.addMember(NOBODY))).isInstanceOf(MembershipResult.Unchanged.class);
    assertThat(log.members()).containsExactly(SELF);
    assertThat(propose("x")).isInstanceOf(ProposeResult.Committed.class);
  }

  @Test
  void leadershipIsNotHandedToNobody() throws Exception {
    assertThat(Await.value(log.transferLeadership(NOBODY.id())))
        .isInstanceOf(MembershipResult.Refused.class);
    assertThat(propose("x")).isInstanceOf(ProposeResult.Committed.class);
  }

  @Test
  void aClosedLogAnswersAndClosesAgain() throws Exception {
    log.close();
    assertThat(propose("x")).isInstanceOf(ProposeResult.NotLeader.class);
    assertThat(Await.value(log.readBarrier())).isInstanceOf(BarrierResult.NoQuorum.class);
    assertThat(log.leadership().ready()).isFalse();
    log.close();
  }

  /// Before a test has opened one.
  private static final class Closed extends MemoryLog {
    Closed() {
      super(SELF, new ListMachine(), _ -> {});
    }
  }
}
