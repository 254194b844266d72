package swarm.chaos.multihost;

import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Somebody flushes rules or removes interfaces of a host: soon all is as it was.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReconcileTest {
  private static final int HOSTS = 2;
  private static final int PLAIN_PORT = 8088;
  private static final Duration QUIET = Duration.ofSeconds(3);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, 1);

  private static Serving serving;

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  @BeforeAll
  static void serve() throws Exception {
    serving = Serving.begin(CLUSTER);
    Shell docker = Shell.of(CLUSTER, Client.DOCKER);
    docker.ok("network", "create", "side");
    docker.ok("run", "-d", "--name", "plain", "--network", "side", "-p", "8088:80", IMAGE);
  }

  /// Every way that calls take: by port, by virtual address and by name, and by a plain container's
  /// port.
  private boolean allAnswers() throws IOException, InterruptedException {
    String client =
        docker
            .run("ps", "-q", "--filter", "label=com.docker.swarm.service.name=client")
            .out()
            .strip();
    return serving.answers(List.of(1, 2), HOSTS)
        && cluster.fetch(1, PLAIN_PORT, "/").status() == 200
        && gets("plain", "http://plain/")
        && gets(client, "http://web/");
  }

  private boolean gets(String container, String url) throws IOException, InterruptedException {
    return docker.run("exec", container, "wget", "-q", "-O-", url).status() == 0;
  }

  private NetworkInventory whole() throws Exception {
    Wait.until("all answers", LIMIT, this::allAnswers);
    return NetworkInventory.of(cluster, 1).lasting();
  }

  private void mended(NetworkInventory before) throws Exception {
    Duration took =
        Wait.until(
            "host 1 has what it had",
            LIMIT,
            () -> {
              List<String> changes = NetworkInventory.of(cluster, 1).lasting().changesSince(before);
              if (!changes.isEmpty()) {
                throw new IOException(String.join("\n", changes));
              }
              return true;
            });
    System.out.println("mended in " + took.toMillis() + " ms");
    Wait.until("all answers again", LIMIT, this::allAnswers);
  }

  @Order(1)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nft flush ruleset",
        "nft flush table ip swarm",
        "nft flush map ip swarm_ingress ports",
        "ip link delete swarm0",
        "ip link delete swingress",
        "ip link delete swvxlan",
        "ip link delete OVERLAY",
        "ip link delete TUNNEL",
        "ip link delete SIDE",
        "ip link set swarm0 down",
        "ip address flush dev swingress",
        "for l in $(ls /proc/sys/net/ipv4/conf | grep '^sw[bin]' | grep -v swingress);"
            + " do ip link delete $l; done"
      })
  void whateverIsBrokenOnAHostIsMended(String how) throws Exception {
    NetworkInventory before = whole();
    String command =
        how.replace("OVERLAY", link("swo"))
            .replace("TUNNEL", link("swx"))
            .replace("SIDE", link("br-"));
    serving.on(1, "sh", "-c", command);
    mended(before);
  }

  private static String link(String prefix) throws Exception {
    return serving
        .on(1, "ip", "-br", "link")
        .lines()
        .map(line -> line.split("[ @]")[0])
        .filter(name -> name.startsWith(prefix) && name.length() == 15)
        .findFirst()
        .orElseThrow();
  }

  @Order(2)
  @ParameterizedTest
  @ValueSource(strings = {"nft flush ruleset", "ip link delete eth0", "ip link delete eth1"})
  void whatATasksNamespaceLosesIsMended(String how) throws Exception {
    NetworkInventory before = whole();
    List<String> had = had();
    serving.inside(1, "web", how.split(" "));
    mended(before);
    Wait.until("the task has what it had", LIMIT, () -> had().equals(had));
  }

  /// In any order: tables are listed as they were made.
  private static List<String> had() throws IOException, InterruptedException {
    String all =
        serving.inside(1, "web", "nft", "list", "ruleset")
            + serving.inside(1, "web", "ip", "route")
            + serving.inside(1, "web", "ip", "-4", "-br", "address");
    return all.replaceAll("@\\S+", "").replaceAll(" +", " ").lines().sorted().toList();
  }

  @Test
  @Order(3)
  void whatHappenedWithoutADaemonIsMendedWhenItStarts() throws Exception {
    NetworkInventory before = whole();
    cluster.kill(1);
    serving.on(1, "nft", "flush", "ruleset");
    serving.on(1, "ip", "link", "delete", "swarm0");
    serving.on(1, "ip", "link", "delete", link("swo"));
    cluster.start(1);
    CLUSTER.awaitReady(1, HOSTS);
    mended(before);
  }

  @Test
  @Order(4)
  void itIsToldAndThenThereIsPeace() throws Exception {
    Path log = cluster.folder(1).resolve("log");
    String since = Long.toString(Instant.now().getEpochSecond());
    serving.on(1, "ip", "link", "delete", "swvxlan");
    Wait.until(
        "an event tells of it",
        LIMIT,
        () ->
            docker
                .run("events", "--since", since, "--until", "0s", "--filter", "type=network")
                .out()
                .contains("network mend interface swvxlan"));
    Wait.until("all answers", LIMIT, this::allAnswers);
    long count = told(log);
    Wait.holds("nothing more is mended", QUIET, () -> told(log) == count);
  }

  private static long told(Path log) throws IOException {
    return Files.readAllLines(log).stream().filter(line -> line.contains("mended: ")).count();
  }
}
