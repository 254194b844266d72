package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Three managers. Files of one of them are gone, or shorter than they were: an acknowledged write
/// must not be lost by that.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LostLogTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);
  private static final int VICTIM = 3;

  private static Client.Done run(String... words) throws Exception {
    return Client.SWARM.run(CLUSTER.cluster(), VICTIM, new byte[0], List.of(words));
  }

  private static void shell(String script) throws Exception {
    Process process =
        CLUSTER.cluster().on(VICTIM, "sh", "-ec", script).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", script, said).isZero();
  }

  private static Path swarm() {
    return CLUSTER.cluster().folder(VICTIM).resolve("data/swarm");
  }

  private static Path file(String name) throws IOException {
    try (Stream<Path> files = Files.walk(swarm())) {
      return files
          .filter(f -> String.valueOf(f.getFileName()).startsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }

  /// It runs, takes no part, and says which file and what to do.
  private static void assertDamaged(Path file, String what) throws IOException {
    assertThat(CLUSTER.cluster().api(VICTIM).get("/info").at("/Swarm/LocalNodeState").asText())
        .isEqualTo("error");
    assertThat(CLUSTER.cluster().api(VICTIM).get("/info").at("/Swarm/Error").asText())
        .contains(file + " is damaged")
        .contains(what)
        .contains("swarm leave --force");
  }

  private static boolean has(int host, String service) throws IOException {
    return CLUSTER.cluster().api(host).get("/services").findValuesAsText("Name").contains(service);
  }

  enum Damage {
    GONE,
    EMPTY,
    SHORT;

    void of(Path log) throws IOException {
      switch (this) {
        case GONE -> Files.delete(log);
        case EMPTY -> cut(log, 0);
        case SHORT -> cut(log, contents(log) / 2);
      }
    }

    private static void cut(Path log, long length) throws IOException {
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        var _ = channel.truncate(length);
      }
    }

    /// Without the zeros for what is still to come.
    private static int contents(Path log) throws IOException {
      byte[] bytes = Files.readAllBytes(log);
      int end = bytes.length;
      while (end > 0 && bytes[end - 1] == 0) {
        end--;
      }
      return end;
    }
  }

  /// It has applied all that it has been told, and noted that.
  private static boolean noted(long index) throws IOException {
    return Files.readAllLines(file("committed")).stream()
        .filter(line -> line.startsWith("index="))
        .anyMatch(line -> Long.parseLong(line.substring("index=".length())) >= index);
  }

  private static long applied() throws IOException {
    return CLUSTER
        .cluster()
        .api(VICTIM)
        .text("/metrics")
        .lines()
        .filter(line -> line.startsWith("swarm_raft_applied_index "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @Order(1)
  @EnumSource
  void a_write_is_not_lost_with_a_log(Damage damage) throws Exception {
    String name = damage.name().toLowerCase(Locale.ROOT);
    CLUSTER.cluster().kill(2);
    Wait.until("1 and 3 go on", LIMIT, () -> CLUSTER.swarm(1).leader().isPresent());
    Wait.until(
        "a write that 1 and 3 have acknowledged",
        LIMIT,
        () -> !CLUSTER.swarm(1).create(Swarm.service(name, IMAGE, 1)).isEmpty());
    Wait.until("3 has it", LIMIT, () -> has(VICTIM, name));
    long index = applied();
    Wait.until("and has noted so", LIMIT, () -> noted(index));
    CLUSTER.cluster().kill(1);
    CLUSTER.cluster().kill(VICTIM);
    Path log = file("log_inprogress_");
    shell("cp -a '%s' '%s'".formatted(log, swarm().resolve("kept")));
    damage.of(log);

    CLUSTER.cluster().start(2);
    CLUSTER.cluster().start(VICTIM);
    assertDamaged(
        damage == Damage.GONE ? log.resolveSibling(".").normalize() : log,
        "was committed and flushed here");
    CLUSTER.cluster().start(1);
    Wait.until("1 and 2 go on", LIMIT, () -> has(1, name) && has(2, name));

    CLUSTER.cluster().kill(VICTIM);
    shell("mv '%s' '%s'".formatted(swarm().resolve("kept"), log));
    CLUSTER.cluster().start(VICTIM);
    CLUSTER.awaitReady(1, 3);
    Wait.until("3 has it, too", LIMIT, () -> has(VICTIM, name));
  }

  @Test
  @Order(2)
  void flips_are_found_in_a_folder_that_was_copied() throws Exception {
    for (String name : List.of("raft-meta", "raft-meta.conf")) {
      Wait.until(
          "its checksum holds wherever the file is",
          LIMIT,
          () ->
              Files.readAllLines(file("checksums")).stream()
                  .anyMatch(l -> l.startsWith(name + "\t") && l.endsWith("\tsettled")));
      CLUSTER.cluster().kill(VICTIM);
      shell("cp -a '%1$s' '%1$s.copy'; rm -r '%1$s'; mv '%1$s.copy' '%1$s'".formatted(swarm()));
      Path file = file("raft-meta").resolveSibling(name);
      flip(file, 5);
      CLUSTER.cluster().start(VICTIM);
      assertDamaged(file, "its bytes changed since it was written");
      CLUSTER.cluster().kill(VICTIM);
      flip(file, 5);
      CLUSTER.cluster().start(VICTIM);
      CLUSTER.awaitReady(1, 3);
    }
  }

  private static void flip(Path file, int at) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(at);
      int was = raw.read();
      raw.seek(at);
      raw.write(was ^ 1);
    }
    Files.setLastModifiedTime(file, time);
  }

  @Test
  @Order(3)
  void what_is_missing_is_told_and_the_remedy_works() throws Exception {
    for (String name : List.of("raft/member", "raft/committed", "member.json", "certificates")) {
      CLUSTER.cluster().kill(VICTIM);
      Path file = swarm().resolve(name);
      Path kept = swarm().resolveSibling("kept");
      shell("mv '%s' '%s'".formatted(file, kept));
      CLUSTER.cluster().start(VICTIM);
      assertDamaged(file, "it is gone");
      if (name.equals("certificates")) {
        break;
      }
      CLUSTER.cluster().kill(VICTIM);
      shell("mv '%s' '%s'".formatted(kept, file));
      CLUSTER.cluster().start(VICTIM);
      CLUSTER.awaitReady(1, 3);
    }
    String old = CLUSTER.nodeId(1, VICTIM);
    Client.Done left = run("leave", "--force");
    assertThat(left.status()).as(left.err()).isZero();
    assertThat(left.out() + left.err()).contains("node demote");
    String token =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    CLUSTER.cluster().join(VICTIM, token);
    Wait.until(
        "it is a manager again, under another name",
        LIMIT,
        () ->
            CLUSTER.swarm(VICTIM).nodes().stream()
                .anyMatch(
                    n ->
                        n.hostname().equals(CLUSTER.cluster().hostname(VICTIM))
                            && !n.id().equals(old)
                            && n.reachability().equals("reachable")));
    assertThat(has(VICTIM, "gone") && has(VICTIM, "empty") && has(VICTIM, "short")).isTrue();
    for (List<String> words :
        List.of(List.of("node", "demote", old), List.of("node", "rm", "--force", old))) {
      Client.Done done = Client.SWARM.run(CLUSTER.cluster(), 1, new byte[0], words);
      assertThat(done.status()).as("%s", done).isZero();
    }
    CLUSTER.awaitReady(1, 3);
  }

  private static String errorOf(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/info").at("/Swarm/Error").asText();
  }

  /// Nothing of the log may be thrown away before enough others are there: what is gone may be put
  /// back.
  @Test
  @Order(4)
  void a_manager_that_lost_its_key_or_log_says_whom_it_waits_for() throws Exception {
    for (int host = 1; host <= 3; host++) {
      CLUSTER.cluster().kill(host);
    }
    for (String name : List.of("seal.key", "raft")) {
      Path file = name.equals("raft") ? log() : swarm().resolve(name);
      Path kept = swarm().resolveSibling("put-aside");
      shell("mv '%s' '%s'".formatted(file, kept));
      CLUSTER.cluster().start(VICTIM);
      Wait.until("it says so", LIMIT, () -> errorOf(VICTIM).contains("is gone"));
      assertThat(errorOf(VICTIM))
          .contains(file + " is damaged: it is gone")
          .contains("waits for another one")
          .contains(TestCluster.address(1) + ":2377")
          .contains(TestCluster.address(2) + ":2377");
      assertThat(run("node", "ls").err()).contains(file + " is damaged: it is gone");
      CLUSTER.cluster().kill(VICTIM);
      shell("mv '%s' '%s'".formatted(kept, file));
    }
    String log = String.valueOf(log().getFileName());
    for (int host = 1; host <= 3; host++) {
      CLUSTER.cluster().start(host);
    }
    CLUSTER.awaitReady(VICTIM, 3);
    assertThat(log().getFileName()).as("the log that it had").hasToString(log);

    CLUSTER.cluster().kill(VICTIM);
    Files.delete(swarm().resolve("seal.key"));
    CLUSTER.cluster().start(VICTIM);
    Wait.until("the others take it in anew", LIMIT, () -> has(VICTIM, "gone"));
    assertThat(log().getFileName()).as("under another id").isNotEqualTo(Path.of(log));
    Wait.until("nothing is wrong any more", LIMIT, () -> errorOf(VICTIM).isEmpty());
    CLUSTER.awaitReady(1, 3);
  }

  /// Of this manager.
  private static Path log() throws IOException {
    try (Stream<Path> files = Files.list(swarm())) {
      return files
          .filter(f -> String.valueOf(f.getFileName()).startsWith("raft"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  @Order(5)
  void the_only_manager_says_what_it_lost_and_putting_it_back_heals_it() throws Exception {
    CLUSTER.cluster().kill(1);
    CLUSTER.cluster().kill(2);
    Client.Done forced = run("init", "--force-new-cluster");
    assertThat(forced.status()).as("%s", forced).isZero();
    CLUSTER.swarm(VICTIM).create(Swarm.service("here", IMAGE, 1));
    CLUSTER.awaitRunning(VICTIM, "here", 1, 0);
    long pid = CLUSTER.swarm(VICTIM).running("here").getFirst().pid();
    for (String name : List.of("seal.key", "raft")) {
      CLUSTER.cluster().kill(VICTIM);
      Path file = name.equals("raft") ? log() : swarm().resolve(name);
      Path kept = file.resolveSibling(file.getFileName() + ".aside"); // as operators do
      shell("mv '%s' '%s'".formatted(file, kept));
      CLUSTER.cluster().start(VICTIM);
      assertDamaged(file, "it is gone");
      assertThat(errorOf(VICTIM))
          .contains("put the very same back from a copy")
          .contains("swarm restore")
          .doesNotContain("other managers");
      for (List<String> words : List.of(List.of("node", "ls"), List.of("service", "ls"))) {
        assertThat(run(words.toArray(String[]::new)).err())
            .contains(file + " is damaged: it is gone");
      }
      assertThat(run("init", "--force-new-cluster").err()).contains("it is gone");
      assertThat(ProcessHandle.of(pid)).as("its containers run on").isPresent();
      CLUSTER.cluster().kill(VICTIM);
      shell("mv '%s' '%s'".formatted(kept, file));
      CLUSTER.cluster().start(VICTIM);
      Wait.until("it has all again", LIMIT, () -> has(VICTIM, "here"));
      assertThat(errorOf(VICTIM)).isEmpty();
      CLUSTER.awaitRunning(VICTIM, "here", 1, 0);
      assertThat(ProcessHandle.of(pid)).as("its containers ran on").isPresent();
    }
  }
}
