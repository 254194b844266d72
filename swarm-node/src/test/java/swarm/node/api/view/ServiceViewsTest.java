package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Formed;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;

class ServiceViewsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private ClusterState state = ClusterState.EMPTY;

  private void run(Command command) {
    state = CommandApplier.apply(state, state.index() + 1, command).state();
  }

  private void service(String mode) throws IOException {
    run(Formed.at(NOW));
    run(new Command.CreateService("s", spec(mode), NOW));
  }

  private static ServiceSpec spec(String mode) throws IOException {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", "s");
    spec.set("Mode", Wire.JSON.readTree(mode.replace('\'', '"')));
    return Wire.JSON.treeToValue(spec, ServiceSpec.class);
  }

  private void task(String id, int slot, TaskState seen) {
    run(new Command.CreateTask(id, "s", slot, "", 0, TaskState.COMPLETE, NOW, NOW));
    run(new Command.AllocateTask(id, 0, NOW));
    run(new Command.AssignTask(id, "n1", null, NOW));
    run(
        new Command.ReportTasks(
            "n1",
            List.of(
                new Command.ReportTasks.Observation(id, new Task.Status(seen, NOW, "", "", null))),
            NOW));
  }

  private JsonNode shown() throws IOException {
    var out = new ByteArrayOutputStream();
    new ServiceViews().list(state, List.copyOf(state.services().values()), true, out);
    return Wire.JSON.readTree(out.toByteArray()).path(0);
  }

  /// In the table of compatibility is what Docker's engine fills in.
  @Test
  void defaults_are_filled_in_where_they_are_asked_for() throws IOException {
    run(Formed.at(NOW));
    JsonNode given =
        Wire.JSON.readTree(
            """
            {"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"i","StopGracePeriod":0},
             "RestartPolicy":{"Condition":"none"}},"UpdateConfig":{"Delay":7}}""");
    run(new Command.CreateService("s", Wire.JSON.treeToValue(given, ServiceSpec.class), NOW));
    JsonNode filled =
        Wire.JSON
            .readTree(new ServiceViews().withDefaults(state.service("s").orElseThrow()))
            .path("Spec");
    assertThat(filled)
        .isEqualTo(
            Wire.JSON.readTree(
                """
                {"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"i","StopGracePeriod":0,
                 "DNSConfig":{},"Isolation":"default"},
                 "RestartPolicy":{"Condition":"none","Delay":5000000000,"MaxAttempts":0},
                 "Resources":{"Limits":{},"Reservations":{}},"Placement":{},"ForceUpdate":0,
                 "Runtime":"container"},
                 "UpdateConfig":{"Delay":7,"Parallelism":1,"FailureAction":"pause",
                 "Monitor":5000000000,"MaxFailureRatio":0,"Order":"stop-first"},
                 "Mode":{"Replicated":{"Replicas":1}},
                 "RollbackConfig":{"Parallelism":1,"FailureAction":"pause","Monitor":5000000000,
                 "MaxFailureRatio":0,"Order":"stop-first"},"EndpointSpec":{"Mode":"vip"}}"""));
    assertThat(shown().at("/Spec/RollbackConfig").isMissingNode()).isTrue();
  }

  /// Docker's command needs the numbers.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{} | {'Replicated':{'Replicas':1}}",
        "{'Global':{}} | {'Global':{}}",
        "{'GlobalJob':{}} | {'GlobalJob':{}}",
        "{'ReplicatedJob':{}} | {'ReplicatedJob':{'MaxConcurrent':1,'TotalCompletions':1}}",
        "{'ReplicatedJob':{'MaxConcurrent':2}}"
            + " | {'ReplicatedJob':{'MaxConcurrent':2,'TotalCompletions':2}}",
        "{'ReplicatedJob':{'TotalCompletions':3}}"
            + " | {'ReplicatedJob':{'MaxConcurrent':1,'TotalCompletions':3}}",
      })
  void a_mode_says_how_many(String given, String shown) throws IOException {
    service(given);
    assertThat(shown().at("/Spec/Mode")).isEqualTo(Wire.JSON.readTree(shown.replace('\'', '"')));
    assertThat(shown().has("JobStatus")).isEqualTo(given.contains("Job"));
  }

  @Test
  void a_job_counts_slots_of_its_present_execution() throws IOException {
    service("{'ReplicatedJob':{'MaxConcurrent':2,'TotalCompletions':3}}");
    task("t1", 0, TaskState.COMPLETE);
    task("t2", 0, TaskState.COMPLETE); // the first had been taken for lost
    task("t3", 1, TaskState.RUNNING);
    task("t4", 2, TaskState.FAILED);
    assertThat(shown().path("ServiceStatus").toString())
        .isEqualTo("{\"RunningTasks\":1,\"DesiredTasks\":2,\"CompletedTasks\":1}");
    assertThat(
            SwarmViews.task(state, state.tasksOfService("s").getFirst())
                .at("/JobIteration/Index")
                .asInt(-1))
        .isZero();
    run(
        new Command.UpdateService(
            "s",
            shown().at("/Version/Index").asLong(),
            spec("{'ReplicatedJob':{'MaxConcurrent':1}}"),
            false,
            NOW.plusSeconds(9)));
    assertThat(shown().path("ServiceStatus").toString())
        .isEqualTo("{\"RunningTasks\":0,\"DesiredTasks\":1,\"CompletedTasks\":0}");
    assertThat(shown().path("JobStatus").toString())
        .isEqualTo("{\"JobIteration\":{\"Index\":1},\"LastExecution\":\"2026-01-02T03:04:14Z\"}");
  }

  @Test
  void a_global_job_wants_what_it_has_not_yet() throws IOException {
    service("{'GlobalJob':{}}");
    task("t1", 0, TaskState.RUNNING);
    assertThat(shown().path("ServiceStatus").toString())
        .isEqualTo("{\"RunningTasks\":1,\"DesiredTasks\":1,\"CompletedTasks\":0}");
  }

  @Test
  void aScheduledJobSaysWhenItRunsNext() throws IOException {
    run(Formed.at(NOW));
    ObjectNode json = Wire.JSON.createObjectNode().put("Name", "s");
    json.withObject("/Mode/ReplicatedJob").put("TotalCompletions", 1);
    json.withObject("/Labels").put("swarm.schedule", "0 3 * * *");
    run(new Command.CreateService("s", Wire.JSON.treeToValue(json, ServiceSpec.class), NOW));
    assertThat(shown().path("JobStatus").toString())
        .isEqualTo("{\"JobIteration\":{\"Index\":0},\"NextExecution\":\"2026-01-03T03:00:00Z\"}");
    Instant due = Instant.parse("2026-01-03T03:00:00Z");
    run(new Command.RunJob("s", 0, NOW, due, true, due.plusSeconds(1)));
    assertThat(shown().at("/JobStatus/LastExecution").asText()).isEqualTo("2026-01-03T03:00:01Z");
    assertThat(shown().at("/JobStatus/NextExecution").asText()).isEqualTo("2026-01-04T03:00:00Z");
  }
}
