package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.workload.HttpLoad;

/// `./dev bench update`: a service of six replicas with a health check is updated again and again,
/// while callers come in at every host; prints how many requests each update lost. Its containers
/// are killed, not asked: nothing but the order of events keeps a request from being lost.
public final class UpdateLoss {
  private static final int HOSTS = 3;
  private static final int REPLICAS = 6;
  private static final int PORT = 8080;
  private static final int PER_SECOND = 200;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private UpdateLoss() {}

  /// @param args a folder for the cluster, the `swarm` program, and the number of updates
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    TestCluster.clear(dir, "bup");
    TestCluster cluster = TestCluster.up(dir, "bup", HOSTS, Path.of(args[1]), List.of());
    try {
      cluster.form(HOSTS);
      for (int host = 1; host <= HOSTS; host++) {
        cluster.api(host).importImage(BusyboxImage.tar(), "web", "1", BusyboxImage.SERVE);
      }
      int lost = 0;
      int updates = Integer.parseInt(args[2]);
      var swarm = new Swarm(cluster.api(1));
      swarm.create(spec("web", PORT));
      awaitConverged(swarm, "web");
      for (int i = 1; i <= updates; i++) {
        String order = i % 2 == 1 ? "stop-first" : "start-first";
        HttpLoad.Result result = update(cluster, swarm, "web", PORT, order, Integer.toString(i));
        lost += result.lost().size();
        System.out.printf(
            "update %d, %s: %d requests, %d lost, the slowest took %d ms%n",
            i, order, result.sent(), result.lost().size(), result.slowest().toMillis());
        result.lost().stream().limit(10).forEach(each -> System.out.println("  " + each));
      }
      System.out.printf("lost in %d updates: %d%n", updates, lost);
    } finally {
      cluster.down();
    }
  }

  /// A service whose containers say themselves when they are well.
  public static JsonNode spec(String name, int port) {
    ObjectNode spec = Swarm.published(Swarm.service(name, "web:1", REPLICAS), port, 80);
    ObjectNode check =
        spec.withObject("/TaskTemplate/ContainerSpec/Healthcheck")
            .put("Interval", Duration.ofMillis(300).toNanos())
            .put("StartInterval", Duration.ofMillis(100).toNanos())
            .put("StartPeriod", Duration.ofSeconds(10).toNanos())
            .put("Retries", 3);
    check
        .putArray("Test")
        .add("CMD")
        .add("wget")
        .add("-q")
        .add("-O")
        .add("/dev/null")
        .add("http://127.0.0.1/");
    return spec;
  }

  /// Replaces every task of a service under load.
  ///
  /// @param order `stop-first` or `start-first`
  public static HttpLoad.Result update(
      TestCluster cluster, Swarm swarm, String service, int port, String order, String value)
      throws IOException, InterruptedException {
    List<HttpLoad.Door> doors = new ArrayList<>();
    for (int host = 1; host <= HOSTS; host++) {
      int through = host;
      doors.add(() -> cluster.fetch(through, port, "/"));
    }
    return HttpLoad.during(
        doors,
        PER_SECOND,
        () -> {
          JsonNode now = swarm.api().get("/services/" + service);
          ObjectNode spec = now.path("Spec").deepCopy();
          spec.withObject("/TaskTemplate/ContainerSpec").putArray("Env").add("A=" + value);
          spec.withObject("/UpdateConfig").put("Parallelism", 1).put("Order", order);
          String version = now.path("Version").path("Index").asText();
          JsonNode _ =
              swarm.api().post("/services/" + service + "/update?version=" + version, spec);
          awaitConverged(swarm, service);
        });
  }

  /// Waits until a service is as it was last declared.
  public static void awaitConverged(Swarm swarm, String service)
      throws IOException, InterruptedException {
    Duration _ =
        Wait.until(
            service + " is up to date",
            LIMIT,
            () -> {
              String state =
                  swarm
                      .api()
                      .get("/services/" + service)
                      .path("UpdateStatus")
                      .path("State")
                      .asText("completed");
              return state.equals("completed") && swarm.running(service).size() == REPLICAS;
            });
  }
}
