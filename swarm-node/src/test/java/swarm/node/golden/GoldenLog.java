package swarm.node.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import swarm.raft.engine.Limits;
import swarm.raft.engine.LogOptions;
import swarm.raft.engine.RatisLog;
import swarm.raft.engine.SnapshotPolicy;
import swarm.raft.engine.Timing;
import swarm.raft.log.Member;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;
import swarm.raft.log.StateMachine;
import swarm.raft.seal.AesGcmSeal;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandGroup;
import swarm.scheduler.state.StateCodec;

/// Writes a golden log: run once with the version that is released, on its class path, and keep
/// what it wrote under `src/test/resources/golden/FORMAT`. Never write an existing one again.
///
/// Arguments: the format (1: lone commands, 2: groups of commands, 3: large commands, which are
/// compressed, as the snapshot is; 4: also secrets, jobs, networks, and what services ask for by
/// reserved labels; 5: also what they ask for of networks, and a data path address; 6: also tasks
/// that are made as others were, another ingress network, and the spec that an unapproved update
/// leaves to go back to) and a folder that is not there.
public final class GoldenLog {
  static final String CLUSTER = "golden";
  static final Member SELF = new Member("golden-1", "192.0.2.1:2377");
  static final byte[] KEY =
      "this key is no secret, it's gold".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private static final Instant T0 = Instant.parse("2026-11-21T12:00:00Z");

  private GoldenLog() {}

  /// The state alone, so that earlier versions can run this.
  static final class Machine implements StateMachine {
    private volatile ClusterState state = ClusterState.EMPTY;

    ClusterState state() {
      return state;
    }

    @Override
    public byte[] apply(long index, long term, byte[] bytes) {
      try {
        List<Command> commands =
            CommandGroup.isGroup(bytes)
                ? CommandGroup.split(bytes)
                : List.of(StateCodec.decode(bytes));
        state = CommandApplier.apply(state, index, commands).state();
        return new byte[0];
      } catch (IOException e) {
        throw new IllegalStateException("log entry " + index + ": " + e.getMessage(), e);
      }
    }

    @Override
    public SnapshotWriter snapshot() {
      ClusterState frozen = state;
      return out -> StateCodec.write(frozen, out);
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
      state = StateCodec.read(snapshot);
    }
  }

  static RatisLog open(Path folder, Start start, Machine machine) throws IOException {
    return RatisLog.open(
        new LogOptions(folder, CLUSTER, SELF, start, Timing.lan())
            .withLimits(
                new Limits(100_000, 64, 8 * 1024, new SnapshotPolicy(8, 1024 * 1024, 5, 0))),
        machine,
        (_, _, _, _) -> CompletableFuture.failedFuture(new IOException("nobody is there")),
        AesGcmSeal.of(KEY),
        _ -> {});
  }

  /// What a state is, as JSON.
  static ObjectNode describe(ClusterState state) {
    ObjectNode all = Wire.JSON.createObjectNode();
    all.set("cluster", Wire.JSON.valueToTree(state.cluster()));
    all.set("nodes", Wire.JSON.valueToTree(new ArrayList<>(state.nodes().values())));
    all.set("services", Wire.JSON.valueToTree(new ArrayList<>(state.services().values())));
    all.set("tasks", Wire.JSON.valueToTree(new ArrayList<>(state.tasks().values())));
    all.set("networks", Wire.JSON.valueToTree(new ArrayList<>(state.networks().byId().values())));
    all.set(
        "attachments",
        Wire.JSON.valueToTree(new ArrayList<>(state.networks().attachments().values())));
    all.set("secrets", Wire.JSON.valueToTree(new ArrayList<>(state.secrets().byId().values())));
    all.set("revoked", Wire.JSON.valueToTree(state.revoked()));
    return all;
  }

