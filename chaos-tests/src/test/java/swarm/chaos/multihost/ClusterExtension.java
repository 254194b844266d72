package swarm.chaos.multihost;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// A cluster for test classes. One that is theirs alone is up before the first test of a class, and
/// gone without a trace after its last. One that they share is made for the first class that wants
/// it and goes after all tests: they leave it as they found it, in any order.
///
/// What the daemons logged is kept in `target/multihost-logs` where a test failed.
public final class ClusterExtension
    implements BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {
  /// The image that every host has.
  public static final String IMAGE = "web:1";

  /// For what takes a second or two; a loaded machine may need many times as long.
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Path LOGS = Path.of("target", "multihost-logs").toAbsolutePath();
  private static final Namespace SHARED = Namespace.create(ClusterExtension.class);

  /// What becomes of daemons that are in no swarm.
  private enum Form {
    /// One swarm of all: the first hosts are its managers, the rest its workers.
    ONE_SWARM,
    /// A swarm of one on each of the first hosts.
    SWARMS_OF_ONE
  }

  private final int hosts;
  private final Form form;
  private final int managers;
  private final boolean shared;
  private final List<String> daemonArgs;
  private @Nullable Hosts made;

  private ClusterExtension(
      int hosts, Form form, int managers, boolean shared, String... daemonArgs) {
    this.hosts = hosts;
    this.form = form;
    this.managers = managers;
    this.shared = shared;
    this.daemonArgs = List.of(daemonArgs);
  }

  /// Daemons that are in no swarm.
  ///
  /// @param daemonArgs more options for every daemon
  public static ClusterExtension apart(int hosts, String... daemonArgs) {
    return new ClusterExtension(hosts, Form.ONE_SWARM, 0, false, daemonArgs);
  }

  /// A swarm: the first hosts are its managers, the rest its workers.
  ///
  /// @param daemonArgs more options for every daemon
  public static ClusterExtension formed(int hosts, int managers, String... daemonArgs) {
    return new ClusterExtension(hosts, Form.ONE_SWARM, managers, false, daemonArgs);
  }

  /// Hosts 1 and 2, each a swarm of one, and 3 and 4, which are in none. Shared: nobody breaks a
  /// daemon of it, and everybody removes what they made.
  public static ClusterExtension swarmsOfOne() {
    return new ClusterExtension(4, Form.SWARMS_OF_ONE, 2, true);
  }

  public TestCluster cluster() {
    return Objects.requireNonNull(made, "no cluster outside of a test").cluster();
  }

  /// The swarm as the manager on a host sees it.
  public Swarm swarm(int host) {
    return new Swarm(cluster().api(host));
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (isNested(context)) {
      return; // in a class that has it already
    }
    if (!shared) {
      made = Hosts.up(hosts, IMAGE, daemonArgs);
      form();
      return;
    }
    ExtensionContext.Store store = context.getRoot().getStore(SHARED);
    made = store.get(form, Hosts.class);
    if (made == null) {
      Hosts fresh = Hosts.up(hosts, IMAGE);
      store.put(form, fresh); // which closes it at the end
      made = fresh;
      form();
    }
  }

  private static boolean isNested(ExtensionContext context) {
    return context.getRequiredTestClass().isAnnotationPresent(Nested.class);
  }

  private void form() throws IOException, InterruptedException {
    switch (form) {
      case ONE_SWARM -> {
        if (managers > 0) {
          cluster().form(managers);
          awaitReady(1, hosts);
        }
      }
      case SWARMS_OF_ONE -> {
        for (int host = 1; host <= managers; host++) {
          cluster().init(host);
          awaitReady(host, 1);
        }
      }
    }
  }

  /// Waits until the manager on a host sees so many ready nodes.
  public void awaitReady(int host, int count) throws IOException, InterruptedException {
    Duration _ =
        Wait.until(
            count + " ready nodes, seen by host " + host,
            LIMIT,
            () -> swarm(host).nodes().stream().filter(Swarm.NodeView::ready).count() == count);
  }

  /// Waits until so many tasks of a service run on hosts other than `dead` (0: on any).
  public void awaitRunning(int host, String service, int count, int dead)
      throws IOException, InterruptedException {
    Duration _ =
        Wait.until(
            count + " running tasks of " + service + ", seen by host " + host,
            LIMIT,
            () -> {
              String deadNode = dead == 0 ? "" : nodeId(host, dead);
              return swarm(host).running(service).stream()
                      .filter(t -> !t.nodeId().equals(deadNode))
                      .count()
                  == count;
            });
  }

  /// Removes all services of a host that is a swarm of one; returns when nothing of them is left.
  public void removeServices(int host) throws IOException, InterruptedException {
    DockerApi api = cluster().api(host);
    for (JsonNode service : api.get("/services")) {
      swarm(host).remove(service.path("ID").asText());
    }
    Duration _ =
        Wait.until(
            "no task is left on host " + host,
            LIMIT,
            () -> {
              if (!api.get("/tasks").isEmpty()) {
                return false;
              }
              for (JsonNode container : api.get("/containers/json?all=1")) {
                if (container.path("Labels").has("com.docker.swarm.task.id")) {
                  return false;
                }
              }
              return true;
            });
  }

  /// The node on a host, as another sees it.
  public String nodeId(int seenBy, int host) throws IOException {
    return swarm(seenBy).nodes().stream()
        .filter(n -> n.hostname().equals(cluster().hostname(host)))
        .findFirst()
        .orElseThrow(() -> new IOException("host " + host + " is no node"))
        .id();
  }

  /// The host that leads.
  public int leaderHost(int seenBy) throws IOException {
    return hostNamed(
        swarm(seenBy).leader().orElseThrow(() -> new IOException("no leader")).hostname());
  }

  /// The host of a node.
  public int hostOf(int seenBy, String nodeId) throws IOException {
    return hostNamed(
        swarm(seenBy).nodes().stream()
            .filter(n -> n.id().equals(nodeId))
            .findFirst()
            .orElseThrow(() -> new IOException("there is no node " + nodeId))
            .hostname());
  }

  private int hostNamed(String name) throws IOException {
    for (int host = 1; host <= hosts; host++) {
      if (cluster().hostname(host).equals(name)) {
        return host;
      }
    }
    throw new IOException("the node " + name + " is on none of our hosts");
  }

  /// Waits until a published port answers on a host.
  ///
  /// @return the answer's body
  public String awaitAnswer(int host, int port) throws IOException, InterruptedException {
    String[] body = new String[1];
    Duration _ =
        Wait.until(
            "port " + port + " of host " + host + " answers",
            LIMIT,
            () -> {
              var answer = cluster().fetch(host, port, "/");
              body[0] = answer.text().strip();
              return answer.status() == 200;
            });
    return Objects.requireNonNull(body[0]);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      String test =
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName();
      Path kept = Files.createDirectories(LOGS.resolve(test));
      for (int host = 1; host <= hosts; host++) {
        Files.copy(
            cluster().folder(host).resolve("log"),
            kept.resolve(host + ".log"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (isNested(context)) {
      return;
    }
    Hosts own = made;
    made = null;
    if (own != null && !shared) {
      own.close();
    }
  }
}
