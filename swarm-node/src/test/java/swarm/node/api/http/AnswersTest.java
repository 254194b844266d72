package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.testing.Await;

@Timeout(60)
class AnswersTest {
  private static final int MIB = 1 << 20;
  private final Server server;

  AnswersTest(@TempDir Path temp) throws IOException {
    server = new Server(temp);
  }

  @BeforeEach
  void serves() throws IOException {
    assertThat(server.serves()).isTrue();
  }

  @AfterEach
  void end() throws IOException {
    server.awaitQuiet();
    server.close();
  }

  /// Writes without end, and counts.
  private AtomicLong flood(String path) {
    var written = new AtomicLong();
    server.on(
        path,
        e -> {
          OutputStream out = e.stream(200, "application/x");
          byte[] piece = new byte[16 * 1024];
          while (true) {
            out.write(piece);
            written.addAndGet(piece.length);
          }
        });
    return written;
  }

  private static long awaitStandstill(AtomicLong counter) {
    var last = new AtomicLong(-1);
    var same = new AtomicInteger();
    Await.until(
        "the handler waits",
        () -> {
          long now = counter.get();
          if (now == last.getAndSet(now) && now > 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            return same.incrementAndGet() > 40;
          }
          same.set(0);
          return false;
        });
    return counter.get();
  }

  @Test
  void eachFlushReachesTheClientAtOnce() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/stream",
        e -> {
          e.setHeader("X-Mine", "1");
          OutputStream out = e.stream(201, "text/x");
          out.write(Server.text("one"));
          out.flush();
          RequestsTest.await(going);
          out.write('2');
        });
    try (var client = server.client()) {
      client.send("GET /stream HTTP/1.1\r\n\r\n");
      var head = client.head();
      assertThat(head.status()).isEqualTo(201);
      assertThat(head.header("content-type")).isEqualTo("text/x");
      assertThat(head.header("x-mine")).isEqualTo("1");
      assertThat(client.chunk()).isEqualTo("one");
      going.countDown();
      assertThat(client.chunk()).isEqualTo("2");
      assertThat(client.chunk()).as("the end").isEmpty();
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void aClientOfHttp10GetsAStreamWithoutChunks() throws IOException {
    server.on("/stream", e -> e.stream(200, "text/x").write(Server.text("one")));
    try (var client = server.client()) {
      client.send("GET /stream HTTP/1.0\r\n\r\n");
      assertThat(client.head().header("transfer-encoding")).isEmpty();
      assertThat(new String(client.rest(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("one");
    }
  }

  /// In one piece it would be in the network's memory whole, which has not room for many.
  @Test
  void aLongPieceGoesOutAsFastAsItsClientReads() throws Exception {
    byte[] piece = new byte[64 * MIB];
    var written = new AtomicBoolean();
    server.on(
        "/long",
        e -> {
          try (OutputStream out = e.stream(200, "application/x")) {
            out.write(piece);
            written.set(true);
          }
        });
    try (var client = server.client()) {
      client.send("GET /long HTTP/1.1\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      long read = client.chunk().length();
      assertThat(written).as("while most of it is not read yet").isFalse();
      assertThat(server.serves()).isTrue();
      for (int next = client.chunk().length(); next > 0; next = client.chunk().length()) {
        read += next;
      }
      assertThat(read).isEqualTo(piece.length);
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsItsHandlerBackAndNobodyElse() throws Exception {
    AtomicLong written = flood("/flood");
    try (var slow = server.client()) {
      slow.send("GET /flood HTTP/1.1\r\n\r\n");

      long kept = awaitStandstill(written);

      assertThat(kept).as("what server and kernel keep").isLessThan(2L * MIB);
      for (int i = 0; i < 50; i++) {
        assertThat(server.serves()).as("others go on").isTrue();
      }
      slow.bytes((int) kept);
      Await.until("the handler goes on", () -> written.get() > kept);
    }
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  @Test
  void aClientThatVanishesInTheMiddleOfAnAnswerEndsTheHandler() throws Exception {
    flood("/flood");
    try (var client = server.client()) {
      client.send("GET /flood HTTP/1.1\r\n\r\n");
      client.bytes(MIB);
    }
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  @Test
  void aClientThatVanishesWithoutHavingReadEndsTheHandlerThatWaits() throws Exception {
    AtomicLong written = flood("/flood");
    try (var client = server.client()) {
      client.send("GET /flood HTTP/1.1\r\n\r\n");
      awaitStandstill(written);
    }
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  @Test
  void aHandlerThatWaitsForSomethingElseIsToldOnceThatItsClientLeft() throws Exception {
    var told = new AtomicInteger();
    var entered = new CountDownLatch(1);
    var gone = new CountDownLatch(1);
    server.on(
        "/events",
        e -> {
          e.onClientGone(
              () -> {
                told.incrementAndGet();
                gone.countDown();
              });
          e.stream(200, "text/plain").write('x');
          entered.countDown();
          RequestsTest.await(gone);
        });
    try (var client = server.client()) {
      client.send("GET /events HTTP/1.1\r\n\r\n");
      client.head();
      RequestsTest.await(entered);
    }
    RequestsTest.await(gone);
    server.awaitQuiet();
    assertThat(server.serves()).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void aHandlerThatAsksLateIsToldToo() throws Exception {
    var left = new CountDownLatch(1);
    var gone = new CountDownLatch(1);
    server.on(
        "/late",
        e -> {
          RequestsTest.await(left);
          for (int i = 0; i < 20; i++) {
            try {
              e.stream(200, "text/plain").write(new byte[100_000]);
            } catch (IOException _) {
              break;
            }
          }
          e.onClientGone(gone::countDown);
          RequestsTest.await(gone);
        });
    try (var client = server.client()) {
      client.send("GET /late HTTP/1.1\r\n\r\n");
    }
    left.countDown();
    RequestsTest.await(gone);
  }

  /// As `printf ... | socat - UNIX-CONNECT:...` does.
  @Test
  void aClientThatOnlyEndsItsSendingGetsItsAnswer() throws Exception {
    var half = new CountDownLatch(1);
    server.on(
        "/slow",
        e -> {
          RequestsTest.await(half);
          e.respond(200, "text/plain", Server.text("answer"));
        });
    try (var client = server.client()) {
      client.send("GET /slow HTTP/1.1\r\n\r\n").endOutput();
      for (int i = 0; i < 20; i++) {
        assertThat(server.serves()).isTrue();
      }
      half.countDown();
      assertThat(client.answer().body()).isEqualTo("answer");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatSaysNothingAndLeavesIsForgotten() throws IOException {
    try (var client = server.client()) {
      client.endOutput();
      assertThat(client.rest()).isEmpty();
    }
    try (var client = server.client()) {
      client.send("GET /pi").endOutput();
      assertThat(client.rest()).isEmpty();
    }
  }
}