  /// Writes one.
  public static void main(String[] args) throws Exception {
    boolean groups = !args[0].equals("1");
    Path folder = Path.of(args[1]);
    var machine = new Machine();
    try (RatisLog log = open(folder.resolve("log"), new Start.Bootstrap(), machine)) {
      while (!log.leadership().ready()) {
        Thread.sleep(10);
      }
      List<Command> commands = commands();
      if (args[0].compareTo("6") >= 0) {
        commands.addAll(1, anotherIngress());
      }
      if (args[0].compareTo("3") >= 0) {
        commands.addAll(largeCommands());
      }
      if (args[0].compareTo("4") >= 0) {
        commands.addAll(newerCommands());
      }
      if (args[0].compareTo("5") >= 0) {
        commands.addAll(commandsOfNetworks());
      }
      if (args[0].compareTo("6") >= 0) {
        commands.addAll(commandsBeforeAnUpdate());
      }
      propose(log, commands, groups);
      if (args[0].compareTo("6") >= 0) {
        propose(log, commandsOfEarlierSpecs(held(machine)), groups);
        propose(log, List.of(anotherUpdate(held(machine))), groups);
      }
      Thread.sleep(Duration.ofSeconds(1)); // for the snapshot that is due
    }
    Files.writeString(
        folder.resolve("expected.json"),
        Wire.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(describe(machine.state()))
            + "\n");
  }

  private static void propose(RatisLog log, List<Command> commands, boolean groups)
      throws Exception {
    for (int i = 0; i < commands.size(); ) {
      int count = groups ? Math.min(3, commands.size() - i) : 1;
      List<byte[]> encoded =
          commands.subList(i, i + count).stream().map(StateCodec::encode).toList();
      byte[] entry = groups ? CommandGroup.join(encoded) : encoded.getFirst();
      ProposeResult result = log.propose(entry).get();
      if (!(result instanceof ProposeResult.Committed)) {
        throw new IOException(String.valueOf(result));
      }
      i += count;
    }
  }

  /// In place of the one that came with the cluster, before nodes have addresses there.
  private static List<Command> anotherIngress() throws IOException {
    NetworkSpec mesh =
        Wire.JSON.readValue(
            """
            {"Name":"mesh","Options":{"com.docker.network.driver.mtu":"1400"},
             "IPAM":{"Config":[{"Subnet":"10.0.0.0/20","Gateway":"10.0.15.1"}]}}
            """,
            NetworkSpec.class);
    int subnet = 10 << 24;
    return List.of(
        new Command.RemoveIngress("ingress-id", T0),
        new Command.CreateIngress(
            new Network(
                "mesh-id",
                new Version(0, T0, T0),
                mesh,
                4096,
                subnet,
                20,
                subnet + (15 << 8) + 1,
                subnet,
                4096,
                List.of()),
            T0));
  }

  private static List<Command> largeCommands() {
    var all = new ArrayList<Command>();
    for (int i = 10; i < 14; i++) {
      var labels = new TreeMap<String, String>();
      for (int label = 0; label < 200; label++) {
        labels.put("label-" + label, "value " + label + " of service " + i);
      }
      var spec = Wire.JSON.createObjectNode().put("Name", "large-" + i);
      spec.set("Labels", Wire.JSON.valueToTree(labels));
      spec.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", "web:1");
      ServiceSpec read = Wire.JSON.convertValue(spec, ServiceSpec.class);
      all.add(new Command.CreateService("service-" + i, read, T0));
    }
    return all;
  }

