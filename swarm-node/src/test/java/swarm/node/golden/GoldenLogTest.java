package swarm.node.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.control.Store;
import swarm.node.testing.Await;
import swarm.raft.engine.Limits;
import swarm.raft.engine.LogOptions;
import swarm.raft.engine.NewLog;
import swarm.raft.engine.RatisLog;
import swarm.raft.engine.Timing;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.CommandFormat;

/// What was released must be read for ever.
class GoldenLogTest {
  @TempDir Path temp;

  /// A copy: a log is written to from its start on.
  private Path copy(String format) throws IOException, URISyntaxException {
    Path from =
        Path.of(
            Objects.requireNonNull(GoldenLogTest.class.getResource("/golden/" + format)).toURI());
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path to = temp.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(to);
        } else {
          Files.copy(each, to);
        }
      }
    }
    return temp;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3", "4", "5", "6"})
  void everyReleasedLogLeadsToTheStateThatItLedTo(String format) throws Exception {
    Path golden = copy(format);
    JsonNode expected = Wire.JSON.readTree(golden.resolve("expected.json").toFile());
    var machine = new GoldenLog.Machine();
    try (RatisLog log = GoldenLog.open(golden.resolve("log"), new Start.Restart(), machine)) {
      Await.until("it leads", () -> log.leadership().ready());
      assertContains("", GoldenLog.describe(machine.state()), expected);
      assertThat(machine.state().nodes()).hasSize(8);
    }
  }

  /// The log and the snapshot by themselves: a snapshot hides the entries before it.
  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3", "4", "5", "6"})
  void aNewLogIsMadeOfThemToo(String format) throws Exception {
    Path golden = copy(format);
    var store = new Store();
    var _ =
        NewLog.replay(
            golden.resolve("log"), GoldenLog.CLUSTER, store, AesGcmSeal.of(GoldenLog.KEY));
    assertContains(
        "",
        GoldenLog.describe(store.state()),
        Wire.JSON.readTree(golden.resolve("expected.json").toFile()));
  }

  /// Later versions may know more of an object, but nothing else.
  private static void assertContains(String where, JsonNode actual, JsonNode expected) {
    if (expected.isObject()) {
      expected
          .properties()
          .forEach(
              field ->
                  assertContains(
                      where + "/" + field.getKey(), actual.path(field.getKey()), field.getValue()));
    } else if (expected.isArray()) {
      assertThat(actual.size()).as(where).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        assertContains(where + "/" + i, actual.path(i), expected.path(i));
      }
    } else {
      assertThat(actual.isMissingNode() ? "null" : actual.toString())
          .as(where)
          .isEqualTo(expected.toString());
    }
  }

  @Test
  void anEntryOfANewerFormatStopsTheManagerLoudly() throws Exception {
    var fatal = new CompletableFuture<Throwable>();
    var store = new Store();
    try (RatisLog log =
        RatisLog.open(
            new LogOptions(
                    temp.resolve("log"),
                    GoldenLog.CLUSTER,
                    GoldenLog.SELF,
                    new Start.Bootstrap(),
                    Timing.lan())
                .withLimits(Limits.defaults())
                .withOnFatal(fatal::complete),
            store,
            (_, _, _, _) -> CompletableFuture.failedFuture(new IOException("nobody")),
            AesGcmSeal.of(GoldenLog.KEY),
            _ -> {})) {
      Await.until("it leads", () -> log.leadership().ready());
      var _ = log.propose(new byte[] {CommandFormat.NEWEST + 1, 1, 2, 3});
      assertThat(fatal.get(30, TimeUnit.SECONDS))
          .hasStackTraceContaining("command format " + (CommandFormat.NEWEST + 1))
          .hasStackTraceContaining("upgrade it");
      assertThat(store.state().index()).isZero();
    }
  }

  @Test
  void anUnknownCommandOfAKnownFormatDoesSo() {
    byte[] unknown;
    try {
      byte[] body = Wire.CBOR.writeValueAsBytes(java.util.Map.of("t", "of-the-future"));
      unknown = new byte[body.length + 1];
      unknown[0] = 1;
      System.arraycopy(body, 0, unknown, 1, body.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (byte[] entry :
        List.of(unknown, swarm.scheduler.state.CommandGroup.join(List.of(unknown)))) {
      assertThatThrownBy(() -> new Store().apply(1, 1, entry))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("log entry 1");
    }
  }
}
