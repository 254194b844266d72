package swarm.scheduler.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.PayloadData;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

/// Random commands of every kind, over so few identifiers that they meet.
final class Commands {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private Commands() {}

  static Arbitrary<Command> any() {
    return Arbitraries.frequencyOf(
        Tuple.of(30, single()), Tuple.of(1, single().list().ofMaxSize(4).map(Command.Many::new)));
  }

  private static Arbitrary<Command> single() {
    return Arbitraries.oneOf(
        Combinators.combine(node(), at()).as((n, at) -> new Command.FormCluster(cluster(), n)),
        Combinators.combine(version(), id("t"), at())
            .as(
                (v, token, at) ->
                    new Command.UpdateCluster(
                        v,
                        Wire.JSON.createObjectNode(),
                        token.equals("t1") ? token : null,
                        null,
                        at)),
        Combinators.combine(node(), at(), at()).as(Command.RecoverCluster::new),
        Combinators.combine(version(), root(), Arbitraries.of(true, false), root(), at())
            .as(
                (v, root, rotating, next, at) ->
                    new Command.ChangeRoot(
                        new Command.UpdateCluster(v, Wire.JSON.createObjectNode(), null, null, at),
                        root,
                        "",
                        rotating ? new Cluster.Rotation(next, "key", "crossed") : null)),
        Combinators.combine(root(), at()).as(Command.FinishRotation::new),
        Combinators.combine(id("n"), role(), at())
            .as((n, role, at) -> new Command.AdmitNode(n, role, "192.0.2.1", at)),
        Combinators.combine(id("n"), at())
            .as((n, at) -> new Command.DescribeNode(n, description().with(tls()), "192.0.2.1", at)),
        Combinators.combine(id("n"), version(), nodeSpec(), at()).as(Command.UpdateNode::new),
        Combinators.combine(
                id("n"),
                Arbitraries.of(Node.State.values()),
                Arbitraries.of(Node.State.values()),
                at())
            .as((n, a, b, at) -> new Command.SetNodeStatus(n, a, b, "", at)),
        Combinators.combine(id("n"), Arbitraries.of(true, false), at())
            .as(
                (n, manager, at) ->
                    new Command.SetNodeManager(
                        n, manager ? new Node.Manager("r" + n, "192.0.2.1:2377") : null, at)),
        Combinators.combine(id("n"), address(), at()).as(Command.SetNodeIngress::new),
        Combinators.combine(id("n"), at(), at()).as(Command.LeaveNode::new),
        Combinators.combine(id("n"), Arbitraries.of(true, false), at(), at())
            .as(Command.RemoveNode::new),
        Combinators.combine(id("s"), spec(), at()).as(Command.CreateService::new),
        Combinators.combine(
                id("s"), version(), spec(), Arbitraries.of(true, false), at(), keepsPrevious())
            .as(
                (s, v, spec, back, at, keeps) ->
                    new Command.UpdateService(s, v, spec, back, null, at, keeps)),
        Combinators.combine(id("s"), port().list().ofMaxSize(2), at())
            .as(Command.SetServicePorts::new),
        Combinators.combine(
                id("s"), version(), Arbitraries.of(Service.UpdateState.values()), version(), at())
            .as(
                (s, v, state, index, at) ->
                    new Command.SetUpdateStatus(
                        s,
                        v,
                        new Service.UpdateStatus(
                            state, at, null, "", index, index % 2 == 0 ? null : index % 3 == 0),
                        at)),
        Combinators.combine(id("s"), version(), at(), at(), Arbitraries.of(true, false), at())
            .as(Command.RunJob::new),
        Combinators.combine(id("s"), at()).as(Command.PromoteService::new),
        Combinators.combine(id("s"), at()).as(Command.RebalanceService::new),
        Combinators.combine(id("s"), at()).as(Command.EndRebalance::new),
        Combinators.combine(id("t"), at())
            .as((t, at) -> new Command.PreemptTask(t, "web.1 (priority 1)", at)),
        Combinators.combine(id("s"), at()).as(Command.RemoveService::new),
        Combinators.combine(kind(), id("p"), payloadSpec(), at()).as(Command.CreatePayload::new),
        Combinators.combine(kind(), id("p"), version(), payloadSpec(), at())
            .as(Command.UpdatePayload::new),
        Combinators.combine(kind(), id("p")).as(Command.RemovePayload::new),
        Combinators.combine(network(), at()).as(Command.CreateNetwork::new),
        id("w").map(Command.RemoveNetwork::new),
        Combinators.combine(network(), at()).as(Command.CreateIngress::new),
        Combinators.combine(Arbitraries.oneOf(Arbitraries.just("i"), id("w")), at())
            .as(Command.RemoveIngress::new),
        Combinators.combine(id("a"), networkAddress(), id("n"), at())
            .as(
                (a, address, n, at) ->
                    new Command.AttachContainer(
                        new Attachment(
                            a,
                            new Version(0, T0, T0),
                            address.networkId(),
                            n,
                            "c" + a,
                            "name",
                            List.of("alias"),
                            address.address()),
                        at)),
        Combinators.combine(id("n"), id("a").list().ofMaxSize(2)).as(Command.DetachContainers::new),
        Combinators.combine(id("s"), networkAddress().list().ofMaxSize(2), at())
            .as(Command.SetVirtualIps::new),
        createTask(),
        Combinators.combine(
                id("t"), address(), networkAddress().list().ofMaxSize(2).injectNull(0.5), at())
            .as((t, a, more, at) -> new Command.AllocateTask(t, a, apart(more), at)),
        Combinators.combine(id("t"), id("n"), generic().list().ofMaxSize(3).injectNull(0.5), at())
            .as(Command.AssignTask::new),
        Combinators.combine(id("t"), at()).as((t, at) -> new Command.ExplainTask(t, "because", at)),
        Combinators.combine(id("t"), state(), at()).as(Command.DesireTask::new),
        Combinators.combine(id("n"), observation().list().ofMaxSize(3), at())
            .as(Command.ReportTasks::new),
        Combinators.combine(id("t"), at()).as(Command.OrphanTask::new),
        id("t").map(Command.RemoveTask::new));
  }

