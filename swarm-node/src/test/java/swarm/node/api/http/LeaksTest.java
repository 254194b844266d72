package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.testing.Await;

/// Every buffer that Netty lent is given back, however an exchange ends. One is left on purpose, to
/// see that leaks are noticed: Netty logs it as `LEAK`, with the hint that says so.
@Timeout(60)
class LeaksTest {
  private static final String CONTROL = "left on purpose by LeaksTest: no leak of the program's";

  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final Server server;

  LeaksTest(@TempDir Path temp) throws IOException {
    server = new Server(temp);
  }

  @BeforeEach
  void watch() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
  }

  @AfterEach
  void end() throws IOException {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(before);
    server.close();
  }

  @Test
  void nothingIsLeftWhereExchangesEndBadly() throws IOException {
    server.on("/refuse", e -> e.respond(400, "text/plain", Server.text("no")));
    server.on(
        "/break",
        e -> {
          var _ = e.body().read();
          e.stream(200, "text/plain").write(new byte[10_000]);
          throw new IOException("broken");
        });
    server.on("/attach", e -> e.hijack("x/y").out().write(new byte[10_000]));
    String upload = " HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n";
    byte[] piece = new byte[64 * 1024];
    for (int i = 0; i < 15; i++) {
      for (String path : List.of("/refuse", "/echo", "/break", "/none", "/attach")) {
        try (var client = server.client()) {
          client.send("POST " + path + upload);
          client.sendUntilRefused(piece, (i % 5) * 700_000L);
        }
        try (var client = server.client()) { // with another request behind it
          client.send("GET " + path + " HTTP/1.1\r\n\r\nPOST /echo" + upload + "x");
        }
        try (var client = server.client()) {
          client.send("POST " + path + " HTTP/1.1\r\nUpgrade: tcp\r\n\r\nstdin\r\n\r\n");
        }
        try (var client = server.client()) {
          client.send(
              "POST " + path + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nx\r\n");
        }
      }
    }
    server.awaitQuiet();
    assertThat(server.serves()).isTrue();

    leaveOneOnPurpose();
    Await.until(
        "the buffer that was left on purpose is noticed",
        () -> {
          System.gc();
          ByteBufAllocator.DEFAULT.directBuffer(16).release();
          return leaks.stream().anyMatch(l -> l.contains(CONTROL));
        });
    assertThat(leaks).allMatch(l -> l.contains(CONTROL));
  }

  private static void leaveOneOnPurpose() {
    ByteBufAllocator.DEFAULT.directBuffer(16).touch(CONTROL);
  }
}
