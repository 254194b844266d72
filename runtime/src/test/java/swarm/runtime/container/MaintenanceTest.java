package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.logs.LogOptions;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.oci.Resources;

/// What can be asked of and done to a container beside running it. Needs root.
@Timeout(120)
class MaintenanceTest {
  private EngineHarness harness;
  private ContainerEngine engine;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
    engine = harness.engine;
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void processesAndUseOfResourcesCanBeSeen() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "sleep 1000 & sleep 1000; true")
                .resources(Resources.UNLIMITED.withMemoryBytes(64 << 20).withPidsLimit(20)));
    until("both run", () -> processes(id, "").rows().size() == 3);

    assertThat(processes(id, "").titles())
        .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
    assertThat(processes(id, "-o pid,args").titles()).containsExactly("PID", "COMMAND");
    assertThat(processes(id, "-o pid,args").rows())
        .contains(
            List.of(Integer.toString(engine.get(id).pid()), "sh -c sleep 1000 & sleep 1000; true"))
        .extracting(List::getLast)
        .contains("sleep 1000");
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.top(id, "-o nonsense"))
        .satisfies(e -> assertThat(e.getMessage()).containsIgnoringCase("error"));
    ContainerStats stats = engine.stats(id);
    assertThat(stats.memory().usage()).isPositive();
    assertThat(stats.memory().limit()).isEqualTo(64 << 20);
    assertThat(stats.processes()).isEqualTo(3);
    assertThat(stats.pidsLimit()).isEqualTo(20);
    assertThat(stats.cpu().total()).isPositive();
    assertThat(stats.cpu().system()).isGreaterThan(stats.cpu().total());
  }

  @Test
  void limitsOfARunningContainerCanBeChanged() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));

    engine.update(
        id,
        now ->
            now.config().toBuilder()
                .resources(Resources.UNLIMITED.withMemoryBytes(48 << 20).withPidsLimit(7))
                .build());

    assertThat(engine.stats(id).memory().limit()).isEqualTo(48 << 20);
    assertThat(engine.stats(id).pidsLimit()).isEqualTo(7);
    assertThat(engine.get(id).config().resources().memoryBytes()).isEqualTo(48 << 20);
    engine.update(
        id,
        now ->
            now.config().toBuilder()
                .resources(Resources.UNLIMITED.withMemoryBytes(48 << 20))
                .build());
    assertThat(engine.stats(id).pidsLimit()).isZero();
  }

  @Test
  void watchersOfOneContainerShareItsReader() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));

    try (StatsWatch one = engine.watchStats(id);
        StatsWatch other = engine.watchStats(id)) {
      // the second may have come after the first reading
      until("both are given one reading", () -> meet(one, other));
      engine.kill(id, "KILL");
      until("it is seen to have ended", () -> isEmpty(one));
      engine.remove(id, false);
      until("its watchers are let go", () -> !hasNext(one) && !hasNext(other));
    }
  }

  // Who has the older reading takes the next one: both taking turns might never meet.
  private static boolean meet(StatsWatch one, StatsWatch other) {
    Instant first = reading(one).at();
    Instant second = reading(other).at();
    for (int i = 0; i < 5 && !first.equals(second); i++) {
      if (first.isBefore(second)) {
        first = reading(one).at();
      } else {
        second = reading(other).at();
      }
    }
    return first.equals(second);
  }

  private static ContainerStats reading(StatsWatch watch) {
    try {
      return watch.next().orElseThrow().stats().orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isEmpty(StatsWatch watch) {
    try {
      return watch.next().orElseThrow().stats().isEmpty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean hasNext(StatsWatch watch) {
    try {
      return watch.next().isPresent();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void filesOfAContainerCanBeReached() throws Exception {
    String id = harness.run(busybox("sh", "-c", "echo made > /made; sleep 1000"));
    until(
        "made",
        () -> Files.exists(harness.root.resolve("exec/c").resolve(id).resolve("rootfs/made")));
    assertThat(engine.<String>withRootfs(id, root -> Files.readString(root.resolve("made"))))
        .isEqualTo("made\n");
    engine.kill(id, "KILL");

    assertThat(engine.<String>withRootfs(id, root -> Files.readString(root.resolve("made"))))
        .isEqualTo("made\n");
    assertThat(engine.writableLayer(id).resolve("made")).exists();
    engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aNewVolumeGetsWhatTheImageHasThere() throws Exception {
    Path data = harness.root.resolve("images/layer/data");
    Files.createDirectories(data.resolve("sub"));
    Files.writeString(data.resolve("sub/file"), "seed");
    Files.createSymbolicLink(data.resolve("link"), Path.of("sub/file"));
    Files.setAttribute(data, "unix:uid", 1000);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    var mount = ContainerMount.Volume.of("seeded", "/data", false);

    String id =
        harness.run(
            busybox("sh", "-c", "cat /data/link; echo more > /data/more")
                .user("1000")
                .mounts(List.of(mount)));
    assertThat(harness.await(id).code()).isZero();

    assertThat(harness.log(id)).isEqualTo("seed");
    Path volume = engine.volumes().get("seeded").mountpoint();
    assertThat(Files.readString(volume.resolve("more"))).isEqualTo("more\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(volume)))
        .isEqualTo("rwx------");
  }

  @Test
  void aLogIsRotated() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "yes 0123456789 | head -n 2000; echo end; sleep 1000")
                .logging(logging("max-size", "10k", "max-file", "2")));
    Path log = Path.of(engine.get(id).logPath());
    Path old = Path.of(log + ".1");

    until("rotated", () -> Files.exists(old) && Files.exists(log) && size(log) < 10_000);
    assertThat(harness.log(id)).endsWith("0123456789\nend\n").hasSize(22_004);
  }

  @Test
  void aFollowerGetsEveryLineOfALogThatIsRotatedAndCompressed() throws Exception {
    String id =
        harness.create(
            busybox("sh", "-c", "for i in $(seq 400); do seq $i 10 4000; sleep 0.01; done")
                .logging(logging("max-size", "20k", "max-file", "1000", "compress", "true")));
    var wanted = new StringBuilder();
    for (int i = 1; i <= 400; i++) {
      for (int n = i; n <= 4000; n += 10) {
        wanted.append(n).append('\n');
      }
    }
    var seen = new StringBuilder();
    engine.start(id);
    try (var stream = engine.logs(id, LogQuery.FOLLOW)) {
      for (var entry = stream.next(); entry.isPresent(); entry = stream.next()) {
        seen.append(new String(entry.get().bytes(), StandardCharsets.UTF_8));
      }
    }

    assertThat(seen.toString()).isEqualTo(wanted.toString());
    Path log = Path.of(engine.get(id).logPath());
    assertThat(Path.of(log + ".1.gz")).exists();
    assertThat(harness.log(id)).isEqualTo(wanted.toString());
  }

  @Test
  void aFloodDoesNotFillTheDisk() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "yes 0123456789 | head -n 500000; echo end; sleep 1000")
                .logging(logging("max-size", "100k", "max-file", "3")));
    Path home = Path.of(engine.get(id).logPath()).resolveSibling("");

    until("all written", () -> lastLine(id).equals("end\n"));
    until("what is too old is deleted", () -> logBytes(home) < 1_000_000);
  }

  @Test
  void withoutALogThereIsNothingToRead() throws Exception {
    String id = harness.run(busybox("echo", "x").logging(LogOptions.parse("none", Map.of())));
    harness.await(id);

    assertThatThrownBy(() -> harness.log(id))
        .hasMessage("configured logging driver does not support reading");
    assertThat(Path.of(engine.get(id).logPath())).doesNotExist();
  }

  private static LogConfig logging(String... options) throws Exception {
    var all = new java.util.TreeMap<String, String>();
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return LogOptions.parse("json-file", all);
  }

  private String lastLine(String id) {
    var tail =
        new LogQuery(false, Optional.empty(), Optional.empty(), OptionalInt.of(1), true, true);
    try (var stream = engine.logs(id, tail)) {
      var entry = stream.next();
      return entry.map(e -> new String(e.bytes(), StandardCharsets.UTF_8)).orElse("");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long logBytes(Path home) {
    try (var files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("container.log"))
          .mapToLong(MaintenanceTest::size)
          .sum();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void securityIsAsDockers() throws Exception {
    String plain =
        harness.run(
            busybox(
                "sh",
                "-c",
                "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; mount -t tmpfs x /tmp || echo refused"));
    harness.await(plain);
    assertThat(harness.log(plain))
        .contains("CapEff:\t00000000a80425fb\n", "NoNewPrivs:\t0\n", "Seccomp:\t2\n", "refused");

    String open =
        harness.run(
            busybox(
                    "sh",
                    "-c",
                    "grep -E 'CapEff|Seccomp:' /proc/self/status; mount -t tmpfs x /tmp && echo mounted; test -c /dev/loop-control -o -b /dev/vda && echo devices")
                .privileged(true));
    harness.await(open);
    assertThat(harness.log(open)).contains("Seccomp:\t0\n", "mounted\n", "devices\n");

    String strict =
        harness.run(
            busybox(
                    "sh",
                    "-c",
                    "grep NoNewPrivs /proc/self/status; touch /x || echo read-only;"
                        + " for f in hosts hostname resolv.conf; do touch /etc/$f || echo $f; done")
                .securityOpts(List.of("no-new-privileges"))
                .readOnlyRootfs(true));
    harness.await(strict);
    assertThat(harness.log(strict))
        .contains("NoNewPrivs:\t1\n", "read-only\n", "hosts\n", "hostname\n", "resolv.conf\n");
  }

  @Test
  void namespacesCanBeShared() throws Exception {
    String first = harness.run(busybox("sleep", "1000"));
    String second =
        harness.run(
            busybox("sh", "-c", "ls -l /proc/self/ns/net").networkMode("container:" + first));
    harness.await(second);
    Path net = Path.of("/proc/" + engine.get(first).pid() + "/ns/net");
    assertThat(harness.log(second)).contains(Files.readSymbolicLink(net).toString());

    String host = harness.run(busybox("sh", "-c", "ls -l /proc/self/ns/net").networkMode("host"));
    harness.await(host);
    assertThat(harness.log(host))
        .contains(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());

    engine.kill(first, "KILL");
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> harness.run(busybox("true").networkMode("container:" + first)))
        .withMessageContaining("cannot join network of a non running container");
  }

  @Test
  void anInitIsPutBefore() throws Exception {
    String id = harness.run(busybox("sh", "-c", "cat /proc/1/cmdline").init(true));
    harness.await(id);
    assertThat(harness.log(id)).startsWith("/sbin/docker-init\0--\0sh");
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (java.io.IOException e) {
      return Long.MAX_VALUE;
    }
  }

  private ProcessTable processes(String id, String options) {
    try {
      return engine.top(id, options);
    } catch (EngineException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
