package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.linux.Mounts;
import swarm.linux.NamespaceFiles;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;

/// Containers outlive the engine: closing it is all that a killed daemon does to them. Needs root.
@Timeout(120)
class AdoptionTest {
  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aRunningContainerIsTakenOverWithItsProcessAndLog() throws Exception {
    Path gate = harness.root.resolve("gate");
    String id = harness.run(waitsFor("echo before; wait_gate; echo after; exit 9"));
    int pid = harness.engine.get(id).pid();
    until("started", () -> harness.printed(id).contains("before"));

    harness.reopen();

    assertThat(harness.engine.get(id).state()).isEqualTo(ContainerState.RUNNING);
    assertThat(harness.engine.get(id).pid()).isEqualTo(pid);
    Files.createFile(gate);
    assertThat(harness.await(id).code()).isEqualTo(9);
    assertThat(harness.printed(id)).isEqualTo("before\nafter\n");
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void itIsLedByTheRuntimeThatStartedItWhateverTheHostHasByNow() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));
    harness.reopen(anotherRuntime());

    var ended = harness.engine.exec(id, ExecConfig.of("sh", "-c", "exit 4")).exitCode();
    assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(4);
    harness.engine.pause(id);
    harness.engine.unpause(id);
    harness.engine.remove(id, true);
    assertThat(harness.leftovers()).isEmpty();
  }

  /// One that runs containers, but knows none that it did not start.
  private String anotherRuntime() throws IOException {
    Path script = harness.root.resolve("another-runtime");
    Files.writeString(
        script,
        """
        #!/bin/sh
        case " $* " in
          *' pause '* | *' resume '* | *' exec '* | *' update '*)
            echo "container does not exist" >&2
            exit 1;;
        esac
        exec runc "$@"
        """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  @Test
  void anEndWhileTheDaemonWasAwayIsKnownWithItsExitCode() throws Exception {
    Path gate = harness.root.resolve("gate");
    String id = harness.run(waitsFor("wait_gate; echo done; exit 6").networkMode("bridge"));
    String gone = harness.run(waitsFor("wait_gate").autoRemove(true));
    var monitored = harness.root.resolve("exec");

    harness.engine.close();
    Files.createFile(gate);
    until("monitors ended", () -> monitors(monitored) == 0);
    harness.reopen();

    Container container = harness.engine.get(id);
    assertThat(container.state()).isEqualTo(ContainerState.EXITED);
    assertThat(container.exitCode()).isEqualTo(6);
    assertThat(container.finishedAt()).isNotNull();
    assertThat(harness.printed(id)).isEqualTo("done\n");
    assertThat(harness.engine.list()).extracting(Container::id).doesNotContain(gone);
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aContainerOutlivesADaemonThatIsKilled() throws Exception {
    harness.engine.close();
    Process daemon =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KilledDaemon.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String id;
    try (var out = daemon.inputReader()) {
      id = String.valueOf(out.readLine());
      daemon.destroyForcibly().waitFor();
    }

    harness.reopen();

    Container container = harness.container(id);
    assertThat(container.state()).isEqualTo(ContainerState.RUNNING);
    assertThat(ProcessHandle.of(container.pid())).isPresent();
    Files.createFile(harness.root.resolve("gate"));
    assertThat(harness.await(id).code()).isEqualTo(11);
    assertThat(harness.printed(id)).isEqualTo("up\ndown\n");
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  /// A daemon of its own process: starts a container, prints its id, and waits to be killed.
  static final class KilledDaemon {
    private KilledDaemon() {}

    public static void main(String[] args) throws Exception {
      ContainerEngine engine = EngineHarness.openAgain();
      String script =
          "echo up; while ! test -e /gate/gate; do sleep 0.01; done; echo down; exit 11";
      String id =
          engine
              .create(
                  Optional.empty(),
                  Optional.empty(),
                  busybox("sh", "-c", script)
                      .mounts(
                          java.util.List.of(
                              ContainerMount.Bind.of(
                                  "/tmp/swarmtest-runtime", "/gate", true, "", false)))
                      .build())
              .id();
      engine.start(id);
      System.out.println(id);
      Thread.currentThread().join();
    }
  }

  @Test
  void whatAKilledMonitorLeftIsEnded() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));
    int pid = harness.engine.get(id).pid();
    int monitor = Monitors.running(harness.root.resolve("exec")).values().iterator().next();
    ProcessHandle.of(monitor).orElseThrow().destroyForcibly();

    until("ended", () -> harness.container(id).state() == ContainerState.EXITED);

    assertThat(harness.container(id).exitCode()).isEqualTo(255);
    until("process gone", () -> ProcessHandle.of(pid).isEmpty());
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aStartThatWasCutShortIsUndone() throws Exception {
    String id = harness.create(busybox("true"));
    harness.engine.close();
    // As a daemon killed in the middle leaves it: bundle, mount and namespace, but no record of a
    // start.
    Path rootfs =
        Files.createDirectories(harness.root.resolve("exec/c").resolve(id).resolve("rootfs"));
    Mounts.mount("tmpfs", rootfs, "tmpfs", 0, "size=64k");
    NamespaceFiles.createNetwork(harness.root.resolve("exec/netns").resolve(id));
    String orphan = "f".repeat(64);
    NamespaceFiles.createNetwork(harness.root.resolve("exec/netns").resolve(orphan));
    Files.createDirectories(harness.root.resolve("data/containers").resolve(orphan));

    harness.reopen();

    assertThat(harness.container(id).state()).isEqualTo(ContainerState.CREATED);
    assertThat(harness.leftovers())
        .containsExactly("file " + harness.root.resolve("data/containers").resolve(id));
    harness.engine.start(id);
    assertThat(harness.await(id).code()).isZero();
  }

  @Test
  void aRebootEndsContainersAndPoliciesStartThemAgain() throws Exception {
    String plain = harness.run(busybox("sleep", "1000"));
    String always =
        harness.run(
            busybox("sleep", "1000")
                .restartPolicy(new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0)));
    String stopped =
        harness.run(
            busybox("sleep", "1000")
                .restartPolicy(new RestartPolicy(RestartPolicy.Kind.UNLESS_STOPPED, 0)));
    harness.engine.stop(stopped, Optional.of(java.time.Duration.ZERO));
    harness.engine.close();

    harness.loseExecRoot();
    harness.reopen();

    assertThat(harness.container(plain).state()).isEqualTo(ContainerState.EXITED);
    assertThat(harness.container(plain).exitCode()).isEqualTo(255);
    until("restarted", () -> harness.container(always).state() == ContainerState.RUNNING);
    assertThat(harness.container(stopped).state()).isEqualTo(ContainerState.EXITED);
  }

  @Test
  void execsThatOutlivedTheDaemonAreClearedAwayWhenTheyEnd() throws Exception {
    Path gate = harness.root.resolve("gate");
    String id = harness.run(waitsFor("sleep 1000"));
    String exec =
        harness
            .engine
            .exec(
                id,
                ExecConfig.of("sh", "-c", "while ! test -e /gate/gate; do sleep 0.01; done; exit 6")
                    .detached())
            .id();
    ExecInfo before = harness.engine.execs().info(exec);

    harness.reopen();
    assertThat(harness.engine.execs().info(exec)).isEqualTo(before);
    assertThat(harness.engine.execs().of(id)).containsExactly(exec);
    Path execs = harness.root.resolve("exec/x");
    assertThat(execs.toFile().list()).hasSize(1);
    Files.createFile(gate);

    until("cleared", () -> java.util.Objects.requireNonNull(execs.toFile().list()).length == 0);
    until("known", () -> info(exec).state() == ExecInfo.State.ENDED);
    assertThat(info(exec).exitCode()).isEqualTo(6);
    assertThat(harness.engine.execs().of(id)).isEmpty();
  }

  private ExecInfo info(String exec) {
    try {
      return harness.engine.execs().info(exec);
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  // A shell script that waits for a file that the test makes.
  private ContainerConfigBuilder waitsFor(String script) {
    String function = "wait_gate() { while ! test -e /gate/gate; do sleep 0.01; done; }; ";
    return busybox("sh", "-c", function + script)
        .mounts(
            java.util.List.of(
                ContainerMount.Bind.of(harness.root.toString(), "/gate", true, "", false)));
  }

  private static int monitors(Path root) {
    try {
      return Monitors.running(root).size();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
