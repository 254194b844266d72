package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;

class CommandFormatTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Command OLD = new Command.RemoveTask("t");
  private static final Command NEW =
      new Command.AssignTask("t", "n", List.of(GenericResource.discrete("GPU", 1)), NOW);

  private static int format(Command command) throws IOException {
    byte[] bytes = StateCodec.encode(command);
    assertThat(StateCodec.decode(bytes)).isEqualTo(command);
    return StateCodec.format(bytes);
  }

  @Test
  void whatEveryBuildKnowsStaysInTheFirst() throws IOException {
    assertThat(format(OLD)).isEqualTo(CommandFormat.FIRST);
    assertThat(format(new Command.AssignTask("t", "n", null, NOW))).isEqualTo(CommandFormat.FIRST);
    assertThat(format(new Command.Many(List.of(OLD, OLD)))).isEqualTo(CommandFormat.FIRST);
  }

  @Test
  void oneOfManyIsEnough() throws IOException {
    assertThat(format(NEW)).isEqualTo(CommandFormat.THIRD);
    assertThat(format(new Command.Many(List.of(OLD, NEW)))).isEqualTo(CommandFormat.THIRD);
  }

  @Test
  void jobsAreNew() throws IOException {
    for (String mode : List.of("ReplicatedJob", "GlobalJob")) {
      ServiceSpec spec =
          Wire.JSON.readValue("{\"Mode\": {\"" + mode + "\": {}}}", ServiceSpec.class);
      assertThat(format(new Command.CreateService("s", spec, NOW))).isEqualTo(CommandFormat.THIRD);
    }
  }

  @Test
  void reservedLabelsAreNew() throws IOException {
    for (String label : List.of("swarm.priority", "swarm.depends-on", "swarm.canary")) {
      ServiceSpec spec = spec("{\"" + label + "\": \"1\"}");
      assertThat(format(new Command.CreateService("s", spec, NOW))).isEqualTo(CommandFormat.FOURTH);
      assertThat(format(new Command.UpdateService("s", 1, spec, false, NOW)))
          .isEqualTo(CommandFormat.FOURTH);
    }
    ServiceSpec known = spec("{\"swarm.stop-after-disconnect\": \"1s\", \"other\": \"1\"}");
    assertThat(format(new Command.CreateService("s", known, NOW))).isEqualTo(CommandFormat.FIRST);
  }

  @Test
  void thoseOfNetworksAreNewer() throws IOException {
    var auth = new RegistryAuth("me", "secret", "", "");
    for (String label : List.of("swarm.affinity", "swarm.publish.host-ip")) {
      ServiceSpec spec = spec("{\"" + label + "\": \"1\", \"swarm.priority\": \"1\"}");
      assertThat(format(new Command.CreateService("s", spec, NOW))).isEqualTo(CommandFormat.FIFTH);
      assertThat(format(new Command.CreateService("s", spec, auth, NOW)))
          .isEqualTo(CommandFormat.FIFTH);
      assertThat(format(new Command.UpdateService("s", 1, spec, false, NOW)))
          .isEqualTo(CommandFormat.FIFTH);
    }
    assertThat(format(new Command.CreateService("s", spec("{}"), auth, NOW)))
        .isEqualTo(CommandFormat.FOURTH);
    var node = new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of());
    assertThat(format(new Command.DescribeNode("n", node, "192.0.2.1", NOW)))
        .isEqualTo(CommandFormat.FIRST);
    assertThat(
            format(
                new Command.DescribeNode("n", node.withDataPath("198.51.100.1"), "192.0.2.1", NOW)))
        .isEqualTo(CommandFormat.FIFTH);
  }

  private static ServiceSpec spec(String labels) throws IOException {
    return Wire.JSON.readValue("{\"Labels\": " + labels + "}", ServiceSpec.class);
  }

  @Test
  void onlyTheFirstPartOfAnUpdateIsNew() throws IOException {
    var update =
        new Service.UpdateStatus(Service.UpdateState.UPDATING, NOW, null, "update in progress", 7);
    assertThat(format(new Command.SetUpdateStatus("s", 1, update, NOW)))
        .isEqualTo(CommandFormat.FIRST);
    assertThat(format(new Command.SetUpdateStatus("s", 1, update.promoted(false, ""), NOW)))
        .isEqualTo(CommandFormat.FOURTH);
  }

  @Test
  void onlyUpdatesThatKeepThePreviousSpecAreNew() throws IOException {
    assertThat(format(new Command.UpdateService("s", 1, spec("{}"), false, NOW)))
        .isEqualTo(CommandFormat.FIRST);
    assertThat(
            format(new Command.UpdateService("s", 1, spec("{}"), false, null, NOW, Boolean.TRUE)))
        .isEqualTo(CommandFormat.SIXTH);
  }

  @Test
  void onlyTasksThatAreMadeAsOthersWereAreNew() throws IOException {
    assertThat(
            format(new Command.CreateTask("t", "s", 1, "", 0, TaskState.RUNNING, NOW, NOW, null)))
        .isEqualTo(CommandFormat.FIRST);
    assertThat(format(new Command.CreateTask("t", "s", 1, "", 0, TaskState.RUNNING, NOW, NOW, "u")))
        .isEqualTo(CommandFormat.SIXTH);
  }

  @Test
  void onlyPortsThatNodesChoseAreNew() throws IOException {
    var status = new Task.Status(TaskState.RUNNING, NOW, "", "", null, List.of(49_153));
    assertThat(format(report(status))).isEqualTo(CommandFormat.SIXTH);
    assertThat(format(report(status.withoutPorts()))).isEqualTo(CommandFormat.FIRST);
  }

  @Test
  void rightsAreNew() throws IOException {
    for (String privileges : List.of("null", "{}", "{\"NoNewPrivileges\":false}")) {
      assertThat(format(new Command.CreateService("s", privileged(privileges), NOW)))
          .isEqualTo(CommandFormat.FIRST);
    }
    assertThat(
            format(new Command.CreateService("s", privileged("{\"NoNewPrivileges\":true}"), NOW)))
        .isEqualTo(CommandFormat.SIXTH);
  }

  private static ServiceSpec privileged(String privileges) throws IOException {
    return Wire.JSON.readValue(
        "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":" + privileges + "}}}",
        ServiceSpec.class);
  }

  @Test
  void aLogDriverForAllTasksIsNew() throws IOException {
    for (String driver : List.of("null", "{}", "{\"Name\":\"local\"}")) {
      String spec = "{\"TaskDefaults\":{\"LogDriver\":" + driver + "}}";
      assertThat(format(new Command.UpdateCluster(1, Wire.JSON.readTree(spec), null, null, NOW)))
          .isEqualTo(driver.contains("local") ? CommandFormat.SIXTH : CommandFormat.FIRST);
    }
  }

  private static Command report(Task.Status status) {
    return new Command.ReportTasks(
        "n", List.of(new Command.ReportTasks.Observation("t", status)), NOW);
  }

  @Test
  void networksAreNewer() throws IOException {
    ServiceSpec spec =
        Wire.JSON.readValue(
            "{\"TaskTemplate\": {\"Networks\": [{\"Target\": \"w\"}]}}", ServiceSpec.class);
    var address = List.of(new NetworkAddress("w", 1));
    for (Command command :
        List.of(
            new Command.CreateService("s", spec, NOW),
            new Command.UpdateService("s", 1, spec, false, NOW),
            new Command.AllocateTask("t", 0, address, NOW),
            new Command.SetVirtualIps("s", address, NOW),
            new Command.RemoveNetwork("w"))) {
      assertThat(format(command)).isEqualTo(CommandFormat.FOURTH);
    }
    assertThat(format(new Command.AllocateTask("t", 0, NOW))).isEqualTo(CommandFormat.FIRST);
  }

  @Test
  void ingressNetworksOfUsersAreNew() throws IOException {
    assertThat(format(new Command.RemoveIngress("i", NOW))).isEqualTo(CommandFormat.SIXTH);
  }

  @Test
  void aFormatOfTheFutureIsToldWithWhatToDo() {
    byte[] bytes = StateCodec.encode(OLD);
    bytes[0] = CommandFormat.NEWEST + 1;
    assertThatThrownBy(() -> StateCodec.decode(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("command format 7 is newer than 6")
        .hasMessageContaining("upgrade it");
  }
}
