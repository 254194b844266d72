package swarm.chaos.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.HttpCall;
import swarm.linux.Mounts;
import swarm.linux.NetworkNamespaces;

/// Test hosts with one daemon on each ([DaemonProcess]). The folder of host i is `DIR/i`.
///
/// Everything is found again from DIR, by any later process. Calls on one cluster must not overlap.
public final class TestCluster {
  private static final Duration CALL = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path dir;
  private final ClusterFile file;
  private final TestHosts hosts;

  private TestCluster(Path dir, ClusterFile file) throws IOException {
    this.dir = dir;
    this.file = file;
    this.hosts = new TestHosts(file.prefix());
  }

  /// Makes hosts 1 to `count` and starts a daemon on each; returns when every API answers. A
  /// failure leaves nothing.
  ///
  /// @param dir not yet there, or empty; [#down] deletes it with all that is in it
  /// @param prefix of the hosts' names: as long as it is another one, clusters do not meet
  /// @param program the `swarm` program of a distribution
  /// @param daemonArgs more options for every daemon
  public static TestCluster up(
      Path dir, String prefix, int count, Path program, List<String> daemonArgs)
      throws IOException, InterruptedException {
    Path folder = dir.toAbsolutePath().normalize();
    if (!Files.isExecutable(program)) {
      throw new IOException("there is no swarm program at " + program);
    }
    checkFree(folder);
    var cluster =
        new TestCluster(
            folder,
            new ClusterFile(prefix, count, program.toAbsolutePath(), List.copyOf(daemonArgs)));
    cluster.hosts.checkFree(count);
    Files.createDirectories(folder);
    cluster.file.write(folder);
    try {
      cluster.hosts.up(count);
      for (int host = 1; host <= count; host++) {
        cluster.launch(host);
      }
      for (int host = 1; host <= count; host++) {
        cluster.awaitDaemon(host);
      }
    } catch (IOException | InterruptedException e) {
      cluster.down();
      throw e;
    }
    return cluster;
  }

  private static void checkFree(Path folder) throws IOException {
    if (folder.startsWith("/run")) {
      throw new IOException(folder + ": not below /run, which each host has for itself");
    }
    if (ClusterFile.existsIn(folder)) {
      throw new IOException("a test cluster is in " + folder + " already: take it down first");
    }
    if (Files.exists(folder)) {
      try (var content = Files.newDirectoryStream(folder)) {
        if (content.iterator().hasNext()) {
          throw new IOException(folder + " is not empty: name another folder");
        }
      }
    }
  }

  /// The cluster of a folder.
  ///
  /// @throws IOException where there is none
  public static TestCluster open(Path dir) throws IOException {
    Path folder = dir.toAbsolutePath().normalize();
    return new TestCluster(folder, ClusterFile.read(folder));
  }

  /// Removes what a broken run left of the cluster with this folder and prefix, if anything.
  public static void clear(Path dir, String prefix) throws IOException, InterruptedException {
    Path folder = dir.toAbsolutePath().normalize();
    new TestCluster(folder, new ClusterFile(prefix, 0, folder, List.of())).down();
  }

  /// How many hosts there are; they count from 1.
  public int size() {
    return file.hosts();
  }

  /// A host's address on the network that all share.
  public static String address(int host) {
    return TestHosts.address(host);
  }

  /// A host's name.
  public String hostname(int host) {
    return hosts.name(host);
  }

  /// The folder of a host's daemon.
  public Path folder(int host) {
    return dir.resolve(Integer.toString(checked(host)));
  }

  /// The API of a host's daemon.
  public DockerApi api(int host) {
    return new DockerApi(folder(host).resolve("docker.sock"), CALL);
  }

  private int checked(int host) {
    if (host < 1 || host > file.hosts()) {
      throw new IllegalArgumentException("hosts are 1 to " + file.hosts() + ", not " + host);
    }
    return host;
  }

  /// Starts a host's daemon; returns when its API answers.
  ///
  /// @throws IOException where it runs already, or ends before it answers: with the end of its log
  public void start(int host) throws IOException, InterruptedException {
    launch(host);
    awaitDaemon(host);
  }

  /// The same with another distribution's program than the cluster's own.
  public void start(int host, Path program) throws IOException, InterruptedException {
    launch(host, program, Map.of());
    awaitDaemon(host);
  }

  /// Starts a host's daemon and does not wait for it.
  public void launch(int host) throws IOException {
    launch(host, Map.of());
  }

  /// The same.
  ///
  /// @param environment variables that the daemon has besides those of this process
  public void launch(int host, Map<String, String> environment) throws IOException {
    launch(host, file.program(), environment);
  }

  private void launch(int host, Path program, Map<String, String> environment) throws IOException {
    daemon(host).launch(program, file.daemonArgs(), environment);
  }

  /// Returns when a host's API answers.
  public void awaitDaemon(int host) throws IOException, InterruptedException {
    daemon(host).awaitAnswer(api(host).within(Duration.ofSeconds(2)));
  }

