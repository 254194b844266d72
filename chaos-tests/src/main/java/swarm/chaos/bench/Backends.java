package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import swarm.chaos.bench.BackendCalls.Last;
import swarm.chaos.bench.BackendCalls.Way;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// How soon nobody is led to a dead task any more: by published port, virtual address or name, on
/// any host; when the task is killed and when its host is cut off, with a majority of managers and
/// without.
public final class Backends {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// A node that was lost again and again is ready only once it has stayed for two minutes.
  private static final Duration STEADY = Duration.ofMinutes(3);

  private static final Duration RESTART = Duration.ofSeconds(8);
  private static final String PREFIX = "bba";
  private static final int HOSTS = 4;
  private static final int MANAGERS = 2;
  private static final String NETWORK = "front";
  private static final String SERVICE = "web";
  private static final String CALLER = "caller";
  private static final int PORT = 8080;

  private final TestCluster cluster;
  private final int spare;
  private final Swarm swarm;
  private final SplittableRandom random;

  /// How a task dies.
  public enum Death {
    KILLED("task killed"),
    HOST_CUT("host cut");

    private final String words;

    Death(String words) {
      this.words = words;
    }
  }

  /// One that died.
  ///
  /// @param way which took longest
  /// @param millis until the last call on any host that was led to it
  /// @param why that call went wrong; empty where none did
  public record Result(String way, long millis, String why) {}

  /// @param cluster whose hosts have the image `web:1` and form one swarm
  /// @param spare the manager that is killed where there is to be no majority; host 1 is another,
  ///   and there are two
  /// @param seed of which hosts are hit
  public Backends(TestCluster cluster, int spare, long seed) {
    this.cluster = cluster;
    this.spare = spare;
    swarm = new Swarm(cluster.api(1));
    random = new SplittableRandom(seed);
  }

  /// Makes a network, a service with a task on every host, and a caller beside each.
  public void serve() throws IOException, InterruptedException {
    JsonNode _ =
        swarm
            .api()
            .post(
                "/networks/create",
                JSON.createObjectNode().put("Name", NETWORK).put("Driver", "overlay"));
    swarm.create(Swarm.published(everywhere(SERVICE), PORT, 80));
    ObjectNode caller = everywhere(CALLER);
    caller.withObject("/TaskTemplate/ContainerSpec").putArray("Args").add("sleep").add("1000000");
    swarm.create(caller);
    awaitAll();
  }

  private ObjectNode everywhere(String name) {
    ObjectNode spec = Swarm.service(name, "web:1", 1);
    spec.putObject("Mode").putObject("Global");
    // the next task comes when this one's end has been measured
    spec.withObject("/TaskTemplate/RestartPolicy")
        .put("Condition", "any")
        .put("Delay", RESTART.toNanos());
    spec.withObject("/TaskTemplate").putArray("Networks").addObject().put("Target", NETWORK);
    return spec;
  }

  private void awaitAll() throws IOException, InterruptedException {
    for (String service : List.of(SERVICE, CALLER)) {
      Wait.until(
          "a task of " + service + " on every host",
          STEADY,
          () ->
              swarm.nodes().stream().filter(Swarm.NodeView::ready).count() == cluster.size()
                  && swarm.running(service).size() == cluster.size());
    }
  }

  /// Lets a task die on a host that is no manager, and brings it back.
  ///
  /// @param majority whether managers have one meanwhile
  public Result lose(Death death, boolean majority) throws IOException, InterruptedException {
    awaitAll();
    int lost = MANAGERS + 1 + random.nextInt(cluster.size() - MANAGERS);
    Swarm.TaskView task = taskOn(SERVICE, lost);
    var callers = new TreeMap<Integer, Path>();
    for (int host = 1; host <= cluster.size(); host++) {
      boolean sees = (majority || host != spare) && (death == Death.KILLED || host != lost);
      if (sees) {
        callers.put(host, Path.of("/proc/" + taskOn(CALLER, host).pid() + "/ns/net"));
      }
    }
    var calls = new BackendCalls(cluster, PORT, virtual(), "tasks." + SERVICE, callers);
    String address = address(task.id());
    Map<Way, Last> _ = calls.during(() -> {}, "", LIMIT); // right before anything is broken
    if (!majority) {
      cluster.kill(spare);
      Wait.until("nobody leads", LIMIT, () -> !leads());
    }
    try {
      // at any moment between two probes
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
      return worst(calls.during(() -> die(death, lost, task), address, LIMIT));
    } finally {
      if (death == Death.HOST_CUT) {
        cluster.mend(lost);
        if (!majority) {
          Wait.until("names lead to the host again", LIMIT, () -> calls.ledTo(address));
          Map<Way, Last> _ = calls.during(() -> {}, "", LIMIT);
        }
      }
      if (!majority) {
        cluster.start(spare);
      }
      if (death == Death.KILLED) {
        Wait.until(
            "another task takes its place",
            LIMIT,
            () -> !taskOn(SERVICE, lost).id().equals(task.id()));
      }
      awaitAll();
    }
  }

