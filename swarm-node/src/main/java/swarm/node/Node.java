package swarm.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.PrivateFolders;
import swarm.network.HostNetwork;
import swarm.network.HostNetworkOptions;
import swarm.network.firewall.Firewall;
import swarm.node.agent.HostPorts;
import swarm.node.agent.ImageSource;
import swarm.node.agent.NetworkReconciler;
import swarm.node.agent.NodeNetwork;
import swarm.node.api.Api;
import swarm.node.api.Daemon;
import swarm.node.api.EngineIdentity;
import swarm.node.api.Events;
import swarm.node.api.Registries;
import swarm.node.api.ServiceReading;
import swarm.node.api.http.HttpServer;
import swarm.node.api.http.TlsHttpServer;
import swarm.node.membership.Membership;
import swarm.node.membership.MembershipException;
import swarm.node.networks.LocalNetworks;
import swarm.node.networks.NetworkStore;
import swarm.node.networks.Predefined;
import swarm.node.overlay.ClusterNetworks;
import swarm.node.rpc.EventLoops;
import swarm.runtime.build.Builder;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.EngineOptions;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.image.ImageImporter;
import swarm.runtime.image.ImageLoader;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.ImagePusher;
import swarm.runtime.image.ImageSaver;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.RegistryClient;
import swarm.runtime.image.RegistryOptions;
import swarm.runtime.oci.NamedRuntime;

