package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import swarm.scheduler.state.CommandResult;

class OutcomeTest {
  private static Outcome applied(CommandResult result) {
    return new Outcome.Applied(7, result);
  }

  @Test
  void whatTookEffectHasNoFailure() {
    assertThat(applied(new CommandResult.Done()).failure()).isEmpty();
  }

  @Test
  void everyFailureIsASentence() {
    assertThat(applied(new CommandResult.NotFound("service x not found")).failure())
        .contains("service x not found");
    assertThat(
            applied(new CommandResult.Conflict("rpc error: code = Unknown desc = late")).failure())
        .contains("late");
    assertThat(
            applied(new CommandResult.Refused("rpc error: code = FailedPrecondition desc = 7 of 7"))
                .failure())
        .contains("7 of 7");
    assertThat(new Outcome.TooLarge(30, 20).failure().orElseThrow()).contains("30", "20");
    assertThat(new Outcome.NoLeader("no leader").failure()).contains("no leader");
    assertThat(new Outcome.Unknown("the leader is gone").failure()).contains("the leader is gone");
  }
}
