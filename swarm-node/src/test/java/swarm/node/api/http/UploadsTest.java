package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.testing.RawClient;

@Timeout(60)
class UploadsTest {
  private static final int MIB = 1 << 20;
  private final Server server;

  UploadsTest(@TempDir Path temp) throws IOException {
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

  private static void begin(RawClient client, String path, boolean chunked, long length)
      throws IOException {
    client.send(
        "POST "
            + path
            + " HTTP/1.1\r\n"
            + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length)
            + "\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLargeBodyArrivesWhole(boolean chunked) throws IOException {
    server.on(
        "/load",
        e -> {
          var sum = new CRC32();
          byte[] part = new byte[10_000];
          InputStream in = e.body();
          for (int n = in.read(part); n >= 0; n = in.read(part)) {
            sum.update(part, 0, n);
          }
          e.respond(200, "text/plain", Server.text(Long.toHexString(sum.getValue())));
        });
    var random = new Random(5);
    var sum = new CRC32();
    try (var client = server.client()) {
      begin(client, "/load", chunked, 40L * MIB);
      byte[] piece = new byte[MIB];
      for (int i = 0; i < 40; i++) {
        random.nextBytes(piece);
        sum.update(piece);
        if (chunked) {
          client.chunk(piece);
        } else {
          client.send(piece);
        }
      }
      if (chunked) {
        client.send("0\r\n\r\n");
      }
      assertThat(client.answer().body()).isEqualTo(Long.toHexString(sum.getValue()));
      assertThat(Server.get(client, "/ping").body()).as("the next request").isEqualTo("pong");
    }
  }

  @Test
  void aHandlerThatDoesNotReadHoldsTheClientBack() throws Exception {
    var going = new CountDownLatch(1);
    var read = new AtomicLong();
    server.on(
        "/slow",
        e -> {
          RequestsTest.await(going);
          read.set(e.body().transferTo(java.io.OutputStream.nullOutputStream()));
          e.respond(200, "text/plain", Server.text("all of it"));
        });
    try (var client = server.client()) {
      begin(client, "/slow", false, 30L * MIB);
      long taken = client.sendUntilBlocked(new byte[64 * 1024]);

      assertThat(taken).as("what server and kernel keep").isLessThan(4L * MIB);
      assertThat(server.serves()).as("others go on").isTrue();

      going.countDown();
      for (long left = 30L * MIB - taken; left > 0; left -= MIB) {
        client.send(new byte[(int) Math.min(MIB, left)]);
      }
      assertThat(client.answer().body()).isEqualTo("all of it");
      assertThat(read).hasValue(30L * MIB);
    }
  }

  // ---- answers before the body was read

  @Test
  void anAnswerBeforeTheBodyReachesAClientThatSendsOn() throws IOException {
    server.on("/refuse", e -> e.respond(413, "text/plain", Server.text("too large")));
    for (int i = 0; i < 20; i++) {
      try (var client = server.client()) {
        begin(client, "/refuse", i % 2 == 0, 100L * MIB);
        byte[] piece = i % 2 == 0 ? chunk(new byte[64 * 1024]) : new byte[64 * 1024];
        client.sendUntilRefused(piece, 8L * MIB);

        var answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("too large");
        assertThat(answer.header("connection")).isEqualTo("close");
      }
    }
    assertThat(server.serves()).isTrue();
  }

  private static byte[] chunk(byte[] data) {
    var all = new java.io.ByteArrayOutputStream();
    all.writeBytes(Server.text(Integer.toHexString(data.length) + "\r\n"));
    all.writeBytes(data);
    all.writeBytes(Server.text("\r\n"));
    return all.toByteArray();
  }

  /// The race: the handler answers while the network thread stops reading for a queue that is full.
  @Test
  void aStalledUploadThatIsAnsweredEndsItsConnection() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/refuse",
        e -> {
          RequestsTest.await(going);
          e.respond(400, "text/plain", Server.text("no"));
        });
    try (var client = server.client()) {
      begin(client, "/refuse", false, 100L * MIB);
      client.sendUntilBlocked(new byte[64 * 1024]);
      going.countDown();

      var answer = client.answer();
      assertThat(answer.body()).isEqualTo("no");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aBodyThatNobodyReadIsSkippedBeforeTheNextRequest() throws Exception {
    var whole = new CountDownLatch(1);
    server.on(
        "/ignore",
        e -> {
          RequestsTest.await(whole);
          e.respond(200, "text/plain", Server.text("ignored"));
        });
    try (var client = server.client()) {
      begin(client, "/ignore", false, 100_000);
      client.send(new byte[100_000]);
      // one event loop serves both; the upload came first
      for (int i = 0; i < 20; i++) {
        assertThat(server.serves()).isTrue();
      }
      whole.countDown();
      assertThat(client.answer().body()).isEqualTo("ignored");
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void aHandlerThatFailsInTheMiddleOfAnUploadAnswersToo() throws IOException {
    server.on(
        "/fail",
        e -> {
          var _ = e.body().readNBytes(MIB);
          throw new IllegalStateException("bug");
        });
    try (var client = server.client()) {
      begin(client, "/fail", false, 100L * MIB);
      client.sendUntilRefused(new byte[64 * 1024], 8L * MIB);

      assertThat(client.answer().status()).isEqualTo(500);
    }
    assertThat(server.serves()).isTrue();
  }

  // ---- clients that go away

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatVanishesInTheMiddleOfItsUploadEndsTheHandler(boolean chunked) throws IOException {
    server.on("/load", e -> e.respond(200, "text/plain", e.body().readAllBytes()));
    try (var client = server.client()) {
      begin(client, "/load", chunked, 1_000);
      client.send(chunked ? "5\r\nhello\r\n" : "hello");
    }
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  @Test
  void aClientThatVanishesWhileItsUploadIsStalledEndsTheHandler() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/slow",
        e -> {
          RequestsTest.await(going);
          var _ = e.body().transferTo(java.io.OutputStream.nullOutputStream());
          e.respond(200, "text/plain", new byte[0]);
        });
    try (var client = server.client()) {
      begin(client, "/slow", false, 100L * MIB);
      client.sendUntilBlocked(new byte[64 * 1024]);
    }
    going.countDown();
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  @Test
  void halfABodyIsNeverTakenForAWholeOne() throws IOException {
    server.on("/load", e -> e.respond(200, "text/plain", e.body().readAllBytes()));
    try (var client = server.client()) {
      begin(client, "/load", false, 1_000);
      client.send("hello").endOutput();

      assertThat(client.answer().status()).isNotEqualTo(200);
    }
    server.awaitFailure(IOException.class, "the client closed the connection");
  }

  /// Its handler would only wait for it. Large ones are handled while they come.
  @Test
  void aSmallBodyIsHandledOnceItIsThere() throws IOException {
    var handled = new java.util.concurrent.atomic.AtomicInteger();
    server.on(
        "/load",
        e -> {
          handled.incrementAndGet();
          e.respond(200, "text/plain", e.body().readAllBytes());
        });
    try (var client = server.client()) {
      begin(client, "/load", false, 10);
      client.send("hello");
      assertThat(server.serves()).as("the network's threads went on").isTrue();
      assertThat(handled).hasValue(0);
      client.send("again");

      assertThat(client.answer().body()).isEqualTo("helloagain");
      assertThat(handled).hasValue(1);
    }
  }

  @Test
  void aBodyThatIsNoBodyIsTheClientsFault() throws IOException {
    server.on("/load", e -> e.respond(200, "text/plain", e.body().readAllBytes()));
    try (var client = server.client()) {
      begin(client, "/load", true, 0);
      client.send("5\r\nhello\r\nxyz\r\nhello");

      var answer = client.answer();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).startsWith("{\"message\":\"").contains("malformed");
      assertThat(client.rest()).isEmpty();
    }
    server.awaitFailure(IOException.class, "malformed");
  }
}
