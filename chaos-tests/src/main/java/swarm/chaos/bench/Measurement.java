package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// One pass over a cluster of three hosts that is in no swarm yet.
final class Measurement {
  private static final int HOSTS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration CALL = Duration.ofMinutes(1);
  private static final Duration SHORT_CALL = Duration.ofSeconds(2);
  private static final int RUNS = 7;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long COUNTED_NANOS = 5_000_000_000L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Peer peer;
  private final byte[] image;
  private final Figures figures = new Figures();

  Measurement(Peer peer, byte[] image) {
    this.peer = peer;
    this.image = image;
  }

  Figures run() throws IOException, InterruptedException {
    form();
    containers();
    scale();
    unplaceable();
    writes();
    hostLoss();
    leaderLoss();
    return figures;
  }

  private DockerApi api(int host) {
    return new DockerApi(peer.socket(host), CALL).oldest();
  }

  private Swarm swarm(int host) {
    return new Swarm(api(host).within(SHORT_CALL));
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static double seconds(Step step) throws IOException, InterruptedException {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private void form() throws IOException, InterruptedException {
    // What is measured is the command, not what a daemon still does after its start: that is over
    // after seconds, but neither daemon tells when.
    Wait.pause(SETTLING);
    ObjectNode init = JSON.createObjectNode();
    init.put("ListenAddr", "0.0.0.0:2377").put("AdvertiseAddr", "10.77.0.1");
    figures.add("init", seconds(() -> api(1).post("/swarm/init", init)), "s");
    String token = api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    for (int host = 2; host <= HOSTS; host++) {
      ObjectNode join = JSON.createObjectNode();
      join.put("ListenAddr", "0.0.0.0:2377").put("AdvertiseAddr", "10.77.0." + host);
      join.putArray("RemoteAddrs").add("10.77.0.1:2377");
      join.put("JoinToken", token);
      DockerApi there = api(host);
      figures.add("join manager " + host, seconds(() -> there.post("/swarm/join", join)), "s");
    }
    for (int host = 1; host <= HOSTS; host++) {
      api(host).importImage(image, "web", "1", "[\"httpd\",\"-f\",\"-p\",\"80\",\"-h\",\"/www\"]");
    }
  }

  private void containers() throws IOException, InterruptedException {
    var times = new ArrayList<Double>();
    for (int i = 0; i < RUNS; i++) {
      times.add(
          seconds(
              () -> {
                Process run =
                    new ProcessBuilder(
                            "docker",
                            "-H",
                            "unix://" + peer.socket(1),
                            "run",
                            "--rm",
                            "web:1",
                            "echo",
                            "hello")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (run.waitFor() != 0) {
                  throw new IOException(
                      "docker run failed: "
                          + new String(
                              run.getErrorStream().readAllBytes(),
                              java.nio.charset.StandardCharsets.UTF_8));
                }
              }));
    }
    times.sort(null);
    figures.add("docker run --rm, median of " + RUNS, times.get(RUNS / 2), "s");
  }

  private void scale() throws IOException, InterruptedException {
    Swarm first = new Swarm(api(1));
    long start = System.nanoTime();
    String id = first.create(Swarm.service("scale", "web:1", 3));
    awaitRunning(first, "scale", 3);
    figures.add("create 3 replicas -> running", (System.nanoTime() - start) / 1e9, "s");
    for (int replicas : new int[] {30, 100}) {
      long begun = System.nanoTime();
      first.scale("scale", replicas);
      awaitRunning(first, "scale", replicas);
      figures.add("scale to " + replicas + " -> running", (System.nanoTime() - begun) / 1e9, "s");
    }
    long removed = System.nanoTime();
    first.api().delete("/services/" + id);
    Wait.until("every container of the service is gone", LIMIT, () -> containersOf("scale") == 0);
    figures.add("remove 100 -> all gone (SIGKILL)", (System.nanoTime() - removed) / 1e9, "s");
  }

  /// How soon the daemon says why a service cannot be placed, and what it costs the leader to go on
  /// not placing it.
  private void unplaceable() throws IOException, InterruptedException {
    int leader = leader();
    Swarm swarm = new Swarm(api(leader));
    double idle = processorMillis(leader);
    ObjectNode service = Swarm.service("nowhere", "web:1", 100);
    service.withObject("/TaskTemplate/Placement").putArray("Constraints").add("node.labels.a==b");
    long start = System.nanoTime();
    String id = swarm.create(service);
    Wait.until(
        "every task says why it waits",
        LIMIT,
        () ->
            swarm.tasks("nowhere").stream()
                    .filter(task -> task.error().contains("no suitable node"))
                    .count()
                == 100);
    figures.add("100 tasks that fit nowhere -> explained", (System.nanoTime() - start) / 1e9, "s");
    Wait.pause(SETTLING); // what follows its creation is not what waiting costs
    figures.add(
        "processor time of the leader, 10 s with them, beyond 10 s without",
        processorMillis(leader) - idle,
        "ms");
    swarm.api().delete("/services/" + id);
  }

  /// What ten seconds cost the daemon of a host.
  private double processorMillis(int host) throws IOException, InterruptedException {
    Duration before = processorTime(host);
    Wait.pause(Duration.ofSeconds(10));
    return processorTime(host).minus(before).toMillis();
  }

  private Duration processorTime(int host) throws IOException {
    return ProcessHandle.of(peer.pid(host))
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IOException("the daemon of host " + host + " is gone"));
  }

  private static void awaitRunning(Swarm swarm, String service, int count)
      throws IOException, InterruptedException {
    Wait.until(count + " tasks run", LIMIT, () -> swarm.running(service).size() >= count);
  }

  private int containersOf(String service) throws IOException {
    int count = 0;
    for (int host = 1; host <= HOSTS; host++) {
      for (JsonNode container : api(host).get("/containers/json?all=1")) {
        if (container
            .path("Labels")
            .path("com.docker.swarm.service.name")
            .asText()
            .equals(service)) {
          count++;
        }
      }
    }
    return count;
  }

  private int leader() throws IOException {
    IOException last = new IOException("no leader");
    for (int host = 1; host <= HOSTS; host++) {
      try {
        for (JsonNode node : api(host).within(SHORT_CALL).get("/nodes")) {
          if (node.path("ManagerStatus").path("Leader").asBoolean()) {
            String address = node.path("ManagerStatus").path("Addr").asText();
            return Integer.parseInt(address.replaceAll(":.*", "").replaceAll(".*\\.", ""));
          }
        }
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private void writes() throws IOException, InterruptedException {
    int leader = leader();
    for (int clients : new int[] {1, 32}) {
      figures.add("API writes, " + clients + " clients", writesPerSecond(leader, clients), "/s");
    }
    Swarm first = new Swarm(api(leader));
    int extra = first.api().get("/services").size() - 500;
    for (JsonNode service : first.api().get("/services")) {
      if (extra-- > 0) {
        first.api().delete("/services/" + service.path("ID").asText());
      }
    }
    DockerApi reader = api(1);
    figures.add(
        "list of 500 services",
        1000
            / 20.0
            * seconds(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    reader.get("/services");
                  }
                }),
        "ms");
  }

  private double writesPerSecond(int host, int clients) throws IOException, InterruptedException {
    long from = System.nanoTime() + WARM_UP_NANOS;
    long until = from + COUNTED_NANOS;
    var count = new AtomicInteger();
    try (var pool = Executors.newFixedThreadPool(clients)) {
      var running = new ArrayList<Future<?>>();
      for (int client = 0; client < clients; client++) {
        String name = "w" + clients + "-" + client + "-";
        running.add(
            pool.submit(
                () -> {
                  Swarm swarm = new Swarm(api(host));
                  for (int i = 0; System.nanoTime() < until; i++) {
                    swarm.create(Swarm.service(name + i, "web:1", 0));
                    if (System.nanoTime() >= from && System.nanoTime() < until) {
                      count.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a write failed: " + e.getCause(), e);
    }
    return count.get() / (COUNTED_NANOS / 1e9);
  }

  private void hostLoss() throws IOException, InterruptedException {
    int replicas = 2 * HOSTS;
    int leader = leader();
    new Swarm(api(leader)).create(Swarm.service("heal", "web:1", replicas));
    awaitRunning(new Swarm(api(leader)), "heal", replicas);
    int other = leader % HOSTS + 1;
    int victim = other % HOSTS + 1;
    Swarm view = swarm(other);
    peer.cut(victim);
    long start = System.nanoTime();
    Wait.until(
        "the node is down",
        LIMIT,
        () -> view.nodes().stream().anyMatch(n -> n.state().equals("down")));
    figures.add("host cut -> node down", (System.nanoTime() - start) / 1e9, "s");
    Wait.until("all replicas run elsewhere", LIMIT, () -> healthy(view, "heal") >= replicas);
    figures.add("host cut -> all replicas healed", (System.nanoTime() - start) / 1e9, "s");
    peer.mend(victim);
    awaitReady(view);
  }

  private static long healthy(Swarm view, String service) throws IOException {
    List<String> ready =
        view.nodes().stream().filter(Swarm.NodeView::ready).map(Swarm.NodeView::id).toList();
    return view.running(service).stream().filter(t -> ready.contains(t.nodeId())).count();
  }

  private static void awaitReady(Swarm view) throws IOException, InterruptedException {
    Wait.until(
        "every node is ready",
        LIMIT,
        () -> view.nodes().stream().filter(Swarm.NodeView::ready).count() == HOSTS);
    // Managers that were cut off have to follow the leader again before the next one is cut off;
    // a node is ready before that, and nothing that both daemons tell says how far it is.
    Wait.pause(SETTLING);
  }

  private void leaderLoss() throws IOException, InterruptedException {
    for (int round = 1; round <= 3; round++) {
      int leader = leader();
      Swarm view = swarm(leader % HOSTS + 1);
      int replicas = 2 * HOSTS + round;
      peer.cut(leader);
      long start = System.nanoTime();
      Wait.until(
          "a write is accepted",
          LIMIT,
          () -> {
            view.scale("heal", replicas);
            return true;
          });
      figures.add(
          "leader cut -> write accepted, try " + round, (System.nanoTime() - start) / 1e9, "s");
      peer.mend(leader);
      awaitReady(view);
    }
  }
}
