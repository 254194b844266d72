package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.balance.Hints;
import swarm.network.firewall.Firewall;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Member;
import swarm.network.gossip.Opinion;
import swarm.node.diagnose.NodeReport;
import swarm.node.overlay.ClusterNetworks;
import swarm.node.overlay.OverlayFeed;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.SessionMessages;
import swarm.node.template.TaskContext;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerEvent;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.Subscription;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// Runs the tasks that the managers assigned to this node. Closing it leaves every container
/// running.
public final class Agent implements AutoCloseable, SessionClient.Listener, TaskRunner.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /// @param nodeId this node
  /// @param listen the address that its ports are at, `0.0.0.0` for all
  /// @param own the cluster port of this node's own manager, while it is one
  /// @param managers the managers that were known last
  /// @param onManagers keeps the managers that are known now
  /// @param onCredentials told what this node's certificate is to be
  /// @param description what this node says of itself now
  /// @param address this node's address towards the others
  /// @param dataPath the one for the traffic of containers
  public record Settings(
      String nodeId,
      String listen,
      Supplier<Optional<String>> own,
      Supplier<List<String>> managers,
      Consumer<List<String>> onManagers,
      Consumer<SessionMessages.Credentials> onCredentials,
      Supplier<Node.Description> description,
      String address,
      String dataPath,
      int clusterPort) {}

  private final ContainerEngine engine;
  private final ImageSource images;
  private final Clock clock;
  private final Settings settings;
  private final IngressApplier ingress;
  private final NetworkProgress progress;
  private final ClusterNetworks overlays;
  private final NodeNetwork containers;
  private final OverlayFeed overlayFeed = new OverlayFeed(); // the session's: calls come one by one
  private final TaskLogs logs;
  private final NetworkDiagnosis diagnosis;
  private final StatusReporter reporter;
  private final Subscription health;
  private final SessionClient session;
  private final Map<String, TaskRunner> runners = new ConcurrentHashMap<>();
  private final Map<String, Task> tasks = new ConcurrentHashMap<>();
  private final Gossip gossip;
  private final GossipFeed gossipFeed = new GossipFeed(); // the session's, too
  private final BackendWatch backends;
  private volatile List<Member> peers = List.of();
  private volatile Map<String, String> dataPaths = Map.of(); // of peers
  private volatile Leash leash = Leash.NONE;
  private final TaskInputs inputs = new TaskInputs();
  private final CompleteSet completeSet = new CompleteSet(); // the session's: calls come one by one

  /// @throws IOException where gossip cannot have a socket
  public Agent(
      ContainerEngine engine,
      ImageSource images,
      HostNetwork network,
      ClusterNetworks overlays,
      NodeNetwork containers,
      ClusterClient client,
      Clock clock,
      Settings settings)
      throws IOException {
    this.engine = engine;
    this.images = images;
    this.overlays = overlays;
    this.containers = containers;
    this.clock = clock;
    this.settings = settings;
    gossip =
        Gossip.open(
            InetAddress.ofLiteral(settings.listen()),
            Gossip.PORT,
            settings.nodeId(),
            () -> settings.own().get().isPresent());
    var where = new Node.Gossip(gossip.port(), gossip.publicKey());
    ingress =
        new IngressApplier(
            network,
            settings.dataPath(),
            settings.clusterPort(),
            gossip.port(),
            this::ingressTasks,
            this::beat);
    progress = new NetworkProgress(ingress::applied, overlays::applied);
    overlays.onApplied(this::beat);
    logs =
        new TaskLogs(
            engine, id -> Optional.ofNullable(tasks.get(id)).map(Task::containerName), this::send);
    diagnosis =
        new NetworkDiagnosis(
            clock,
            settings.dataPath(),
            settings.clusterPort(),
            ingress::wanted,
            overlays,
            () -> network.firewall().drops(),
            () -> containers.repairs().told(clock.instant()));
    reporter = new StatusReporter(this::send);
    backends =
        new BackendWatch(
            gossip,
            new BackendWatch.Self(settings.nodeId(), settings.dataPath(), settings.clusterPort()),
            () -> peers,
            () -> dataPaths,
            reporter::isWaiting,
            this::heed);
    health = engine.subscribe(this::heard);
    session =
        new SessionClient(
            client,
            settings.own(),
            settings.managers(),
            () ->
                new SessionMessages.Hello(
                    settings.description().get().with(where), settings.address()),
            () -> new SessionMessages.Beat(progress.index()),
            this);
    overlays.attachBy(new Attaching(client, settings.own(), settings.managers()));
  }

  private void heed(Hints hints) {
    ingress.heed(hints);
    overlays.heed(hints);
  }

  /// Where this host is spoken to by the others.
  public Firewall.Ports ports() {
    return new Firewall.Ports(
        Optional.of(Inet4Address.ofLiteral(settings.dataPath())),
        Set.of(settings.clusterPort()),
        Set.of(gossip.port()),
        ingress
            .wanted()
            .map(now -> OptionalInt.of(now.dataPathPort()))
            .orElse(OptionalInt.empty()));
  }

  /// This node's tasks that have an address on the ingress network.
  private Map<Integer, String> ingressTasks() {
    var all = new HashMap<Integer, String>();
    for (Task task : tasks.values()) {
      if (task.ingressAddress() != 0) {
        all.put(task.ingressAddress(), task.id());
      }
    }
    return all;
  }

  @Override
  public void report(String taskId, Task.Status status) {
    Task task = tasks.get(taskId);
    if (status.state().terminal() && task != null && task.desired() == TaskState.RUNNING) {
      unwell(taskId); // one that was told to end is out of every balancer already
    }
    reporter.report(taskId, status);
  }

  @Override
  public void unwell(String taskId) {
    Task task = tasks.get(taskId);
    if (task != null && task.takesCalls()) {
      backends.ended(taskId);
    }
  }

  @Override
  public List<ContainerEndpoint.Binding> portsOf(String containerId) {
    return containers.endpoint(containerId).map(ContainerEndpoint::ports).orElse(List.of());
  }

  private void heard(ContainerEvent event) {
    String taskId = event.container().config().labels().get(TaskContainer.TASK_ID);
    TaskRunner runner = taskId == null ? null : runners.get(taskId);
    if (runner != null && event.action() == ContainerEvent.Action.HEALTH_STATUS) {
      runner.orders().look();
    }
  }

  private void send(SessionMessages.FromAgent message) {
    SessionClient now = session;
    if (now != null) { // a runner may report while this is still being built
      now.send(message);
    }
  }

  private void beat() {
    SessionClient now = session;
    if (now != null) { // not before there is anything to apply
      now.beat();
    }
  }

  @Override
  public void begun() {
    completeSet.begin();
    logs.close(); // whoever wanted them asked in the session before, and asks again
    reporter.again();
  }

  @Override
  public void received(SessionMessages.FromManager message) {
    switch (message) {
      case SessionMessages.Assignments assignments -> assign(assignments);
      case SessionMessages.StatusesKept kept -> reporter.kept(kept.sequence());
      case SessionMessages.Managers managers -> learn(managers);
      case SessionMessages.Subscribe subscribe -> {
        if (subscribe.taskIds().equals(List.of(NodeReport.REQUEST))) {
          Thread.ofVirtual().name("diagnosis").start(() -> diagnose(subscribe.subscription()));
        } else {
          logs.subscribe(subscribe);
        }
      }
      case SessionMessages.Unsubscribe unsubscribe -> logs.unsubscribe(unsubscribe.subscription());
      case SessionMessages.LogCredit credit -> logs.goOn(credit.subscription(), credit.taskId());
    }
  }

  private void diagnose(String subscription) {
    try {
      send(diagnosis.answer(subscription));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void learn(SessionMessages.Managers managers) {
    settings.onManagers().accept(managers.addresses());
    SessionMessages.Credentials credentials = managers.credentials();
    if (credentials != null) {
      settings.onCredentials().accept(credentials);
    }
    SessionMessages.GossipChange change = managers.gossip();
    if (change != null) {
      Gossip.View view = gossipFeed.apply(change);
      peers = view.members();
      dataPaths = gossipFeed.dataPaths();
      gossip.view(view);
      backends.wake();
    }
    if (managers.stopAfterMillis() != null) {
      leash = new Leash(Map.copyOf(managers.stopAfterMillis()));
    }
  }

  @Override
  public void cutOff(Duration since) {
    Leash now = leash;
    tasks
        .values()
        .forEach(
            task -> {
              TaskRunner runner = runners.get(task.id());
              if (runner != null && now.ended(task.serviceId(), since)) {
                unwell(task.id());
                runner.orders().cutOff(now.why(task.serviceId()));
              }
            });
  }

  /// Why a manager refused this node's last session; empty where none did.
  public Optional<String> refusal() {
    return session.refusal();
  }

  /// Why managers have refused this node's sessions for at least so long; empty where they have
  /// not, or one has taken a session since.
  public Optional<String> refusedFor(Duration time) {
    return session.refusedFor(time);
  }

  /// The node at an address, as managers told this node last; empty where they did not, or where
  /// several share it.
  public Optional<String> nodeAt(String address) {
    List<String> there =
        peers.stream().filter(m -> m.address().equals(address)).map(Member::id).toList();
    return there.size() == 1 ? Optional.of(there.getFirst()) : Optional.empty();
  }

  /// What this node's gossip thinks of the others.
  public Map<String, Opinion> opinions() {
    return gossip.opinions();
  }

  private void assign(SessionMessages.Assignments assignments) {
    SessionMessages.Ingress network = assignments.ingress();
    if (network != null) {
      progress.toldPorts(assignments.index());
      ingress.apply(network, assignments.index());
    }
    SessionMessages.Overlays others = assignments.overlays();
    if (others != null) {
      progress.toldAddresses(assignments.index());
      overlays.learn(
          overlayFeed.apply(others),
          Inet4Address.ofLiteral(settings.dataPath()),
          assignments.index());
    }
    inputs.learn(assignments); // before the tasks that need it
    for (Task task : assignments.tasks()) {
      tasks.put(task.id(), task);
      TaskRunner runner = runners.get(task.id());
      if (runner == null) {
        runners.put(
            task.id(), new TaskRunner(engine, images, clock, this, task, this::place, inputs));
      } else {
        runner.orders().desire(task.desired());
      }
    }
    assignments.removed().forEach(this::forget);
    completeSet.add(assignments).ifPresent(this::forgetOthers);
    if (!assignments.more()) { // else the tasks of what came are still to come
      inputs.retain(tasks.values());
    }
  }

  private TaskContext.Place place() {
    Node.Description here = settings.description().get();
    return new TaskContext.Place(here.hostname(), here.os(), here.architecture());
  }

  private void forget(String taskId) {
    tasks.remove(taskId);
    TaskRunner runner = runners.remove(taskId);
    if (runner != null) {
      runner.orders().forget();
    }
  }

  /// Whatever the managers do not name is no longer this node's: tasks, and containers of tasks
  /// that were forgotten while this daemon was away.
  private void forgetOthers(Set<String> named) {
    for (String id : List.copyOf(runners.keySet())) {
      if (!named.contains(id)) {
        forget(id);
      }
    }
    for (Container container : engine.list()) {
      String taskId = container.config().labels().get(TaskContainer.TASK_ID);
      if (taskId != null && !named.contains(taskId)) {
        Thread.ofVirtual().name("forget-" + taskId).start(() -> removeOrphan(container));
      }
    }
  }

  private void removeOrphan(Container container) {
    try {
      LOG.info("removing container {}: its task is forgotten", container.name());
      engine.stop(container.id(), Optional.empty());
      engine.remove(container.id(), true, true);
    } catch (EngineException e) {
      LOG.warn("container {} of a forgotten task stays: {}", container.name(), e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Begins its session anew, as this node's identity has changed; does not wait.
  public void sessionAgain() {
    session.again();
  }

  /// Tells the managers anew what this node says of itself; does not wait.
  public void describeAgain() {
    session.greetAgain();
  }

  /// Waits for the first session; a manager that begins one has written down that this node is
  /// ready.
  ///
  /// @return whether it began in time
  public boolean awaitSession(Duration limit) throws InterruptedException {
    return session.awaitFirst(limit);
  }

  /// Leaves the cluster: every task's container is killed and removed, without the time that a stop
  /// gives it, as with Docker. All at once: a node may have a hundred.
  public void removeTasks() throws InterruptedException {
    stopRunners();
    removeTasks(engine);
  }

  /// Removes the containers of all tasks, where no agent runs.
  public static void removeTasks(ContainerEngine engine) throws InterruptedException {
    var removals = new ArrayList<Thread>();
    for (Container container : engine.list()) {
      if (container.config().labels().containsKey(TaskContainer.TASK_ID)) {
        removals.add(Thread.ofVirtual().name("leave").start(() -> kill(engine, container)));
      }
    }
    for (Thread removal : removals) {
      removal.join();
    }
  }

  private static void kill(ContainerEngine engine, Container container) {
    try {
      engine.remove(container.id(), true, true);
    } catch (EngineException e) {
      LOG.warn("container {} of a task stays: {}", container.name(), e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopRunners() {
    runners.values().forEach(runner -> runner.orders().stop());
  }

  /// The daemon stops; the containers run on.
  @Override
  public void close() {
    backends.close();
    gossip.leave(); // before the session ends: the others need not wonder why
    session.close();
    logs.close();
    health.close();
    stopRunners();
    ingress.close();
    overlays.attachBy(null);
  }
}
