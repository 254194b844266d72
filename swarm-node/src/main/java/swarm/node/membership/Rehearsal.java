package swarm.node.membership;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.grpc.StatusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.agent.RehearsedAgent;
import swarm.node.control.FoundingRoot;
import swarm.node.control.Manager;
import swarm.node.control.SealKeyring;
import swarm.node.control.SealKeys;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;
import swarm.raft.log.Start;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Goes through an init, a join and some services once, with two managers in this process that know
/// each other by loopback only and two agents that run no container, and throws them away: a JVM
/// that does something for the first time takes ten times as long, and the user who says `swarm
/// init` to a fresh daemon waits for it. Runs on a thread of its own while the daemon has nothing
/// to do.
final class Rehearsal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String HOST = "127.0.0.1";
  private static final String SECOND_HOST = "127.0.0.2"; // no two nodes say the same
  private static final String FIRST = "rehearsal-1";
  private static final String SECOND = "rehearsal-2";
  private static final int WRITES = 20;
  private static final int REPLICAS = 3;

  /// Code is compiled once it has run some sixty times; more of them would not be over in time.
  private static final int SERVICES = 3;

  private static final long LOOK_MILLIS = 5;
  private static final String SERVICE =
      """
      {"Name":"rehearsal","Labels":{},"TaskTemplate":{"ContainerSpec":{"Image":"rehearsal:1"},
      "RestartPolicy":{"Condition":"none"}},"Mode":{"Replicated":{"Replicas":%d}}}
      """
          .formatted(REPLICAS);

  private final Path folder;
  private final EventLoops loops;
  private final Node.Description description;
  private final Clock clock;
  private final Membership.Reading reading;
  private final RandomIds ids = new RandomIds();
  private final SealKeys sealKeys = SealKeys.create(Instant.now()); // nothing of it is kept
  private final List<Actor> actors = new ArrayList<>();
  private final Thread thread;
  private volatile boolean done;

  /// Begins.
  ///
  /// @param folder of its own; removed at the end
  Rehearsal(
      Path folder,
      EventLoops loops,
      Node.Description description,
      Clock clock,
      Membership.Reading reading) {
    this.folder = folder;
    this.loops = loops;
    this.description = description;
    this.clock = clock;
    this.reading = reading;
    thread = Thread.ofPlatform().daemon().name("rehearsal").start(this::run);
  }

  /// One of the two.
  private record Actor(
      String address, Manager manager, ClusterClient client, ClusterServer server) {
    void close() {
      server.close();
      manager.close();
      client.close();
    }
  }

  private void run() {
    long start = System.nanoTime();
    LOG.debug("rehearsing init, join and a service in {}", folder);
    try {
      Folders.delete(folder);
      try {
        rehearse();
      } finally {
        closeActors();
      }
      done = true;
      LOG.debug("rehearsed in {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    } catch (IOException | StatusException e) {
      LOG.info(
          "init, join and services are not rehearsed, the first will be slower: {}",
          e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the real thing begins, or the daemon stops
    } catch (RuntimeException e) {
      LOG.warn("init, join and services are not rehearsed, the first will be slower", e);
    } finally {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        LOG.warn("{} could not be removed: {}", folder, e.getMessage());
      }
    }
  }

  /// All at once: one that is left alone stands for election again and again.
  private void closeActors() {
    var closing = new ArrayList<Thread>();
    actors.forEach(actor -> closing.add(Thread.ofVirtual().start(actor::close)));
    boolean interrupted = false;
    for (Thread one : closing) {
      while (one.isAlive()) {
        try {
          one.join();
        } catch (InterruptedException _) {
          interrupted = true; // nothing of it may be left when this is over
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rehearse() throws IOException, StatusException, InterruptedException {
    var self = new Peer(ids.next(), ids.next(), Role.MANAGER);
    FoundingRoot root = FoundingRoot.own(clock.instant());
    NodeIdentity identity = root.identity(self, clock.instant());
    int port = freePort();
    String address = HOST + ":" + port;
    Actor first = actor(identity, FIRST, port, new Start.Bootstrap());
    var _ = first.manager().awaitLeader(LIMIT);
    propose(
        first.manager(),
        ClusterBirth.command(
            self,
            root,
            MissingNode.getInstance(),
            new Membership.DataPath(0, null),
            description,
            HOST,
            new Node.Manager(FIRST, address),
            "",
            ids,
            clock.instant()));
    join(first.manager(), root, address);
  }

  private void join(Manager first, FoundingRoot root, String address)
      throws IOException, StatusException, InterruptedException {
    var cluster = first.store().state().cluster();
    if (cluster == null) {
      throw new IOException("the cluster was not formed");
    }
    KeyPair pair = CertificateAuthority.newKeyPair();
    int port = freePort();
    Messages.JoinReply reply =
        ClusterClient.join(
            address,
            JoinToken.of(root.certificate(), cluster.tokens().manager()),
            CertificateAuthority.request(pair),
            HOST,
            null,
            loops);
    NodeIdentity identity =
        NodeIdentity.of(
            Pem.certificates(reply.certificate()).getFirst(),
            pair.getPrivate(),
            Pem.certificates(reply.ca()).getFirst());
    Actor second = actor(identity, SECOND, port, new Start.Join());
    var admission =
        new Admission(
            second.manager(),
            second.client(),
            new Messages.MemberRequest(identity.self().nodeId(), SECOND, HOST + ":" + port),
            () -> List.of(address));
    var _ = admission.within(LIMIT, Optional::empty);
    for (int i = 0; i < WRITES; i++) {
      propose(
          i % 2 == 0 ? first : second.manager(),
          new Command.DescribeNode(
              identity.self().nodeId(),
              new Node.Description("rehearsal-" + i, "", "", 0, 0, "", Map.of()),
              SECOND_HOST,
              clock.instant()));
    }
    var _ = second.manager().freshState();
    serve(first);
  }

  /// Services come up on both and go again.
  private void serve(Manager first) throws IOException, InterruptedException {
    var agents = new ArrayList<RehearsedAgent>();
    try {
      for (Actor actor : actors) {
        String address = agents.isEmpty() ? HOST : SECOND_HOST;
        agents.add(
            new RehearsedAgent(actor.client(), actor.address(), description, address, clock));
      }
      for (RehearsedAgent agent : agents) {
        var _ = agent.awaitSession(LIMIT);
      }
      byte[] text = SERVICE.getBytes(StandardCharsets.UTF_8);
      ServiceSpec spec = Wire.JSON.readValue(text, ServiceSpec.class);
      for (int i = 0; i < SERVICES; i++) {
        String id = ids.next();
        propose(first, new Command.CreateService(id, spec, null, clock.instant()));
        await(first, state -> running(state, id) == REPLICAS, "the service does not come up");
        reading.read(text, first.store().state());
        propose(first, new Command.RemoveService(id, clock.instant()));
        await(first, state -> state.tasksOfService(id).isEmpty(), "the service does not go");
      }
    } finally {
      agents.forEach(RehearsedAgent::close);
    }
  }

  private static long running(ClusterState state, String serviceId) {
    return state.tasksOfService(serviceId).stream()
        .filter(task -> task.status().state() == TaskState.RUNNING)
        .count();
  }

  private static void await(Manager manager, Predicate<ClusterState> reached, String failure)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!reached.test(manager.store().state())) {
      if (System.nanoTime() > end) {
        throw new IOException(failure);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private Actor actor(NodeIdentity identity, String raftId, int port, Start how)
      throws IOException {
    var client = new ClusterClient(identity, loops);
    Manager manager = null;
    try {
      manager =
          new Manager(
              new Manager.Settings(
                  folder.resolve(raftId),
                  identity.self(),
                  raftId,
                  HOST + ":" + port,
                  port,
                  new SealKeyring(sealKeys, _ -> {}),
                  e -> LOG.debug("the rehearsal broke off", e),
                  () -> {}),
              how,
              client,
              clock,
              ids);
      var server =
          new ClusterServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              identity,
              loops,
              manager.calls());
      var actor = new Actor(HOST + ":" + port, manager, client, server);
      actors.add(actor);
      return actor;
    } catch (IOException | RuntimeException e) {
      if (manager != null) {
        manager.close();
      }
      client.close();
      throw e;
    }
  }

  private static void propose(Manager manager, Command command)
      throws IOException, InterruptedException {
    Optional<String> failure = manager.proposer().propose(command).failure();
    if (failure.isPresent()) {
      throw new IOException("a write was not taken: " + failure.get());
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Whether it came to its end by itself.
  boolean done() {
    return done;
  }

  /// Ends it where it is; does not wait.
  void end() {
    thread.interrupt();
  }

  /// Ends it, and waits until nothing of it is left.
  @Override
  public void close() {
    end();
    try {
      thread.join(LIMIT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