  private static List<Command> newerCommands() throws IOException {
    var version = new Version(0, T0, T0);
    var all = new ArrayList<Command>();
    PayloadSpec secret =
        Wire.JSON.readValue("{\"Name\":\"key\",\"Data\":\"a2V5\"}", PayloadSpec.class);
    all.add(new Command.CreatePayload(PayloadKind.SECRET, "secret-1", secret, T0));
    NetworkSpec front =
        Wire.JSON.readValue("{\"Name\":\"front\",\"Attachable\":true}", NetworkSpec.class);
    int subnet = (10 << 24) + (1 << 16) + (9 << 8);
    all.add(
        new Command.CreateNetwork(
            new Network(
                "network-1",
                version,
                front,
                4097,
                subnet,
                24,
                subnet + 1,
                subnet + 2,
                253,
                List.of()),
            T0));
    ServiceSpec web =
        Wire.JSON.readValue(
            """
            {"Name":"api","Labels":{"swarm.priority":"7","swarm.canary":"1","swarm.depends-on":"web"},
             "TaskTemplate":{"ContainerSpec":{"Image":"web:1",
               "Secrets":[{"SecretID":"secret-1","SecretName":"key"}]},
               "Networks":[{"Target":"network-1","Aliases":["a"]}]},
             "Mode":{"Replicated":{"Replicas":2}}}
            """,
            ServiceSpec.class);
    var auth = new RegistryAuth("me", "secret", "", "");
    all.add(new Command.CreateService("service-20", web, auth, T0));
    all.add(
        new Command.SetVirtualIps(
            "service-20", List.of(new NetworkAddress("network-1", subnet + 5)), T0));
    for (int slot = 1; slot <= 2; slot++) {
      String task = "task-2" + slot;
      var address = List.of(new NetworkAddress("network-1", subnet + 5 + slot));
      all.add(new Command.CreateTask(task, "service-20", slot, "", 0, TaskState.RUNNING, T0, T0));
      all.add(new Command.AllocateTask(task, 0, address, T0));
      all.add(new Command.AssignTask(task, "node-" + slot, T0));
    }
    all.add(new Command.PreemptTask("task-22", "web.1 (priority 9)", T0));
    all.add(new Command.RebalanceService("service-20", T0));
    all.add(
        new Command.AttachContainer(
            new Attachment(
                "place-1", version, "network-1", "node-2", "c1", "box", List.of("b"), subnet + 9),
            T0));
    ServiceSpec job =
        Wire.JSON.readValue(
            """
            {"Name":"job","Labels":{"swarm.schedule":"0 3 * * *"},
             "TaskTemplate":{"ContainerSpec":{"Image":"web:1"}},
             "Mode":{"ReplicatedJob":{"MaxConcurrent":1,"TotalCompletions":1}}}
            """,
            ServiceSpec.class);
    all.add(new Command.CreateService("service-21", job, T0));
    all.add(new Command.RunJob("service-21", 0, T0, T0.plusSeconds(60), true, T0.plusSeconds(61)));
    return all;
  }

  private static List<Command> commandsOfNetworks() throws IOException {
    ServiceSpec kept =
        Wire.JSON.readValue(
            """
            {"Name":"kept","Labels":{"swarm.affinity":"client-ip",
               "swarm.publish.host-ip":"8081/tcp=10.0.0.0/8"},
             "TaskTemplate":{"ContainerSpec":{"Image":"web:1"}},
             "Mode":{"Replicated":{"Replicas":1}},
             "EndpointSpec":{"Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8081}]}}
            """,
            ServiceSpec.class);
    var there =
        new Node.Description("host-8", "linux", "amd64", 4_000_000_000L, 1 << 30, "1", Map.of())
            .withAgent(4)
            .withDataPath("198.51.100.8");
    return List.of(
        new Command.CreateService("service-30", kept, T0),
        new Command.DescribeNode("node-8", there, "192.0.2.8", T0.plusSeconds(9)));
  }

  private static List<Command> commandsBeforeAnUpdate() throws IOException {
    return List.of(
        new Command.CreateService("service-40", held("held:1", 8082), T0),
        new Command.CreateTask("task-41", "service-40", 1, "", 0, TaskState.RUNNING, T0, T0));
  }

  private static long held(Machine machine) {
    return machine.state().service("service-40").orElseThrow().version().index();
  }

  /// One that takes the place of an update that nobody approved.
  private static Command anotherUpdate(long version) throws IOException {
    return new Command.UpdateService(
        "service-40", version, held("held:3", 8083), false, null, T0, true);
  }

  private static ServiceSpec held(String image, int port) throws IOException {
    return Wire.JSON.readValue(
        """
        {"Name":"held","Labels":{"swarm.canary":"1"},
         "TaskTemplate":{"ContainerSpec":{"Image":"%s"}},
         "Mode":{"Replicated":{"Replicas":2}},
         "EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":%d,"PublishMode":"host"}]}}
        """
            .formatted(image, port),
        ServiceSpec.class);
  }

