package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import swarm.raft.log.ProposeResult;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandGroup;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.StateCodec;

class GroupCommitTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private record Entry(byte[] bytes, CompletableFuture<ProposeResult> result) {
    List<Command> commands() throws IOException {
      return CommandGroup.isGroup(bytes)
          ? CommandGroup.split(bytes)
          : List.of(StateCodec.decode(bytes));
    }
  }

  private final List<Entry> log = new ArrayList<>();
  private static final long TERM = 3;

  private final List<Long> terms = new ArrayList<>();

  private final GroupCommit group = new GroupCommit(this::append);

  private CompletableFuture<ProposeResult> append(byte[] bytes, long term) {
    terms.add(term);
    log.add(new Entry(bytes, new CompletableFuture<>()));
    return log.getLast().result();
  }

  private static Command admit(int n) {
    return new Command.AdmitNode("n" + n, "worker", "192.0.2.9", NOW);
  }

  private CompletableFuture<ProposeResult> propose(int n) {
    return group.propose(StateCodec.encode(admit(n)), TERM);
  }

  private List<CompletableFuture<ProposeResult>> propose(int from, int to) {
    var all = new ArrayList<CompletableFuture<ProposeResult>>();
    for (int n = from; n < to; n++) {
      all.add(propose(n));
    }
    return all;
  }

  private static List<Command> admits(int from, int to) {
    var all = new ArrayList<Command>();
    for (int n = from; n < to; n++) {
      all.add(admit(n));
    }
    return all;
  }

  @Test
  void aCommandThatComesAloneGoesAtOnceAndAsItIs() {
    var result = propose(1);

    assertThat(log).hasSize(1);
    assertThat(log.getFirst().bytes()).isEqualTo(StateCodec.encode(admit(1)));
    var committed = new ProposeResult.Committed(7, new byte[] {1});
    log.getFirst().result().complete(committed);
    assertThat(result).isCompletedWithValue(committed);
  }

  @Test
  void whatComesWhileTwoEntriesAreUnderWaySharesTheNextInItsOrder() throws IOException {
    var results = propose(0, 12);

    assertThat(log).hasSize(2);
    log.getFirst().result().complete(new ProposeResult.Committed(1, new byte[0]));
    assertThat(log).hasSize(3);
    assertThat(log.get(2).commands()).isEqualTo(admits(2, 12));
    assertThat(results.subList(1, 12)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void everyoneIsToldItsOwnResult() throws IOException {
    propose(0, 2);
    var results = propose(2, 5);
    log.getFirst().result().complete(new ProposeResult.Committed(1, new byte[0]));

    log.get(2)
        .result()
        .complete(
            new ProposeResult.Committed(
                9,
                CommandGroup.joinResults(List.of(new byte[] {1}, new byte[0], new byte[] {2, 3}))));

    assertThat(results)
        .map(result -> ((ProposeResult.Committed) result.join()).reply())
        .containsExactly(new byte[] {1}, new byte[0], new byte[] {2, 3});
    assertThat(results).allMatch(r -> ((ProposeResult.Committed) r.join()).index() == 9);
  }

  @Test
  void anEntryThatDidNotGetInIsToldToAllOfItsCommandsAndTheNextGoes() {
    propose(0, 2);
    var results = propose(2, 5);
    log.get(1).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    var notLeader = new ProposeResult.NotLeader(Optional.empty());
    var later = propose(5);

    log.get(2).result().complete(notLeader);

    assertThat(results).allMatch(r -> r.join().equals(notLeader));
    assertThat(later).isNotDone();
    assertThat(log).hasSize(4);
  }

  @Test
  void aFailureIsToldToAllOfItsCommandsAndHoldsNothingUp() {
    propose(0, 2);
    var results = propose(2, 4);
    log.get(0).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    log.get(2).result().completeExceptionally(new IllegalStateException("closed"));

    assertThat(results)
        .allSatisfy(
            r ->
                assertThat(catchThrowable(r::join))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("closed"));
    var _ = propose(9);
    assertThat(log).hasSize(4);
  }

  @Test
  void aLogThatDoesNotAnswerLetsThoseGoWhoWait() {
    propose(0, 2);
    var results = propose(2, 400);

    log.get(0).result().complete(new ProposeResult.Unknown("no majority"));

    assertThat(results).allMatch(r -> r.join() instanceof ProposeResult.NotLeader);
    assertThat(log).hasSize(2);
    var _ = propose(9);
    assertThat(log).hasSize(3);
  }

  @Test
  void aCommandThatTheLogThrowsAtHoldsNothingUp() {
    var throwing =
        new GroupCommit(
            (_, _) -> {
              throw new IllegalArgumentException("too large");
            });
    for (int i = 0; i < 5; i++) {
      assertThat(throwing.propose(new byte[1], TERM)).isCompletedExceptionally();
    }
  }

  @Test
  void anEntryHoldsAtMost256CommandsAndAMebibyte() throws IOException {
    propose(0, 2);
    propose(2, 402);
    log.get(0).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    assertThat(log.get(2).commands()).hasSize(256);

    byte[] large = new byte[700 * 1024];
    var _ = group.propose(large, TERM);
    var _ = group.propose(large, TERM);
    log.get(1).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    assertThat(log.get(3).bytes().length).isBetween(700 * 1024, 1024 * 1024);
    log.get(2).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    assertThat(log.get(4).bytes()).isEqualTo(large);
  }

  @Test
  void whatWaitsIsBounded() {
    propose(0, 2);
    byte[] large = new byte[1024 * 1024];
    for (int i = 0; i < 32; i++) {
      assertThat(group.propose(large, TERM)).isNotDone();
    }
    assertThat(group.propose(large, TERM).join())
        .isInstanceOfSatisfying(
            ProposeResult.Busy.class, busy -> assertThat(busy.why()).startsWith("32 proposals "));
  }

  @Test
  void aGroupIsAppliedInItsOrderAndOneThatIsRefusedStopsNoOther() throws IOException {
    byte[] entry =
        CommandGroup.join(
            List.of(
                StateCodec.encode(admit(1)),
                StateCodec.encode(new Command.RemoveService("none", NOW)),
                StateCodec.encode(admit(2))));
    var store = new Store();

    byte[] reply = store.apply(5, 1, entry);

    assertThat(store.state().nodes()).containsOnlyKeys("n1", "n2");
    assertThat(store.state().index()).isEqualTo(5);
    var results = new ArrayList<CommandResult>();
    for (byte[] each : CommandGroup.splitResults(reply)) {
      results.add(StateCodec.decodeResult(each));
    }
    assertThat(results)
        .isEqualTo(
            CommandApplier.apply(ClusterState.EMPTY, 5, CommandGroup.split(entry)).results());
    assertThat(results.get(1)).isInstanceOf(CommandResult.NotFound.class);
  }

  @Test
  void commandsOfAnotherTermGoIntoAnotherEntry() throws IOException {
    propose(0, 2);
    propose(2, 4);
    var _ = group.propose(StateCodec.encode(admit(4)), TERM + 1);
    log.get(0).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    assertThat(log.get(2).commands()).isEqualTo(admits(2, 4));

    log.get(1).result().complete(new ProposeResult.NotLeader(Optional.empty()));
    assertThat(log.get(3).bytes()).isEqualTo(StateCodec.encode(admit(4)));
    assertThat(terms).containsExactly(TERM, TERM, TERM, TERM + 1);
  }
}
