package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSetupTest {
  private static final Logger ROOT = Logger.getLogger("");
  private List<Handler> before = List.of();

  @BeforeEach
  void keep() {
    before = List.of(ROOT.getHandlers());
  }

  @AfterEach
  void putBack() {
    LogSetup.configure("info", "text");
    Arrays.stream(ROOT.getHandlers()).forEach(ROOT::removeHandler);
    before.forEach(ROOT::addHandler);
  }

  @ParameterizedTest
  @CsvSource({"trace, FINEST", "debug, FINE", "info, INFO", "warn, WARNING", "error, SEVERE"})
  void the_daemon_says_what_was_asked_for(String level, String least) {
    LogSetup.configure(level, "text");
    assertThat(Logger.getLogger("swarm.node.Node").isLoggable(Level.parse(least))).isTrue();
    assertThat(ROOT.getLevel()).isEqualTo(Level.parse(least));
  }

  /// `jdk.event.security` tells of every root certificate at `FINE`.
  @ParameterizedTest
  @CsvSource({"trace, FINEST", "debug, INFO", "info, INFO", "warn, WARNING", "error, SEVERE"})
  void the_jdk_speaks_of_its_own_insides_only_at_trace(String level, String least) {
    LogSetup.configure(level, "text");
    for (String name : List.of("jdk.event.security", "javax.net.ssl", "sun.net.www", "java.net")) {
      int limit = Level.parse(least).intValue();
      for (Level each : List.of(Level.FINEST, Level.FINE, Level.INFO, Level.WARNING)) {
        assertThat(Logger.getLogger(name).isLoggable(each))
            .as(name + " " + each)
            .isEqualTo(each.intValue() >= limit);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace", "debug", "info", "warn", "error"})
  void strangers_cannot_fill_the_log_through_grpc(String level) {
    LogSetup.configure(level, "text");
    for (String name : List.of("NettyServerStream", "NettyServerHandler", "NettyServerTransport")) {
      assertThat(Logger.getLogger("io.grpc.netty." + name).isLoggable(Level.WARNING)).isFalse();
    }
  }
}