  private static List<Command> commandsOfEarlierSpecs(long version) throws IOException {
    return List.of(
        new Command.UpdateService("service-40", version, held("held:2", 8083), false, T0),
        new Command.CreateTask(
            "task-42", "service-40", 1, "", 1, TaskState.READY, T0, T0, "task-41"),
        new Command.CreateTask("task-43", "service-40", 2, "", 0, TaskState.RUNNING, T0, T0),
        new Command.AllocateTask("task-43", 0, T0),
        new Command.AssignTask("task-43", "node-4", T0),
        new Command.ReportTasks(
            "node-4",
            List.of(
                new Command.ReportTasks.Observation(
                    "task-43",
                    new Task.Status(
                        TaskState.RUNNING,
                        T0,
                        "started",
                        "",
                        new Task.Container("c43", 7, 0),
                        List.of(49_153)))),
            T0));
  }

  private static List<Command> commands() throws IOException {
    var all = new ArrayList<Command>();
    var version = new Version(0, T0, T0);
    all.add(
        new Command.FormCluster(
            new Cluster(
                CLUSTER,
                version,
                Wire.JSON.readTree("{\"Name\":\"default\",\"Raft\":{\"SnapshotInterval\":10000}}"),
                "certificate",
                "key",
                new Cluster.Tokens("worker-secret", "manager-secret"),
                new Ingress("ingress-id", 10 << 24, 20, 4096, 4789, T0),
                30),
            new Node(
                "node-1",
                version,
                new NodeSpec(null, Map.of("zone", "a"), "manager", "active"),
                new Node.Description(
                    "host-1", "linux", "amd64", 2_000_000_000L, 1 << 30, "1", Map.of()),
                new Node.Status(Node.State.READY, "", "192.0.2.1", T0),
                new Node.Manager(SELF.id(), SELF.address()),
                0)));
    for (int n = 2; n <= 9; n++) {
      String id = "node-" + n;
      String address = "192.0.2." + n;
      all.add(new Command.AdmitNode(id, n < 4 ? "manager" : "worker", address, T0));
      all.add(
          new Command.DescribeNode(
              id,
              new Node.Description(
                  "host-" + n,
                  "linux",
                  "amd64",
                  4_000_000_000L,
                  1 << 30,
                  "1",
                  Map.of("ssd", "yes")),
              address,
              T0.plusSeconds(n)));
    }
    all.add(new Command.SetNodeIngress("node-2", (10 << 24) + 2, T0));
    all.add(new Command.LeaveNode("node-9", T0.plusSeconds(86_400), T0));
    ServiceSpec spec =
        Wire.JSON.readValue(
            """
            {"Name":"web","Labels":{"tier":"front"},
             "TaskTemplate":{"ContainerSpec":{"Image":"web:1","Env":["A=b"]},
               "RestartPolicy":{"Condition":"any"}},
             "Mode":{"Replicated":{"Replicas":3}},
             "EndpointSpec":{"Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080}]},
             "SomethingOfTheFuture":{"Kept":true}}
            """,
            ServiceSpec.class);
    all.add(new Command.CreateService("service-1", spec, T0));
    for (int slot = 1; slot <= 3; slot++) {
      String task = "task-" + slot;
      all.add(new Command.CreateTask(task, "service-1", slot, "", 0, TaskState.RUNNING, T0, T0));
      all.add(new Command.AllocateTask(task, (10 << 24) + 10 + slot, T0));
      all.add(new Command.AssignTask(task, "node-" + (slot + 3), T0));
    }
    all.add(new Command.DesireTask("task-3", TaskState.SHUTDOWN, T0));
    all.add(
        new Command.Many(
            List.of(
                new Command.ExplainTask("task-2", "no node", T0),
                new Command.RemoveNode("node-9", true, T0.plusSeconds(90_000), T0))));
    return all;
  }
}
