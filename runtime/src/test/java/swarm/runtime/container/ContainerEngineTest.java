package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.logs.LogLimits;

/// The life of containers, with a real runtime and monitor: what the engine relies on of any OCI
/// runtime. Here with runc. Needs root.
@Timeout(120)
class ContainerEngineTest {
  private EngineHarness harness;
  private ContainerEngine engine;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open(runtime());
    engine = harness.engine;
  }

  /// The OCI runtime that the containers are run by.
  String runtime() {
    return "runc";
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void runsACommandToItsEndAndKeepsItsOutputAndExitCode() throws Exception {
    String id = harness.run(busybox("sh", "-c", "echo hello; echo oops >&2; exit 3"));

    assertThat(harness.await(id).code()).isEqualTo(3);
    assertThat(harness.log(id)).isEqualToIgnoringNewLines("hello\noops\n");
    assertThat(engine.get(id).state()).isEqualTo(ContainerState.EXITED);
    assertThat(engine.get(id).exitCode()).isEqualTo(3);
    until("die event", () -> harness.actions(id).contains("die"));
    assertThat(harness.actions(id)).containsExactly("create", "start", "die");
  }

  @Test
  void aRunThatEndsBeforeAnybodyLooksKeepsItsLogWithinItsLimitsToo() throws Exception {
    var logging = new LogConfig("json-file", Map.of(), new LogLimits(10_000, 2, false));
    String id = harness.create(busybox("seq", "1", "20000").logging(logging));

    for (int run = 0; run < 3; run++) {
      engine.start(id);
      harness.await(id);
      // announced before the cleaning up
      until("cut", () -> harness.logBytes(id) <= 20_000);
    }

    assertThat(harness.log(id)).endsWith("19999\n20000\n");
    assertThat(harness.log(id).lines().count()).isBetween(100L, 2_000L);
  }

  @Test
  void removalLeavesNothing() throws Exception {
    String ended = harness.run(busybox("true").networkMode("bridge"));
    String running = harness.run(busybox("sleep", "1000").networkMode("bridge"));
    harness.await(ended);

    engine.remove(ended, false);
    engine.remove(running, true);

    assertThat(harness.leftovers()).isEmpty();
    assertThat(engine.list()).isEmpty();
  }

  /// So that whoever still calls it is answered by its kernel.
  @Test
  void theNetworkHearsOfAnEndThatNobodyWantedBeforeItIsTakenAway() throws Exception {
    String died = harness.run(busybox("sleep", "1000").networkMode("bridge"));
    String stopped = harness.run(busybox("sleep", "1000").networkMode("bridge"));

    ProcessHandle.of(engine.get(died).pid()).orElseThrow().destroyForcibly();
    harness.await(died);
    engine.stop(stopped, Optional.of(Duration.ZERO));

    until("both are taken away", harness.network.attached::isEmpty);
    assertThat(harness.network.ended).containsExactly(died);
  }

  @Test
  void aContainerThatRemovesItselfIsGoneWhenItsRemovalIsAnnounced() throws Exception {
    String id = harness.create(busybox("echo", "hello").autoRemove(true));
    var removed = engine.waitFor(id, WaitCondition.REMOVED);

    engine.start(id);

    assertThat(removed.get(30, TimeUnit.SECONDS).code()).isZero();
    assertThat(harness.leftovers()).isEmpty();
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.get(id))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.NOT_FOUND));
    until("destroy", () -> harness.actions(id).contains("destroy"));
    assertThat(harness.actions(id)).containsExactly("create", "start", "die", "destroy");
  }

  @Test
  void aCommandThatTheImageLacksFailsTheStartAsInDocker() throws Exception {
    String id = harness.create(busybox("nosuch"));

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.start(id))
        .withMessageContaining("exec: \"nosuch\": executable file not found in $PATH")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(127));

    Container container = engine.get(id);
    assertThat(container.state()).isEqualTo(ContainerState.CREATED);
    assertThat(container.exitCode()).isEqualTo(127);
    assertThat(container.error()).contains("executable file not found");
    engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void stopKillsWhatIgnoresTheSignal() throws Exception {
    String id =
        harness.run(busybox("sh", "-c", "trap '' TERM; echo ready; while true; do sleep 1; done"));
    until("trap set", () -> logContains(id, "ready"));

    engine.stop(id, Optional.of(Duration.ofMillis(200)));

    assertThat(engine.get(id).exitCode()).isEqualTo(137);
    assertThat(engine.get(id).state()).isEqualTo(ContainerState.EXITED);
    until("stop event", () -> harness.actions(id).contains("stop"));
    assertThat(harness.actions(id))
        .containsExactly("create", "start", "kill", "kill", "die", "stop");
  }

  @Test
  void stopLeavesTimeToEndByItself() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "trap 'exit 7' TERM; echo ready; while true; do sleep 0.01; done"));
    until("trap set", () -> logContains(id, "ready"));

    engine.stop(id, Optional.empty());

    assertThat(engine.get(id).exitCode()).isEqualTo(7);
  }

  @Test
  void aUserOfTheImageRunsItsProgramsThoughOnlyTheOwnerMayLookIntoTheFolders() throws Exception {
    String id = harness.run(busybox("sh", "-c", "id -u; ls /bin/sh").user("user"));

    assertThat(harness.await(id).code()).isZero();
    assertThat(harness.log(id)).startsWith("1000\n");
  }

  @Test
  void aStopSignalThatIsNoneIsRefusedAtCreation() {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> harness.create(busybox("sleep", "1000").stopSignal("FOO")))
        .withMessage("invalid signal: FOO")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.INVALID));
    assertThat(engine.list()).isEmpty();
  }

  @Test
  void aRecordWithAStopSignalThatIsNoneIsStoppedAllTheSame() throws Exception {
    String id = harness.run(busybox("sleep", "1000").stopSignal("SIGUSR1"));
    var record = harness.root.resolve("data/containers").resolve(id).resolve("container.json");
    Files.writeString(record, Files.readString(record).replace("SIGUSR1", "FOO"));
    harness.reopen();
    assertThat(harness.engine.get(id).config().stopSignal()).isEqualTo("FOO");

    harness.engine.stop(id, Optional.of(Duration.ofMillis(200)));

    assertThat(harness.engine.get(id).state()).isEqualTo(ContainerState.EXITED);
  }

  @Test
  void startsAgainWithWhatItWrote() throws Exception {
    String id = harness.run(busybox("sh", "-c", "echo x >> /file; wc -l < /file"));
    harness.await(id);

    engine.start(id);
    harness.await(id);

    assertThat(harness.log(id)).isEqualTo("1\n2\n");
  }

  @Test
  void aPausedContainerStandsStillAndCanBeStopped() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));

    engine.pause(id);
    assertThat(engine.get(id).state()).isEqualTo(ContainerState.PAUSED);
    engine.unpause(id);
    assertThat(engine.get(id).state()).isEqualTo(ContainerState.RUNNING);
    engine.pause(id);
    engine.kill(id, "KILL");

    assertThat(engine.get(id).exitCode()).isEqualTo(137);
  }

  @Test
  void theFileSystemAndNetworkAreSetUp() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "hostname; cat /etc/hosts /etc/resolv.conf; pwd; id; ls /mnt")
                .networkMode("bridge")
                .hostname("box")
                .extraHosts(List.of("db:10.1.1.1", "me:host-gateway"))
                .workingDir("/work")
                .user("user")
                .mounts(
                    List.of(ContainerMount.Bind.of("/proc/sys/kernel", "/mnt", true, "", false))));

    harness.await(id);

    assertThat(harness.log(id))
        .contains(
            "box\n", "10.1.1.1\tdb\n10.9.8.1\tme\n", "10.9.8.7\tbox\n", "nameserver 127.0.0.11\n")
        .contains(
            "/work\n",
            "uid=1000(user) gid=1001(user) groups=1001(user),2000(extra)\n",
            "osrelease\n");
  }

  @Test
  void aRestartPolicyBringsItBackUntilAUserStopsIt() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "echo run; exit 1")
                .restartPolicy(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 2)));

    until("retries used up", () -> state(id) == ContainerState.EXITED && restarts(id) == 2);
    assertThat(harness.log(id)).isEqualTo("run\nrun\nrun\n");

    String forever =
        harness.run(
            busybox("sleep", "1000")
                .restartPolicy(new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0)));
    int pid = engine.get(forever).pid();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    until("restarted", () -> state(forever) == ContainerState.RUNNING && restarts(forever) == 1);
    engine.stop(forever, Optional.of(Duration.ZERO));
    assertThat(state(forever)).isEqualTo(ContainerState.EXITED);
  }

  @Test
  void whoWaitsForAContainerIsToldThatItWasStoppedBetweenTwoRestarts() throws Exception {
    String id =
        harness.run(
            busybox("false").restartPolicy(new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0)));
    until("many restarts", () -> restarts(id) >= 3 && state(id) == ContainerState.RESTARTING);
    var end = engine.waitFor(id);
    engine.stop(id, Optional.empty());

    assertThat(end.get(30, TimeUnit.SECONDS).code()).isEqualTo(1);
    assertThat(state(id)).isEqualTo(ContainerState.EXITED);
  }

  @Test
  void whatWaitsForItsRestartIsEndedByASignalThatIsMeantTo() throws Exception {
    String id =
        harness.run(
            busybox("false").restartPolicy(new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0)));
    until("many restarts", () -> restarts(id) >= 5 && state(id) == ContainerState.RESTARTING);

    engine.kill(id, "USR1");
    assertThat(state(id)).isNotEqualTo(ContainerState.EXITED);

    engine.kill(id, "");
    until("it has ended", () -> state(id) == ContainerState.EXITED);
    assertThat(engine.get(id).stoppedByUser()).isTrue();
  }

  @Test
  void restartKeepsAContainerThatRemovesItself() throws Exception {
    String id = harness.run(busybox("sleep", "1000").autoRemove(true));
    int before = engine.get(id).pid();

    engine.restart(id, Optional.of(Duration.ZERO), Optional.empty());

    assertThat(engine.get(id).state()).isEqualTo(ContainerState.RUNNING);
    assertThat(engine.get(id).pid()).isNotEqualTo(before);
  }

  @Test
  void restartSendsTheSignalThatIsAskedFor() throws Exception {
    String id =
        harness.run(
            busybox(
                "sh",
                "-c",
                "trap 'touch /usr1; exit' USR1; touch /up; while :; do sleep 0.05; done"));
    Path upper = engine.layerPaths(id, List.of()).upper();
    until("its trap is set", () -> Files.exists(upper.resolve("up")));

    engine.restart(id, Optional.of(Duration.ofSeconds(20)), Optional.of("USR1"));

    assertThat(upper.resolve("usr1")).exists();
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.restart(id, Optional.empty(), Optional.of("WRONG")))
        .withMessage("invalid signal: WRONG");
  }

  @Test
  void namesAreUniqueAndIdsCanBeShortened() throws Exception {
    var config = busybox("true").build();
    String id = engine.create(Optional.empty(), Optional.of("web"), config).id();

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.create(Optional.empty(), Optional.of("web"), config))
        .withMessageStartingWith(
            "Conflict. The container name \"/web\" is already in use by container \"" + id + "\"")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CONFLICT));
    assertThat(engine.get(id.substring(0, 8)).id()).isEqualTo(id);
    engine.rename("web", "site");
    assertThat(engine.get("/site").id()).isEqualTo(id);
    assertThatExceptionOfType(EngineException.class).isThrownBy(() -> engine.get("web"));
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.create(Optional.empty(), Optional.of("-"), config))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.INVALID));
  }

  @Test
  void anUnknownImageOrUserIsRefused() throws Exception {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(
            () ->
                engine.create(
                    Optional.empty(),
                    Optional.empty(),
                    ContainerConfig.builder("nosuch", List.of("true")).build()))
        .withMessage("No such image: nosuch");

    String id = harness.create(busybox("true").user("nobody"));
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.start(id))
        .withMessage("unable to find user nobody: no matching entries in passwd file");
  }

  @Test
  void anOutOfMemoryKillIsSeen() throws Exception {
    String id =
        harness.run(
            busybox("sh", "-c", "dd if=/dev/zero of=/dev/null bs=200M count=1")
                .resources(swarm.runtime.oci.Resources.UNLIMITED.withMemoryBytes(32 << 20)));

    ExitStatus status = harness.await(id);

    assertThat(status.code()).isEqualTo(137);
    assertThat(status.oomKilled()).isTrue();
  }

  @Test
  void anImageOfManyLayersIsMounted() throws Exception {
    // More than fit into a page of mount options by their full paths.
    List<java.nio.file.Path> layers = new java.util.ArrayList<>();
    for (int i = 0; i < 100; i++) {
      layers.add(
          Files.createDirectories(
              harness.root.resolve("many").resolve("a-rather-long-name-of-a-layer-" + i)));
    }
    Files.createFile(layers.getLast().resolve("deepest"));
    var target = Files.createDirectories(harness.root.resolve("mounted"));
    var writable =
        new swarm.runtime.snapshot.OverlayMounts.Writable(harness.root.resolve("rw"), false);

    swarm.runtime.snapshot.OverlayMounts.mount(
        new swarm.runtime.snapshot.Rootfs(layers), writable, target);

    try {
      assertThat(target.resolve("deepest")).exists();
    } finally {
      swarm.runtime.snapshot.OverlayMounts.unmount(target);
    }
    assertThat(target.resolve("deepest")).doesNotExist();
  }

  private ContainerState state(String id) {
    try {
      return engine.get(id).state();
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  private int restarts(String id) {
    try {
      return engine.get(id).restartCount();
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  private boolean logContains(String id, String text) {
    try {
      return harness.log(id).contains(text);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