  private static Arbitrary<Command> createTask() {
    return Combinators.combine(
            id("t"),
            id("s"),
            Arbitraries.integers().between(0, 3),
            id("n"),
            state(),
            at(),
            id("t").injectNull(0.5))
        .as(
            (t, s, slot, n, desired, at, like) ->
                new Command.CreateTask(t, s, slot, slot == 0 ? n : "", 0, desired, at, at, like));
  }

  private static Arbitrary<String> id(String prefix) {
    return Arbitraries.integers().between(1, 4).map(i -> prefix + i);
  }

  private static Arbitrary<Long> version() {
    return Arbitraries.longs().between(0, 40);
  }

  private static Arbitrary<Instant> at() {
    return Arbitraries.longs().between(-5, 5).map(T0::plusSeconds);
  }

  private static Arbitrary<PayloadKind> kind() {
    return Arbitraries.of(PayloadKind.values());
  }

  /// Names are ids' here, mostly: references must name both.
  private static Arbitrary<PayloadSpec> payloadSpec() {
    return Combinators.combine(
            Arbitraries.of("p1", "p2", "p3", "p4", null),
            Arbitraries.of("x", "y", null),
            Arbitraries.of(true, false))
        .as(
            (name, data, templated) ->
                new PayloadSpec(
                    name,
                    data == null ? null : Map.of("label", data),
                    data == null ? null : PayloadData.of(new byte[] {(byte) data.charAt(0)}),
                    templated ? new PayloadSpec.Templating("golang", null) : null,
                    Map.of("Unheard", Wire.JSON.createObjectNode().put("of", 1))));
  }

  private static Arbitrary<String> role() {
    return Arbitraries.of("manager", "worker", "");
  }

  private static Arbitrary<TaskState> state() {
    return Arbitraries.of(TaskState.values());
  }

  private static Arbitrary<Integer> address() {
    return Arbitraries.integers().between(0, 6).map(i -> i == 0 ? 0 : 0x0a000000 + i);
  }

  /// Planners give a task at most one address on each network.
  private static @Nullable List<NetworkAddress> apart(@Nullable List<NetworkAddress> all) {
    return all == null || all.size() < 2 || !all.get(0).networkId().equals(all.get(1).networkId())
        ? all
        : all.subList(0, 1);
  }

  private static Arbitrary<NetworkAddress> networkAddress() {
    return Combinators.combine(id("w"), Arbitraries.integers().between(0, 8))
        .as((network, last) -> new NetworkAddress(network, 0x0a010000 + last));
  }

  private static Arbitrary<Network> network() {
    return Combinators.combine(
            id("w"),
            Arbitraries.of("front", "back", "ingress"),
            Arbitraries.integers().between(4096, 4100),
            Arbitraries.of(0x0a000000, 0x0a010000, 0x0a020000),
            Arbitraries.of(true, false))
        .as(
            (id, name, vni, subnet, chosen) ->
                new Network(
                    id,
                    new Version(0, T0, T0),
                    new NetworkSpec(
                        name,
                        null,
                        null,
                        null,
                        true,
                        chosen
                            ? new NetworkSpec.Ipam(
                                null,
                                null,
                                List.of(new NetworkSpec.Pool("10.1.0.0/29", null, null, null)))
                            : null,
                        Map.of("Unheard", Wire.JSON.createObjectNode().put("of", 1))),
                    vni,
                    subnet,
                    29,
                    subnet + 1,
                    subnet,
                    8,
                    List.of(subnet + 5)));
  }

  private static Arbitrary<NodeSpec> nodeSpec() {
    return Combinators.combine(role(), Arbitraries.of("active", "pause", "drain", ""))
        .as((role, availability) -> new NodeSpec("name", Map.of("zone", "a"), role, availability));
  }