/// One running daemon. Closing it stops the daemon and leaves every container running, unless the
/// host goes down ([#hostGoesDown]).
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /// The longest that ending the containers takes, when a node is closed as its host goes down.
  public static final Duration HOST_SHUTDOWN_LIMIT = ContainerEngine.HOST_SHUTDOWN_LIMIT;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private volatile boolean hostGoesDown;

  /// @param dataRoot what must outlive the machine
  /// @param execRoot what need not
  /// @param sockets unix sockets of the API
  /// @param addresses of the API over TLS, `tcp://ADDRESS:PORT`; none without `tls`
  /// @param tls whom it trusts there
  /// @param cgroupParent absolute cgroup path of every container
  /// @param runtimes OCI runtimes to try; empty: the usual ones
  /// @param labels the daemon's own, `KEY=VALUE`
  /// @param genericResources what else the machine has, for tasks to reserve: `NAME=NUMBER`, or
  ///   `NAME=ID` for each thing with a name
  /// @param rehearse whether to go through an init and a service once while it is in no cluster
  /// @param manageFirewall whether to put rules of ours into the host's firewall, where it drops
  ///   what we accept
  /// @param crashPoints where a test may have the process die
  /// @param onFatal told of a broken invariant: the process must end
  public record Options(
      Path dataRoot,
      Path execRoot,
      List<Path> sockets,
      List<String> addresses,
      Optional<ApiTls> tls,
      String cgroupParent,
      List<String> runtimes,
      RegistryOptions registries,
      List<String> labels,
      List<String> genericResources,
      boolean rehearse,
      boolean manageFirewall,
      CrashPoints crashPoints,
      Consumer<Throwable> onFatal) {}

  private Node() {}

  /// Brings everything up, takes over the containers that an earlier daemon left, and is back in
  /// its cluster, before the API answers.
  ///
  /// @throws IOException with a sentence that says what this machine lacks
  public static Node start(Options options) throws IOException, InterruptedException {
    var node = new Node();
    try {
      node.assemble(options);
      return node;
    } catch (IOException | InterruptedException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private void assemble(Options options) throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    for (String runtime : options.runtimes()) {
      NamedRuntime.check(runtime);
    }
    keep(RootLock.take(options.dataRoot(), "daemon.lock", "--data-root"));
    keep(RootLock.take(options.execRoot(), "daemon-exec.lock", "--exec-root"));
    makePrivate(options);
    keep(new HeapCare());
    var description = HostFacts.read(options.labels(), options.genericResources());
    EventLoops loops = keep(new EventLoops());
    var networkStore = new NetworkStore(options.dataRoot().resolve("networks"));
    HostNetworkOptions hostOptions =
        HostNetworkOptions.defaults().withReserved(networkStore.subnets());
    HostNetwork host = keep(HostNetwork.open(hostOptions));
    var networks = new LocalNetworks(host, networkStore, hostOptions.bridgeName(), clock);
    ClusterNetworks overlays =
        keep(new ClusterNetworks(host, options.execRoot().resolve("overlays")));
    NodeNetwork network =
        keep(
            new NodeNetwork(
                host,
                networks,
                overlays,
                options.execRoot().resolve("endpoints"),
                HostPorts::bound));
    ImageStore images =
        ImageStore.open(options.dataRoot().resolve("images"), options.crashPoints());
    RegistryClient registry = keep(new RegistryClient(options.registries()));
    var puller = new ImagePuller(images, registry);
    EngineOptions engineOptions =
        EngineOptions.of(options.dataRoot(), options.execRoot(), options.cgroupParent())
            .withCrashPoints(options.crashPoints());
    if (!options.runtimes().isEmpty()) {
      engineOptions = engineOptions.withRuntimes(options.runtimes());
    }
    ContainerEngine engine = keep(ContainerEngine.open(engineOptions, images, network, clock));
    keep(() -> endContainers(engine)); // after whoever could start others: closing goes upwards
    keep(new HiddenImages(engine, images));
    var live = new TreeSet<String>();
    engine.list().stream().filter(c -> c.state().isLive()).forEach(c -> live.add(c.id()));
    network.reconcile(live);
    var events = new Events();
    network.know(
        id -> name(engine, id),
        (action, endpoint, container) ->
            events.publishNetwork(
                action,
                endpoint.networkId(),
                Map.of(
                    "name",
                    endpoint.network(),
                    "type",
                    Predefined.isCluster(endpoint.networkId()) ? "overlay" : "bridge",
                    "container",
                    container),
                clock.instant()));
    var subscription = engine.subscribeToAll(events::publish);
    keep(subscription);
    Membership membership =
        keep(
            new Membership(
                new Membership.Parts(
                    options.dataRoot().resolve("swarm"),
                    loops,
                    new Membership.Workshop(
                        engine,
                        new ImageSource(images, puller, description.architecture()),
                        host,
                        overlays,
                        network),
                    description,
                    clock,
                    (_, changes) -> events.publish(changes, clock.instant()),
                    options.rehearse() ? Optional.of(ServiceReading::read) : Optional.empty(),
                    options.onFatal())));
    try {
      membership.resume();
    } catch (MembershipException e) {
      throw new IOException(
          "this node cannot take up its place in the cluster: " + e.getMessage(), e);
    }
    keep(new AddressWatch(membership, options.onFatal()));
    keep(
        NetworkReconciler.open(
            host,
            network,
            id -> running(engine, id),
            mended ->
                events.publishNetwork(
                    "mend", mended.what(), Map.of("flaw", mended.flaw()), clock.instant()),
            clock));
    Firewall firewall =
        keep(
            host.watchFirewall(
                new Firewall.Options(
                    options.manageFirewall(),
                    () ->
                        membership
                            .active()
                            .map(now -> now.agent().ports())
                            .orElse(Firewall.Ports.NONE))));
    var daemon =
        new Daemon(
            engine,
            images,
            puller,
            new ImageLoader(images),
            new ImageImporter(images),
            new ImagePusher(images, registry),
            new ImageSaver(images),
            Builder.open(engine, images, options.dataRoot().resolve("builds"), clock),
            Registries.of(registry),
            network,
            networks,
            new Daemon.BridgeFacts(
                hostOptions.bridgeName(),
                host.bridgeSubnet().toString(),
                host.bridgeGateway().getHostAddress()),
            membership,
            () -> firewall.status().drops(),
            events,
            clock,
            description,
            EngineIdentity.of(options.dataRoot()),
            options.dataRoot());
    for (String listen : options.addresses()) {
      ApiTls tls =
          options.tls().orElseThrow(() -> new IOException("no API over TCP without certificates"));
      keep(new TlsHttpServer(tls.context(), ApiAddress.parse(listen), loops, Api.routes(daemon)));
      LOG.info("the API answers at {}", listen);
    }
    // last: whoever waits for this daemon waits for its socket
    for (Path socket : options.sockets()) {
      keep(new HttpServer(socket, loops, Api.routes(daemon)));
      LOG.info("the API answers at unix://{}", socket);
    }
  }

  private void endContainers(ContainerEngine engine) throws InterruptedException {
    if (hostGoesDown) {
      engine.endWithHost();
    }
  }

  /// The host goes down: closing this node ends its containers, too, as
  /// [ContainerEngine#endWithHost] says. Its agent has stopped by then, so that managers hear of no
  /// task's end before this node is back, or do without it.
  public void hostGoesDown() {
    hostGoesDown = true;
  }

  /// A container's name; of one that is just going, the beginning of its id.
  private static String name(ContainerEngine engine, String id) {
    try {
      return engine.get(id).name();
    } catch (EngineException _) {
      return id.substring(0, Math.min(12, id.length()));
    }
  }

  /// How a container was made; empty where it does not run.
  private static Optional<ContainerConfig> running(ContainerEngine engine, String id) {
    try {
      Container container = engine.get(id);
      return container.state().isLive() ? Optional.of(container.config()) : Optional.empty();
    } catch (EngineException _) {
      return Optional.empty(); // it is just going
    }
  }

  /// Image layers hold programs that run as root for whoever can name them.
  private static void makePrivate(Options options) throws IOException {
    PrivateFolders.make(options.dataRoot(), PrivateFolders.GROUP_PASSES);
    if (!options.execRoot().equals(options.dataRoot())) {
      PrivateFolders.make(options.execRoot(), PrivateFolders.ALL_PASS); // the socket is in it
    }
    Path swarm = options.dataRoot().resolve("swarm");
    if (Files.exists(swarm)) {
      PrivateFolders.make(swarm, PrivateFolders.OWNER_ONLY);
    }
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }

  /// The socket where a daemon listens by default.
  public static Path defaultSocket() {
    return Path.of("/run/swarm/swarm.sock");
  }
}
