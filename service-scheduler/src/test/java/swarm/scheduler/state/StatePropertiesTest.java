package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StatePropertiesTest {

  @Provide
  Arbitrary<List<Command>> histories() {
    return Commands.any().list().ofMinSize(1).ofMaxSize(120);
  }

  @Provide
  Arbitrary<Command> commands() {
    return Commands.any();
  }

  @Provide
  Arbitrary<CommandResult> results() {
    return Arbitraries.of(
        new CommandResult.Done(),
        new CommandResult.NotFound("a"),
        new CommandResult.Conflict("b"),
        new CommandResult.Refused("c"));
  }

  @Property(tries = 1500)
  void noCommandThrowsAndEveryStateIsSound(@ForAll("histories") List<Command> history) {
    ClusterState state = ClusterState.EMPTY;
    for (Command command : history) {
      ClusterState next = CommandApplier.apply(state, state.index() + 1, command).state();
      Invariants.check(next);
      Invariants.checkStep(state, next);
      state = next;
    }
  }

  @Property(tries = 300)
  void theSameHistoryGivesTheSameState(@ForAll("histories") List<Command> history) {
    assertThat(play(history)).isEqualTo(play(history));
  }

  @Property(tries = 300)
  void aSnapshotReadAgainIsTheState(@ForAll("histories") List<Command> history) throws IOException {
    ClusterState state = play(history);
    var out = new ByteArrayOutputStream();
    StateCodec.write(state, out);
    assertThat(StateCodec.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(state);
  }

  @Property(tries = 300)
  void aHistoryGoesOnFromASnapshotAsWithoutOne(
      @ForAll("histories") List<Command> first, @ForAll("histories") List<Command> second)
      throws IOException {
    ClusterState state = play(first);
    var out = new ByteArrayOutputStream();
    StateCodec.write(state, out);
    ClusterState restored = StateCodec.read(new ByteArrayInputStream(out.toByteArray()));
    for (Command command : second) {
      state = CommandApplier.apply(state, state.index() + 1, command).state();
      restored = CommandApplier.apply(restored, restored.index() + 1, command).state();
    }
    assertThat(restored).isEqualTo(state);
  }

  @Property(tries = 3000)
  void aCommandReadAgainIsTheCommand(@ForAll("commands") Command command) throws IOException {
    assertThat(StateCodec.decode(StateCodec.encode(command))).isEqualTo(command);
  }

  @Property
  void aResultReadAgainIsTheResult(@ForAll("results") CommandResult result) throws IOException {
    assertThat(StateCodec.decodeResult(StateCodec.encode(result))).isEqualTo(result);
  }

  private static ClusterState play(List<Command> history) {
    ClusterState state = ClusterState.EMPTY;
    for (Command command : history) {
      state = CommandApplier.apply(state, state.index() + 1, command).state();
    }
    return state;
  }

  @Test
  void unknownFormatsAreRefusedByName() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> StateCodec.decode(new byte[] {9, 1})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 9")
        .hasMessageContaining("upgrade");
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> StateCodec.decode(new byte[0])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("empty");
  }
}
