package swarm.scheduler.sim;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;

/// Runs scenarios: lines of commands in, a transcript out. `src/test/resources/plans/README.md`
/// says which commands there are.
public final class Script {
  private SimCluster cluster = new SimCluster(0x0a000000, 24, 5);
  private Transcript transcript = new Transcript(cluster);
  private final Map<String, Map<String, List<String>>> options = new HashMap<>();
  private final StringBuilder said = new StringBuilder();

  /// Runs one block of commands and lets the cluster come to rest.
  public String run(List<String> lines) {
    for (String line : lines) {
      command(line);
    }
    cluster.settle();
    said.append(transcript.take());
    String all = said.isEmpty() ? "nothing\n" : said.toString();
    said.setLength(0);
    return all;
  }

  private void command(String line) {
    String[] words = line.trim().split("\\s+");
    String name = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "cluster" -> newCluster(Options.of(words, 1));
      case "node" -> addNode(name, Options.of(words, 2));
      case "down" -> {
        cluster.silence(name, true);
        status(name, Node.State.DOWN);
      }
      case "disconnected" -> {
        cluster.silence(name, true);
        status(name, Node.State.DISCONNECTED);
      }
      case "up" -> {
        cluster.silence(name, false);
        status(name, Node.State.READY);
      }
      case "drain", "pause", "active" -> availability(name, words[0]);
      case "forget" ->
          tell(cluster.apply(new Command.RemoveNode(name, true, cluster.now(), cluster.now())));
      case "hold" -> cluster.hold(name, true);
      case "release" -> cluster.hold(name, false);
      case "skew" -> cluster.skew(name, Options.duration(words[2]));
      case "leader" -> cluster.newLeader(Options.duration(name));
      case "break" -> cluster.breakImage(name, true);
      case "miss" -> cluster.missImage(name, true);
      case "found" -> cluster.missImage(name, false);
      case "mend" -> cluster.breakImage(name, false);
      case "service" -> create(name, Options.of(words, 2));
      case "update" -> update(name, Options.of(words, 2));
      case "rollback" -> post(name, true);
      case "promote" ->
          tell(cluster.apply(new Command.PromoteService(service(name).id(), cluster.now())));
      case "rebalance" ->
          tell(cluster.apply(new Command.RebalanceService(service(name).id(), cluster.now())));
      case "remove" ->
          tell(cluster.apply(new Command.RemoveService(service(name).id(), cluster.now())));
      case "fail" -> end(name, TaskState.FAILED, "task: non-zero exit (1)");
      case "complete" -> {
        if (name.isEmpty()) {
          cluster.complete();
        } else {
          end(name, TaskState.COMPLETE, "");
        }
      }
      case "wait" -> cluster.pass(Options.duration(name));
      case "settle" -> cluster.settle();
      case "tasks" -> tasks();
      case "images" -> images();
      case "relabel" -> relabel(name, words[2]);
      case "services" -> services();
      default -> throw new IllegalArgumentException("no such command: " + line);
    }
  }

  private void newCluster(Map<String, List<String>> o) {
    String[] ingress = Options.one(o, "ingress", "10.0.0.0/24").split("/");
    cluster =
        new SimCluster(
            Options.address(ingress[0]),
            Integer.parseInt(ingress[1]),
            Integer.parseInt(Options.one(o, "history", "5")));
    transcript = new Transcript(cluster);
  }

  private void addNode(String id, Map<String, List<String>> o) {
    String role = Options.one(o, "role", "worker");
    cluster.apply(new Command.AdmitNode(id, role, "192.0.2.1", cluster.now()));
    var labels = new TreeMap<String, String>();
    o.getOrDefault("label", List.of())
        .forEach(l -> labels.put(l.substring(0, l.indexOf(':')), l.substring(l.indexOf(':') + 1)));
    if (!labels.isEmpty()) {
      Node node = node(id);
      cluster.apply(
          new Command.UpdateNode(
              id,
              node.version().index(),
              new NodeSpec(null, labels, role, "active"),
              cluster.now()));
    }
    var description =
        new Node.Description(
            id,
            "linux",
            Options.one(o, "arch", "x86_64"),
            Options.nanos(Options.one(o, "cpus", "4")),
            Options.bytes(Options.one(o, "memory", "8g")),
            "test",
            Map.of(),
            null,
            null,
            GenericResource.parse(
                o.getOrDefault("generic", List.of()).stream()
                    .map(g -> g.replace(':', '='))
                    .toList()),
            AgentFormat.NEWEST);
    cluster.apply(new Command.DescribeNode(id, description, "192.0.2.1", cluster.now()));
  }

  private void status(String id, Node.State next) {
    tell(
        cluster.apply(
            new Command.SetNodeStatus(id, node(id).status().state(), next, "", cluster.now())));
  }

  private void availability(String id, String availability) {
    Node node = node(id);
    NodeSpec spec = node.spec();
    tell(
        cluster.apply(
            new Command.UpdateNode(
                id,
                node.version().index(),
                new NodeSpec(spec.name(), spec.labels(), spec.role(), availability),
                cluster.now())));
  }

  private void create(String name, Map<String, List<String>> o) {
    options.put(name, o);
    tell(
        cluster.apply(
            new Command.CreateService(cluster.nextServiceId(), spec(name), cluster.now())));
  }

  private void update(String name, Map<String, List<String>> changed) {
    var merged = new TreeMap<>(options.getOrDefault(name, Map.of()));
    merged.putAll(changed);
    options.put(name, merged);
    post(name, false);
  }

  private void post(String name, boolean rollback) {
    Service service = service(name);
    tell(
        cluster.apply(
            new Command.UpdateService(
                service.id(),
                service.version().index(),
                spec(name),
                rollback,
                null,
                cluster.now(),
                true)));
  }

  private ServiceSpec spec(String name) {
    try {
      return Options.spec(name, options.getOrDefault(name, Map.of()));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// Ends the newest running task of a slot: `web.1`, or `web@n1`.
  private void end(String slot, TaskState state, String error) {
    cluster.settle();
    Task task =
        cluster.state().tasks().values().stream()
            .filter(t -> Transcript.name(t).startsWith(slot + "/"))
            .filter(t -> t.status().state() == TaskState.RUNNING)
            .reduce((_, last) -> last)
            .orElseThrow(() -> new IllegalArgumentException("nothing runs in " + slot));
    cluster.apply(
        new Command.ReportTasks(
            task.nodeId(),
            List.of(
                new Command.ReportTasks.Observation(
                    task.id(), cluster.status(task.nodeId(), state, error))),
            cluster.now()));
  }

  private Service service(String name) {
    @Nullable String id = cluster.state().serviceNames().get(name);
    return cluster.state().service(id == null ? "" : id).orElseThrow();
  }

  private Node node(String id) {
    return cluster.state().node(id).orElseThrow();
  }

  private void tell(CommandResult result) {
    switch (result) {
      case CommandResult.Done _ -> {}
      case CommandResult.NotFound r -> say("not found: " + r.message());
      case CommandResult.Conflict r -> say("conflict: " + r.message());
      case CommandResult.Refused r -> say("refused: " + r.message());
    }
  }

  private void say(String line) {
    said.append(transcript.take()).append(line).append('\n');
  }

  private void tasks() {
    cluster.settle();
    for (Task t : cluster.state().tasks().values()) {
      say(
          String.format(
                  "%-12s %-8s wanted %-8s is %-9s %s",
                  Transcript.name(t),
                  t.nodeId().isEmpty() ? "-" : t.nodeId(),
                  t.desired().apiName(),
                  t.status().state().apiName(),
                  t.status().error())
              .stripTrailing());
    }
    if (cluster.state().tasks().isEmpty()) {
      say("no tasks");
    }
  }

  /// What runs, of which image.
  private void images() {
    cluster.settle();
    cluster.state().tasks().values().stream()
        .filter(t -> !t.leaving())
        .sorted(Comparator.comparing(Transcript::name))
        .forEach(
            t ->
                say(
                    Transcript.name(t)
                        + " "
                        + Objects.requireNonNull(t.spec().containerSpec()).image()));
  }

  private void relabel(String id, String label) {
    Node node = node(id);
    int colon = label.indexOf(':');
    tell(
        cluster.apply(
            new Command.UpdateNode(
                id,
                node.version().index(),
                new NodeSpec(
                    node.spec().name(),
                    Map.of(label.substring(0, colon), label.substring(colon + 1)),
                    node.spec().role(),
                    node.spec().availability()),
                cluster.now())));
  }

  private void services() {
    cluster.settle();
    for (Service s : cluster.state().services().values()) {
      Service.UpdateStatus update = s.update();
      say(
          (s.spec().nameOrEmpty()
                  + (s.ports().isEmpty() ? "" : " ")
                  + Transcript.ports(s.ports())
                  + (s.portsAllocated() ? "" : " (not all)")
                  + (s.job() == null ? "" : " execution " + s.iteration())
                  + (update == null ? "" : " " + update.state() + ": " + update.message()))
              .stripTrailing());
    }
  }
}
