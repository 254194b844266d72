package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.TaskState;

class TaskEndTest {
  @ParameterizedTest
  @CsvSource({
    "false, 0, false, COMPLETE, ''",
    "false, 3, false, FAILED, task: non-zero exit (3)",
    "false, 137, true, FAILED, task: non-zero exit (137): out of memory",
    "true, 0, false, FAILED, task: its machine went down (exit 0)",
    "true, 137, false, FAILED, task: its machine went down (exit 137)",
  })
  void aCleanExitIsNoWorkDoneWhereTheMachineWentDown(
      boolean withHost, int code, boolean outOfMemory, TaskState state, String error) {
    assertThat(TaskEnd.of(withHost, code, outOfMemory)).isEqualTo(new TaskEnd(state, error));
  }
}