  private void die(Death death, int host, Swarm.TaskView task)
      throws IOException, InterruptedException {
    switch (death) {
      case KILLED ->
          ProcessHandle.of(task.pid())
              .orElseThrow(() -> new IOException("task " + task.id() + " runs no more"))
              .destroyForcibly();
      case HOST_CUT -> cluster.cut(host);
    }
  }

  private boolean leads() {
    try {
      return swarm.leader().isPresent();
    } catch (IOException _) {
      return false;
    }
  }

  private static Result worst(Map<Way, Last> all) {
    Last worst = all.values().stream().max(Comparator.comparingLong(Last::millis)).orElseThrow();
    return new Result(worst.way().name().toLowerCase(Locale.ROOT), worst.millis(), worst.why());
  }

  private Swarm.TaskView taskOn(String service, int host) throws IOException {
    String node =
        swarm.nodes().stream()
            .filter(each -> each.hostname().equals(cluster.hostname(host)))
            .findFirst()
            .orElseThrow(() -> new IOException("host " + host + " is no node"))
            .id();
    return swarm.running(service).stream()
        .filter(task -> task.nodeId().equals(node))
        .findFirst()
        .orElseThrow(() -> new IOException("no task of " + service + " on host " + host));
  }

  private String networkId() throws IOException {
    return swarm.api().get("/networks/" + NETWORK).path("Id").asText();
  }

  private String virtual() throws IOException {
    String network = networkId();
    for (JsonNode each : swarm.api().get("/services/" + SERVICE).at("/Endpoint/VirtualIPs")) {
      if (each.path("NetworkID").asText().equals(network)) {
        return bare(each.path("Addr").asText());
      }
    }
    throw new IOException(SERVICE + " has no address on " + NETWORK);
  }

  private String address(String taskId) throws IOException {
    String network = networkId();
    for (JsonNode each : swarm.api().get("/tasks/" + taskId).path("NetworksAttachments")) {
      if (each.at("/Network/ID").asText().equals(network)) {
        return bare(each.at("/Addresses/0").asText());
      }
    }
    throw new IOException("task " + taskId + " has no address on " + NETWORK);
  }

  private static String bare(String address) {
    return address.replaceFirst("/.*", "");
  }

  /// `./dev bench backends`. What a broken run has measured already is in the file of results: the
  /// next one goes on after it.
  ///
  /// @param args a folder for the cluster, which is emptied; the `swarm` program; a file that
  ///   results are appended to; tries of each kind
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    var file = new ResultFile(Path.of(args[2]), HOSTS);
    int tries = Integer.parseInt(args[3]);
    TestCluster.clear(dir, PREFIX);
    TestCluster cluster = TestCluster.up(dir, PREFIX, HOSTS, Path.of(args[1]), List.of());
    try {
      cluster.form(MANAGERS);
      for (int host = 1; host <= HOSTS; host++) {
        cluster.api(host).importImage(BusyboxImage.tar(), "web", "1", BusyboxImage.SERVE);
      }
      var backends = new Backends(cluster, MANAGERS, System.nanoTime());
      backends.serve();
      for (boolean majority : List.of(true, false)) {
        for (Death death : Death.values()) {
          String kind = death.words + (majority ? "" : ", managers without a majority");
          for (int done = file.lines(kind).size(); done < tries; done++) {
            Result result = backends.lose(death, majority);
            file.append(
                kind,
                result.millis() + " ms, the last by " + result.way() + " (" + result.why() + ")");
          }
          System.out.println(file.worst(kind));
        }
      }
    } finally {
      cluster.down();
    }
  }
}
