package swarm.runtime.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.AttachSession.Streams;
import swarm.runtime.stdio.StdStream;

/// Attaching, execs and following logs, with the real runtime and monitor. Needs root.
@Timeout(120)
class StreamsTest {
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
  void attachingBeforeTheStartMissesNothing() throws Exception {
    String id = harness.create(busybox("sh", "-c", "echo out; echo err >&2"));
    try (AttachSession session = engine.attach(id, Streams.OUTPUT)) {
      engine.start(id);

      var out = new ByteArrayOutputStream();
      var err = new ByteArrayOutputStream();
      for (var f = session.read(); f.isPresent(); f = session.read()) {
        (f.get().stream() == StdStream.STDOUT ? out : err).writeBytes(f.get().data());
      }
      assertThat(out.toString(UTF_8)).isEqualTo("out\n");
      assertThat(err.toString(UTF_8)).isEqualTo("err\n");
    }
  }

  @Test
  void closingStandardInputEndsCat() throws Exception {
    String id = harness.create(busybox("cat").openStdin(true).stdinOnce(true));
    try (AttachSession session = engine.attach(id, Streams.ALL)) {
      engine.start(id);
      send(session, "one\n");
      send(session, "two\n");
      session.closeStdin();

      assertThat(readAll(session)).isEqualTo("one\ntwo\n");
    }
    assertThat(harness.await(id).code()).isZero();
  }

  @Test
  void muchInputArrivesWhole() throws Exception {
    String id = harness.create(busybox("wc", "-c").openStdin(true).stdinOnce(true));
    byte[] bytes = new byte[1_000_000];
    java.util.Arrays.fill(bytes, (byte) 'x');
    try (AttachSession session = engine.attach(id, Streams.ALL)) {
      engine.start(id);
      session.write(bytes, 0, bytes.length);
      session.closeStdin();

      assertThat(readAll(session).strip()).isEqualTo("1000000");
    }
  }

  @Test
  void standardInputStaysOpenForTheNextClient() throws Exception {
    String id = harness.run(busybox("cat").openStdin(true));
    try (AttachSession first = engine.attach(id, Streams.ALL)) {
      send(first, "one\n");
      assertThat(readUntil(first, "one\n")).isEqualTo("one\n");
    }
    try (AttachSession second = engine.attach(id, Streams.ALL)) {
      send(second, "two\n");
      assertThat(readUntil(second, "two\n")).isEqualTo("two\n");
    }
    assertThat(engine.get(id).state()).isEqualTo(ContainerState.RUNNING);
  }

  @Test
  void anOnlookerThatLeavesDoesNotEndAnothersInput() throws Exception {
    String id = harness.create(busybox("cat").openStdin(true).stdinOnce(true));
    try (AttachSession session = engine.attach(id, Streams.ALL)) {
      engine.start(id);
      AttachSession onlooker = engine.attach(id, Streams.OUTPUT);
      send(session, "one\n");
      assertThat(readUntil(onlooker, "one\n")).isEqualTo("one\n");
      onlooker.close();
      send(session, "two\n");
      session.closeStdin();

      assertThat(readAll(session)).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void aTerminalCanBeResizedAndTypedInto() throws Exception {
    String id =
        harness.create(
            // the monitor hears of sizes and of input by different ways: which is first is open
            busybox(
                    "sh",
                    "-c",
                    "read line; until stty size 2>/dev/null; do sleep 0.01; done;"
                        + " echo \"got $line\"; exit 4")
                .tty(true)
                .openStdin(true)
                .stdinOnce(true));
    try (AttachSession session = engine.attach(id, Streams.ALL)) {
      engine.start(id);
      engine.resize(id, 33, 77);
      send(session, "hello\n");

      assertThat(readAll(session)).contains("33 77\r\n", "got hello\r\n");
    }
    assertThat(harness.await(id).code()).isEqualTo(4);
  }

  @Test
  void anExecGivesItsOutputAndExitCode() throws Exception {
    String id = harness.run(busybox("sleep", "1000").env(List.of("A=1", "B=2")));

    ExecSession exec =
        engine.exec(
            id,
            new ExecConfig(
                List.of("sh", "-c", "echo $A$B; id -u; pwd; exit 5"),
                List.of("B=3"),
                false,
                "user",
                "/tmp",
                Optional.of(Streams.OUTPUT),
                false,
                ""));

    assertThat(readAll(exec.streams().orElseThrow())).isEqualTo("13\n1000\n/tmp\n");
    assertThat(exec.exitCode().get(30, TimeUnit.SECONDS)).isEqualTo(5);
    until("exec_die", () -> harness.actions(id).contains("exec_die"));
    assertThat(harness.actions(id))
        .containsExactly("create", "start", "exec_create", "exec_start", "exec_die");
  }

  @Test
  void anExecTakesInputAndATerminal() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));

