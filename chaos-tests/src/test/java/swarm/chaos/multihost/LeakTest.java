package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Containers come and go, and leave nothing behind: on the disk, in the kernel, in the daemon.
final class LeakTest {
  private static final int AT_ONCE = 4;

  /// Connections and idle threads that happen to be there.
  private static final int FEW = 12;

  private static final int WARM_UP = 60;
  private static final int SOME = 200;
  private static final int WINDOWS = 10;
  private static final int WINDOW = 100;

  /// How much the second half's median may exceed the first one's.
  private static final double GROWTH = 1.25;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  @Test
  @Tag("multihost")
  void twoHundredContainers() throws Exception {
    live(SOME);
  }

  @Test
  @Tag("chaos")
  void aThousandContainersAndSteadyMemory() throws Exception {
    List<Long> resident = new ArrayList<>();
    for (int i = 0; i < WINDOWS; i++) {
      resident.add(live(WINDOW).resident());
    }
    long early = median(resident.subList(0, WINDOWS / 2));
    long late = median(resident.subList(WINDOWS / 2, WINDOWS));
    System.out.println("resident after each " + WINDOW + ": " + resident + " kB");
    assertThat((double) late).as("kB at the end; at first " + early).isLessThan(early * GROWTH);
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static DaemonFigures live(int lives) throws Exception {
    TestCluster cluster = CLUSTER.cluster();
    DockerApi api = cluster.api(1);
    String network =
        api.post("/networks/create", new ObjectMapper().createObjectNode().put("Name", "front"))
            .path("Id")
            .asText();
    var cycles = new LifeCycles(api, IMAGE, "front");
    cycles.run(WARM_UP, AT_ONCE);
    HostInventory before = settled();
    DaemonFigures then = DaemonFigures.of(cluster.pid(1));
    long start = System.nanoTime();
    cycles.run(lives, AT_ONCE);
    double seconds = (System.nanoTime() - start) / 1e9;
    DaemonFigures[] now = new DaemonFigures[1];
    Wait.until(
        "nothing is left of " + lives + " containers",
        LIMIT,
        () -> {
          now[0] = DaemonFigures.of(cluster.pid(1));
          var left =
              new ArrayList<>(
                  settled().changesSince(before, EnumSet.allOf(HostInventory.Kind.class)));
          if (now[0].descriptors() > then.descriptors() + FEW
              || now[0].threads() > then.threads() + FEW) {
            left.add(then + ", then " + now[0]);
          }
          if (!left.isEmpty()) {
            throw new IOException(String.join("\n", left));
          }
          return true;
        });
    System.out.printf("%d lives in %.1f s; %s, then %s%n", lives, seconds, then, now[0]);
    api.delete("/networks/" + network);
    return now[0];
  }

  private static HostInventory settled() throws IOException, InterruptedException {
    return HostInventory.of(CLUSTER.cluster(), 1);
  }
}
