package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobProgressTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode service(String mode) throws IOException {
    return JSON.readTree(
        "{'Spec':{'Mode':{%s}},'JobStatus':{'JobIteration':{'Index':1}}}"
            .formatted(mode)
            .replace('\'', '"'));
  }

  /// `slot:state[:iteration]`; a slot may be a node.
  private static List<JsonNode> tasks(String words) {
    var all = new ArrayList<JsonNode>();
    for (String word : words.isEmpty() ? new String[0] : words.split(" ")) {
      String[] parts = word.split(":");
      var task = JSON.createObjectNode();
      if (parts[0].startsWith("n")) {
        task.put("NodeID", parts[0]);
      } else if (!parts[0].equals("0")) {
        task.put("Slot", Integer.parseInt(parts[0])); // slot 0 is left out, as Docker does
      }
      task.putObject("Status").put("State", parts[1]);
      if (parts[1].equals("failed")) {
        task.withObject("/Status").put("Err", "exit\n1");
      }
      int iteration = parts.length > 2 ? Integer.parseInt(parts[2]) : 1;
      task.putObject("JobIteration").put("Index", iteration);
      all.add(task);
    }
    return all;
  }

  private static String text(Convergence.Step step) {
    return switch (step) {
      case Convergence.Step.Going going -> going.text();
      case Convergence.Step.Converged converged -> converged.text();
      case Convergence.Step.Failed failed -> failed.text();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 0 out of 3 complete; active tasks: 0 out of 2",
        "0:running 1:pending | 0 out of 3 complete; active tasks: 2 out of 2",
        "0:complete 1:running | 1 out of 3 complete; active tasks: 1 out of 2",
        "0:complete 1:complete 2:new | 2 out of 3 complete; active tasks: 1 out of 1",
        "0:failed 0:ready | 0 out of 3 complete; active tasks: 1 out of 2: exit 1",
        "0:shutdown 0:complete | 1 out of 3 complete; active tasks: 0 out of 2",
        "0:complete:0 1:running:0 0:running | 0 out of 3 complete; active tasks: 1 out of 2",
      })
  void a_replicated_job_counts_slots_of_this_execution(String tasks, String text)
      throws IOException {
    JsonNode service = service("'ReplicatedJob':{'MaxConcurrent':2,'TotalCompletions':3}");
    assertThat(JobProgress.of(service)).isTrue();
    assertThat(text(new JobProgress().look(service, tasks(tasks))))
        .isEqualTo("job progress: " + text);
  }

  @Test
  void it_is_over_when_all_are_complete() throws IOException {
    JsonNode service = service("'ReplicatedJob':{'MaxConcurrent':1,'TotalCompletions':2}");
    assertThat(new JobProgress().look(service, tasks("0:failed 0:complete 1:complete")))
        .isEqualTo(new Convergence.Step.Converged("job complete"));
    assertThat(JobProgress.of(service("'Replicated':{}"))).isFalse();
  }

  @Test
  void a_scheduled_one_is_not_waited_for_before_its_first_time() throws IOException {
    var service = (ObjectNode) service("'ReplicatedJob':{'TotalCompletions':1}");
    ObjectNode status = service.withObject("/JobStatus").put("NextExecution", "2026-01-02T03:00Z");
    assertThat(new JobProgress().look(service, tasks("")))
        .isEqualTo(new Convergence.Step.Converged("job runs next at 2026-01-02T03:00Z"));
    status.put("LastExecution", "2026-01-01T03:00Z");
    assertThat(text(new JobProgress().look(service, tasks("0:running")))).contains("0 out of 1");
  }

  @Test
  void one_that_is_only_forced_is_not_waited_for() throws IOException {
    var service = (ObjectNode) service("'ReplicatedJob':{'TotalCompletions':1}");
    service.withObject("/Spec/Labels").put("swarm.schedule", "none");
    assertThat(new JobProgress().look(service, tasks("")))
        .isEqualTo(new Convergence.Step.Converged("job runs when it is forced to"));
    service.withObject("/JobStatus").put("LastExecution", "2026-01-01T03:00Z");
    assertThat(text(new JobProgress().look(service, tasks("0:running")))).contains("0 out of 1");
  }

  @Test
  void a_global_job_counts_the_nodes_that_had_a_task_at_first() throws IOException {
    JsonNode service = service("'GlobalJob':{}");
    var progress = new JobProgress();
    assertThat(text(progress.look(service, tasks("n1:complete:0"))))
        .isEqualTo("job progress: waiting for tasks");
    assertThat(text(progress.look(service, tasks("n1:complete n2:running"))))
        .isEqualTo("job progress: 1 out of 2 complete");
    assertThat(text(progress.look(service, tasks("n1:complete n2:complete n3:new"))))
        .isEqualTo("job complete");
  }
}