    ExecSession plain = engine.exec(id, ExecConfig.of("cat").withStreams(Streams.ALL));
    AttachSession streams = plain.streams().orElseThrow();
    send(streams, "in\n");
    streams.closeStdin();
    assertThat(readAll(streams)).isEqualTo("in\n");
    assertThat(plain.exitCode().get(30, TimeUnit.SECONDS)).isZero();

    ExecSession terminal =
        engine.exec(
            id, ExecConfig.of("sh", "-c", "tty; exit 2").withTty(true).withStreams(Streams.ALL));
    assertThat(readAll(terminal.streams().orElseThrow())).contains("/dev/pts/");
    assertThat(terminal.exitCode().get(30, TimeUnit.SECONDS)).isEqualTo(2);

    ExecSession detached = engine.exec(id, ExecConfig.of("touch", "/made").detached());
    assertThat(detached.exitCode().get(30, TimeUnit.SECONDS)).isZero();
    assertThat(readAll(engine.exec(id, ExecConfig.of("ls", "/made")).streams().orElseThrow()))
        .isEqualTo("/made\n");
  }

  @Test
  void anExecThatCannotRunSaysSoAsDockerDoes() throws Exception {
    String id = harness.run(busybox("sleep", "1000"));

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.exec(id, ExecConfig.of("nosuch")))
        .withMessageStartingWith("OCI runtime exec failed: ")
        .withMessageContaining("exec: \"nosuch\": executable file not found in $PATH")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(127));

    engine.stop(id, Optional.of(java.time.Duration.ZERO));
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> engine.exec(id, ExecConfig.of("true")))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CONFLICT));
    engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void followingALogEndsWithTheContainer() throws Exception {
    String id =
        harness.run(busybox("sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.1; done"));
    var text = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              var all = new StringBuilder();
              try (var log = engine.logs(id, LogQuery.FOLLOW)) {
                for (var e = log.next(); e.isPresent(); e = log.next()) {
                  all.append(new String(e.get().bytes(), UTF_8));
                }
                text.complete(all.toString());
              } catch (Exception e) {
                text.completeExceptionally(e);
              }
            });

    assertThat(text.get(30, TimeUnit.SECONDS)).isEqualTo("line 1\nline 2\nline 3\n");
  }

  private static void send(AttachSession session, String text) throws Exception {
    byte[] bytes = text.getBytes(UTF_8);
    session.write(bytes, 0, bytes.length);
  }

  private static String readAll(AttachSession session) throws Exception {
    return readUntil(session, null);
  }

  private static String readUntil(
      AttachSession session, @org.jspecify.annotations.Nullable String end) throws Exception {
    var text = new ByteArrayOutputStream();
    while (end == null || !text.toString(UTF_8).endsWith(end)) {
      var frame = session.read();
      if (frame.isEmpty()) {
        break;
      }
      text.writeBytes(frame.get().data());
    }
    return text.toString(UTF_8);
  }
}