  /// The process id of a host's daemon, 0 where it does not run.
  public long pid(int host) throws IOException {
    return daemon(host).pid();
  }

  /// `kill -9` of a host's daemon, and of nothing else: its containers run on.
  public void kill(int host) throws IOException, InterruptedException {
    daemon(host).end(ProcessHandle::destroyForcibly);
  }

  /// Stops a host's daemon as a service manager does (SIGTERM); its containers run on.
  public void stop(int host) throws IOException, InterruptedException {
    daemon(host).end(ProcessHandle::destroy);
  }

  /// The host is gone at once: cable pulled, daemon and containers killed.
  public void killHost(int host) throws IOException, InterruptedException {
    hosts.cut(checked(host));
    processes(host).killAll();
  }

  /// Pulls a host's cable.
  public void cut(int host) throws IOException, InterruptedException {
    hosts.cut(checked(host));
  }

  /// Plugs a host's cable in again.
  public void mend(int host) throws IOException, InterruptedException {
    hosts.mend(checked(host));
  }

  /// A command that will run on a host. Not started: redirect it, then start it.
  public ProcessBuilder on(int host, String... command) {
    var all = new ArrayList<>(hosts.enter(checked(host)));
    all.addAll(List.of(command));
    return new ProcessBuilder(all);
  }

  /// Forms a swarm of hosts 1 to `managers` as managers, and the rest as workers.
  public void form(int managers) throws IOException {
    if (managers < 1 || managers > size()) {
      throw new IOException("1 to " + size() + " managers, not " + managers);
    }
    init(1);
    JsonNode tokens = api(1).get("/swarm").path("JoinTokens");
    for (int host = 2; host <= size(); host++) {
      join(host, tokens.path(host <= managers ? "Manager" : "Worker").asText());
    }
  }

  /// Forms a swarm of one host alone.
  public void init(int host) throws IOException {
    api(host).post("/swarm/init", listening(host));
  }

  /// Has a host join the swarm of host 1.
  public void join(int host, String token) throws IOException {
    join(host, 1, token);
  }

  /// Has a host join the swarm that the host `at` is a manager of.
  public void join(int host, int at, String token) throws IOException {
    ObjectNode body = listening(host).put("JoinToken", token);
    body.putArray("RemoteAddrs").add(address(at) + ":2377");
    api(host).post("/swarm/join", body);
  }

  private static ObjectNode listening(int host) {
    return JSON.createObjectNode()
        .put("ListenAddr", "0.0.0.0:2377")
        .put("AdvertiseAddr", address(host));
  }

  /// Fetches `http://10.77.0.HOST:PORT PATH` as a neighbour of the hosts does.
  public HttpCall.Answer fetch(int host, int port, String path) throws IOException {
    return send(host, port, "GET", path, "text/plain", new byte[0], Duration.ofSeconds(2));
  }

  /// Sends a request to `http://10.77.0.HOST:PORT PATH` as a neighbour of the hosts does.
  public HttpCall.Answer send(
      int host, int port, String method, String path, String type, byte[] body, Duration limit)
      throws IOException {
    return NetworkNamespaces.call(
        hosts.switchNetwork(),
        () ->
            HttpCall.send(
                new InetSocketAddress(address(host), port), method, path, type, body, limit));
  }

  /// Does something as a neighbour of the hosts at 10.77.0.254; sockets that it opens stay there.
  /// It must start neither threads nor processes.
  public <T> T asNeighbour(NetworkNamespaces.Task<T> task) throws IOException {
    return NetworkNamespaces.call(hosts.switchNetwork(), task);
  }

  /// A command that will run as a neighbour of the hosts at 10.77.0.254. Not started.
  public ProcessBuilder neighbour(List<String> command) {
    var all = new ArrayList<>(List.of("nsenter", "--net=" + hosts.switchNetwork(), "--"));
    all.addAll(command);
    return new ProcessBuilder(all);
  }

  /// Removes every trace: processes, containers, namespaces with all mounts and rules in them,
  /// cgroups, and the folder.
  public void down() throws IOException, InterruptedException {
    // Those that are found, and those that were asked for: a broken run left fewer, and daemons
    // outlive namespaces that somebody else removed.
    var all = new TreeSet<>(hosts.existing());
    for (int host = 1; host <= file.hosts(); host++) {
      all.add(host);
    }
    for (int host : all) {
      HostProcesses processes = processes(host);
      processes.killAll();
      processes.removeCgroups();
    }
    hosts.down();
    for (Path mount : Mounts.below(dir)) {
      Mounts.detach(mount);
    }
    delete(dir);
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private DaemonProcess daemon(int host) {
    return new DaemonProcess(host, folder(host), hosts.enter(host), cgroup(host), processes(host));
  }

  private HostProcesses processes(int host) {
    return new HostProcesses(hosts.mounts(host), cgroup(host));
  }

  private String cgroup(int host) {
    return "/swarm-" + hosts.name(host);
  }
}
