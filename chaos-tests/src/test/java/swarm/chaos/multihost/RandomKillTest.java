package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.NotSentException;
import swarm.chaos.cluster.Registry;
import swarm.chaos.cluster.RegistryUpload;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.contract.Archives;

/// The daemon is killed again and again at moments that nobody chose, while containers come and go
/// and an image is pulled and removed. What is left in the end is what the API tells of, and once
/// that is removed, nothing.
@Tag("chaos")
final class RandomKillTest {
  private static final long SEED = Long.getLong("swarm.seed", new Random().nextLong(1_000_000));
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("swarm.seconds", 20));
  private static final int CLIENTS = 4;
  private static final int LONGEST_MILLIS = 2_000;
  private static final String PULLED = "127.0.0.1:" + Registry.PORT + "/app:1";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger cutShort = new AtomicInteger();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  @Test
  void nothingIsLeftOfWhatWasCutShort() throws Exception {
    Assumptions.assumeTrue(Registry.installed(), "no docker-registry here to pull from");
    System.out.println("the same again: -Dswarm.seed=" + SEED);
    TestCluster cluster = CLUSTER.cluster();
    DockerApi api = cluster.api(1);
    try (var _ = Registry.open(cluster, 1)) {
      Archives.push(
          new RegistryUpload(cluster, 1, "app"), "1", Archives.docker("a:1", new byte[1024]));
      api.post("/networks/create", new ObjectMapper().createObjectNode().put("Name", "front"));
      var cycles = new LifeCycles(api, IMAGE, "front");
      cycles.run(CLIENTS * 6, CLIENTS);
      images(api);
      HostInventory before = HostInventory.of(cluster, 1);

      var tasks = new ArrayList<Together.Task>();
      for (int i = 0; i < CLIENTS; i++) {
        tasks.add(() -> work(cycles::one));
      }
      tasks.add(() -> work(() -> images(api)));
      int[] kills = new int[1];
      tasks.add(() -> kills[0] = killAgainAndAgain(cluster));
      Together.run(tasks);
      System.out.printf(
          "%d kills; %d lives and pulls done, %d cut short, refused: %s%n",
          kills[0], done.get(), cutShort.get(), refused);
      assertThat(done.get()).as("something was done between the kills").isPositive();
      assertThat(refused).as("seed " + SEED).noneMatch(answer -> answer.startsWith("5"));

      LifeCycles.clear(api);
      if (api.get("/images/json").toString().contains(PULLED)) {
        api.delete("/images/" + PULLED);
      }
      Wait.until(
          "nothing is left",
          LIMIT,
          () -> {
            List<String> changes =
                HostInventory.of(cluster, 1)
                    .changesSince(before, EnumSet.allOf(HostInventory.Kind.class));
            if (!changes.isEmpty()) {
              throw new IOException("seed " + SEED + "\n" + String.join("\n", changes));
            }
            return true;
          });
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /// Again and again until it is over; that the daemon dies meanwhile is expected.
  private void work(Work work) throws InterruptedException {
    while (!over.get()) {
      try {
        work.run();
        done.incrementAndGet();
      } catch (ApiException e) {
        refused.add(e.status() + " " + e.getMessage()); // an exec that the next one does not know
      } catch (NotSentException _) {
        Wait.pause(Duration.ofMillis(20)); // no daemon answers just now
      } catch (IOException _) {
        cutShort.incrementAndGet();
      }
    }
  }

  private static void images(DockerApi api) throws IOException {
    if (api.post("/images/create?fromImage=" + PULLED).has("error")) {
      throw new IOException("not pulled");
    }
    api.delete("/images/" + PULLED);
  }

  private int killAgainAndAgain(TestCluster cluster) throws IOException, InterruptedException {
    var random = new Random(SEED);
    int kills = 0;
    try {
      for (long end = System.nanoTime() + TIME.toNanos(); System.nanoTime() < end; kills++) {
        Wait.pause(Duration.ofMillis(random.nextInt(LONGEST_MILLIS)));
        cluster.kill(1);
        cluster.start(1);
      }
    } finally {
      over.set(true);
    }
    return kills;
  }
}
