package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.testing.Await;

/// What strangers can have written to the log: nothing. gRPC warns of what callers do wrong.
@Timeout(60)
class StrangerLogTest {
  private static final Logger GRPC = Logger.getLogger("io.grpc");
  private static final int FAULTS = 30;

  private final List<LogRecord> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          lines.add(record);
        }

        @Override
        public void flush() {
          // nothing is buffered
        }

        @Override
        public void close() {
          // nothing is open
        }
      };

  @BeforeEach
  void listen() {
    GRPC.setLevel(Level.SEVERE); // as the daemon's set-up of its log does, whatever it is asked for
    GRPC.setUseParentHandlers(false);
    GRPC.addHandler(handler);
  }

  @AfterEach
  void unlisten() {
    GRPC.removeHandler(handler);
    GRPC.setUseParentHandlers(true);
    GRPC.setLevel(null);
  }

  private String said() {
    var text = new StringWriter();
    for (LogRecord each : lines) {
      text.append(each.getLoggerName()).append(": ").append(each.getMessage()).append("\n");
      if (each.getThrown() != null) {
        each.getThrown().printStackTrace(new PrintWriter(text));
      }
    }
    return text.toString();
  }

  @Test
  void whoAnnouncesTooMuch() throws Exception {
    byte[] header = {0, 0x10, 0, 0, 0}; // 256 MiB
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      Attacker attacker = port.attacker();
      for (int i = 0; i < FAULTS; i++) {
        Attacker.Call call = attacker.begin();
        var _ = call.send(header, header.length);
        assertThat(call.status.get(20, TimeUnit.SECONDS)).isEqualTo(8);
      }
    }
    assertThat(lines).as(said()).isEmpty();
  }

  @Test
  void whoSendsTooMuch() throws Exception {
    byte[] large = new byte[2 * StrangerLimits.USUAL.bytes()];
    large[2] = 0x10; // 1 MiB
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      for (int i = 0; i < FAULTS; i++) {
        Attacker attacker = port.attacker();
        var _ = attacker.begin().send(large, large.length);
        Await.until("it is cut", () -> !attacker.open());
      }
    }
    assertThat(lines).as(said()).isEmpty();
  }

  @Test
  void whoHangsUp() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      for (int i = 0; i < FAULTS; i++) {
        Attacker attacker = port.attacker();
        attacker.begin().cancel();
        attacker.close();
        new Socket(InetAddress.getLoopbackAddress(), port.port()).close();
      }
      Await.until("all are gone", () -> port.server.strangerConnections().open() == 0);
    }
    assertThat(lines).as(said()).isEmpty();
  }

  @Test
  void whoSpeaksNoTls() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      for (int i = 0; i < FAULTS; i++) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
          socket
              .getOutputStream()
              .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          assertThat(socket.getInputStream().readAllBytes()).isNotNull();
        }
      }
    }
    assertThat(lines).as(said()).isEmpty();
  }

  @Test
  void whoBreaksHttp2() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      for (int i = 0; i < FAULTS; i++) {
        Attacker attacker = port.attacker();
        attacker.babble();
        Await.until("it is closed", () -> !attacker.open());
      }
    }
    assertThat(lines).as(said()).isEmpty();
  }

  @Test
  void whoLeavesHeadersOut() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      for (int i = 0; i < FAULTS; i++) {
        try (Attacker attacker = port.attacker()) {
          var _ = attacker.beginWithout("te");
          Await.until("it was read", () -> port.server.strangerCalls().free() == 31);
        }
        Await.until("it has ended", () -> port.server.strangerCalls().free() == 32);
      }
    }
    assertThat(lines).as(said()).isEmpty();
  }
}