  private static Arbitrary<Node> node() {
    return id("n")
        .map(
            n ->
                new Node(
                    n,
                    new Version(0, T0, T0),
                    new NodeSpec(null, null, "manager", null),
                    description(),
                    new Node.Status(Node.State.READY, "", "192.0.2.1", T0),
                    null,
                    0));
  }

  private static Arbitrary<String> root() {
    return Arbitraries.of("root1", "root2", "root3");
  }

  private static Arbitrary<GenericResource> generic() {
    return Arbitraries.of(
        GenericResource.named("gpu", "a"),
        GenericResource.named("gpu", "b"),
        GenericResource.discrete("gpu", 2),
        GenericResource.discrete("ssd", 1),
        new GenericResource(null, null, null));
  }

  private static Node.Tls tls() {
    return new Node.Tls("root1", "subject", "key", T0);
  }

  private static Node.Description description() {
    return new Node.Description("host", "linux", "x86_64", 2_000_000_000L, 1L << 30, "1", Map.of());
  }

  private static Cluster cluster() {
    return new Cluster(
        "c",
        new Version(0, T0, T0),
        Wire.JSON.createObjectNode().put("Name", "default"),
        "certificate",
        "key",
        new Cluster.Tokens("w", "m"),
        new Ingress("i", 0x0a000000, 29, 4096, 4789, T0),
        30);
  }

  private static Arbitrary<Command.ReportTasks.Observation> observation() {
    return Combinators.combine(id("t"), state(), at())
        .as(
            (t, state, at) ->
                new Command.ReportTasks.Observation(
                    t, new Task.Status(state, at, "", "", new Task.Container("c", 1, 0))));
  }

  private static Arbitrary<PortConfig> port() {
    return Combinators.combine(
            Arbitraries.of("tcp", "udp"),
            Arbitraries.of(80, 81),
            Arbitraries.of(0, 8080, 30_000),
            Arbitraries.of("host", "ingress"))
        .as(
            (protocol, target, published, mode) ->
                new PortConfig(null, protocol, target, published, mode));
  }

  /// Specs as clients post them, wild ones too.
  static Arbitrary<ServiceSpec> spec() {
    return Combinators.combine(
            Arbitraries.of("web", "api", "db"),
            Arbitraries.of(-1L, 0L, 1L, 3L, Long.MAX_VALUE),
            Arbitraries.of("Global", "Replicated", "ReplicatedJob", "GlobalJob"),
            port().list().ofMaxSize(2),
            Arbitraries.of("node.role==worker", "nonsense", "", null),
            Arbitraries.of("a:1", "b:1"),
            Arbitraries.of("", "p1", "p2", "odd"),
            Arbitraries.of(
                "",
                "priority:7",
                "priority:odd",
                "schedule:* * * * *",
                "schedule:",
                "network:w1",
                "network:w2"))
        .as(Commands::spec);
  }

  private static ServiceSpec spec(
      String name,
      long replicas,
      String mode,
      List<PortConfig> ports,
      @Nullable String constraint,
      String image,
      String payload,
      String more) {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", name).put("Unheard", "of");
    ObjectNode inMode = spec.putObject("Mode").putObject(mode);
    switch (mode) {
      case "Replicated" -> inMode.put("Replicas", replicas);
      case "ReplicatedJob" -> inMode.put("TotalCompletions", replicas);
      default -> {
        // as many as there are nodes
      }
    }
    ObjectNode container = spec.putObject("TaskTemplate").putObject("ContainerSpec");
    int colon = more.indexOf(':');
    String value = more.substring(colon + 1);
    if (more.startsWith("network:")) {
      spec.withObject("TaskTemplate").putArray("Networks").addObject().put("Target", value);
    } else if (colon > 0) {
      spec.putObject("Labels").put("swarm." + more.substring(0, colon), value);
    }
    container.put("Image", image);
    if (payload.equals("odd")) {
      container.putArray("Secrets").addNull().add(1).addObject().put("File", "f");
      container.put("Configs", "none");
    } else if (!payload.isEmpty()) {
      container.putArray("Secrets").addObject().put("SecretID", payload).put("SecretName", payload);
      container.putArray("Configs").addObject().put("ConfigID", payload).put("ConfigName", payload);
    }
    spec.withObject("TaskTemplate")
        .withObject("Placement")
        .withArray("Constraints")
        .add(constraint);
    var all = spec.withObject("EndpointSpec").withArray("Ports");
    ports.forEach(all::addPOJO);
    if (replicas < 0) {
      all.addNull();
    }
    try {
      return Wire.JSON.readValue(Wire.JSON.writeValueAsString(spec), ServiceSpec.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Arbitrary<@Nullable Boolean> keepsPrevious() {
    return Arbitraries.of(true, false).injectNull(0.3);
  }
}
