package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.TaskState;

class TaskStepTest {
  @ParameterizedTest
  @CsvSource({
    // state, desired, forgotten, watched, step
    "ASSIGNED,  READY,    false, false, PREPARE",
    "ASSIGNED,  RUNNING,  false, false, PREPARE",
    "PREPARING, RUNNING,  false, false, PREPARE",
    "READY,     READY,    false, false, AWAIT",
    "READY,     RUNNING,  false, false, START",
    "STARTING,  RUNNING,  false, false, START", // what an earlier daemon did not finish
    "STARTING,  RUNNING,  false, true,  WATCH",
    "RUNNING,   RUNNING,  false, true,  WATCH",
    "RUNNING,   SHUTDOWN, false, true,  SHUT_DOWN",
    "ASSIGNED,  SHUTDOWN, false, false, SHUT_DOWN",
    "SHUTDOWN,  SHUTDOWN, false, true,  AWAIT",
    "FAILED,    SHUTDOWN, false, true,  AWAIT",
    "FAILED,    RUNNING,  false, true,  AWAIT", // another task takes its place
    "COMPLETE,  RUNNING,  false, true,  AWAIT",
    "RUNNING,   REMOVE,   false, true,  REMOVE",
    "FAILED,    REMOVE,   false, true,  REMOVE",
    "RUNNING,   RUNNING,  true,  true,  REMOVE",
  })
  void whatIsDoneNext(
      TaskState state, TaskState desired, boolean forgotten, boolean watched, TaskStep step) {
    assertThat(TaskStep.next(state, desired, forgotten, watched)).isEqualTo(step);
  }
}
