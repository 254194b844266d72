package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.rpc.EventLoops;

@Timeout(60)
class RequestsTest {
  private final Server server;

  RequestsTest(@TempDir Path temp) throws IOException {
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

  // ---- the socket

  @Test
  void aSocketThatSomebodyAnswersAtIsNotTaken() throws IOException {
    try (var loops = new EventLoops()) {
      assertThatThrownBy(
              () ->
                  new HttpServer(
                      server.socket, loops, exchange -> exchange.respond(204, "", new byte[0])))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process answers at " + server.socket);
    }
    assertThat(server.serves()).isTrue();
  }

  @Test
  void anothersSocketAtTheSamePathIsLeft(@TempDir Path other) throws IOException {
    Path socket = other.resolve("d.sock");
    try (var loops = new EventLoops()) {
      HttpHandler nothing = exchange -> exchange.respond(204, "", new byte[0]);
      var first = new HttpServer(socket, loops, nothing);
      Files.delete(socket);
      try (var _ = new HttpServer(socket, loops, nothing)) {
        first.close();
        try (var client = new swarm.node.testing.RawClient(socket)) {
          assertThat(Server.get(client, "/").status()).isEqualTo(204);
        }
      }
      assertThat(socket).doesNotExist();
      try (var left = Files.list(other)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void onlyRootAndItsGroupReachTheSocket() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void aSocketThatAnEarlierDaemonLeftIsReplacedAndOurOwnRemoved(@TempDir Path other)
      throws IOException {
    Path left = Files.createFile(other.resolve("d.sock"));
    try (var loops = new EventLoops()) {
      var again = new HttpServer(left, loops, exchange -> exchange.respond(204, "", new byte[0]));
      try (var client = new swarm.node.testing.RawClient(left)) {
        assertThat(Server.get(client, "/").status()).isEqualTo(204);
      }
      again.close();
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeListenedAtIsNamed(@TempDir Path other) {
    Path tooLong = other.resolve("x".repeat(120));
    try (var loops = new EventLoops()) {
      assertThatThrownBy(() -> new HttpServer(tooLong, loops, _ -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen at " + tooLong);
    }
  }

  // ---- one connection, many requests

  @Test
  void aConnectionCarriesRequestsOneAfterAnother() throws IOException {
    try (var client = server.client()) {
      for (int i = 0; i < 300; i++) {
        var answer = Server.get(client, "/ping");
        assertThat(answer.body()).isEqualTo("pong");
        assertThat(answer.header("connection")).as("request %s", i).isEmpty();
        String body = "body " + i;
        client.send("POST /echo HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(client.answer().body()).isEqualTo(body);
      }
    }
  }

  @Test
  void requestsThatCameTogetherAreAnsweredInOrder() throws IOException {
    server.on("/body", e -> e.respond(200, "text/plain", e.body().readAllBytes()));
    try (var client = server.client()) {
      client.send(
          "GET /ping HTTP/1.1\r\n\r\n"
              + "POST /body HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
              + "POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
              + "GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n");

      assertThat(client.answer().body()).isEqualTo("pong");
      assertThat(client.answer().body()).isEqualTo("hello");
      assertThat(client.answer().body()).isEqualTo("hi");
      assertThat(client.answer().body()).isEqualTo("pong");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void theNextRequestWaitsUntilThisOneIsAnswered() throws Exception {
    var going = new CountDownLatch(1);
    var second = new AtomicInteger();
    server.on(
        "/slow",
        e -> {
          await(going);
          e.respond(200, "text/plain", Server.text("slow " + second.get()));
        });
    server.on(
        "/next",
        e -> {
          second.incrementAndGet();
          e.respond(200, "text/plain", Server.text("next"));
        });
    try (var client = server.client()) {
      client.send("GET /slow HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n");
      assertThat(server.serves()).isTrue();
      going.countDown();

      assertThat(client.answer().body()).isEqualTo("slow 0");
      assertThat(client.answer().body()).isEqualTo("next");
    }
  }

  @Test
  void requestsThatCameTogetherTakeBoundedMemory() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/slow",
        e -> {
          await(going);
          e.respond(200, "text/plain", new byte[0]);
        });
    try (var client = server.client()) {
      client.send("GET /slow HTTP/1.1\r\n\r\n");
      byte[] next = Server.text("GET /ping HTTP/1.1\r\n\r\n".repeat(1_000));

      long taken = client.sendUntilBlocked(next);

      assertThat(taken).isLessThan(4 << 20);
      assertThat(server.serves()).isTrue();
      going.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.answer().body()).isEqualTo("pong");
    }
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Test
  void aClientThatWantsToCloseIsHeard() throws IOException {
    for (String request :
        List.of("GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /ping HTTP/1.0\r\n\r\n")) {
      try (var client = server.client()) {
        var answer = client.send(request).answer();
        assertThat(answer.body()).isEqualTo("pong");
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.rest()).isEmpty();
      }
    }
  }

  @Test
  void theHeadOfAnAnswerSaysTheBodysLength() throws IOException {
    try (var client = server.client()) {
      client.send("HEAD /ping HTTP/1.1\r\n\r\n");
      assertThat(client.answer("HEAD").header("content-length")).isEqualTo("4");
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void aClientThatAsksWhetherToSendIsTold() throws IOException {
    try (var client = server.client()) {
      client.send("POST /echo HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(100);
      assertThat(client.send("hi").answer().body()).isEqualTo("hi");
    }
  }

  @Test
  void whatTheRequestSaysReachesTheHandler() throws IOException {
    server.on(
        "/a%2Fb",
        e ->
            e.respond(
                200,
                "text/plain",
                Server.text(
                    e.method()
                        + " "
                        + e.query()
                        + " "
                        + e.header("x-one").orElse("")
                        + e.header("X-Two").isPresent())));
    try (var client = server.client()) {
      client.send("PUT /a%2Fb?x=1&y=%20z&x=2 HTTP/1.1\r\nX-One: 1\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("PUT {x=[1, 2], y=[ z]} 1false");
    }
  }

  // ---- handlers that fail

  @Test
  void aHandlerThatFailsIsA500AndTheConnectionGoesOn() throws IOException {
    server.on(
        "/bug",
        _ -> {
          throw new IllegalStateException("secret detail");
        });
    server.on(
        "/error",
        _ -> {
          throw new AssertionError("secret detail");
        });
    server.on(
        "/io",
        _ -> {
          throw new IOException("secret detail");
        });
    server.on("/silent", _ -> {});
    try (var client = server.client()) {
      for (String path : List.of("/bug", "/error", "/io", "/silent")) {
        var answer = Server.get(client, path);
        assertThat(answer.status()).as(path).isEqualTo(500);
        assertThat(answer.body()).startsWith("{\"message\":").doesNotContain("secret");
      }
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerThatBreaksOffIsSeenAsBroken(boolean error) throws IOException {
    server.on(
        "/half",
        e -> {
          e.stream(200, "text/plain").write(Server.text("half"));
          if (error) {
            throw new AssertionError("broken");
          }
          throw new IOException("broken");
        });
    try (var client = server.client()) {
      client.send("GET /half HTTP/1.1\r\n\r\n");
      client.head();
      assertThatThrownBy(
              () -> {
                assertThat(client.chunk()).isEqualTo("half");
                client.chunk();
              })
          .isInstanceOfAny(IOException.class, NumberFormatException.class);
    }
  }

  // ---- requests that are none

  @ParameterizedTest
  @CsvSource({
    "'GARBAGE', 400",
    "'GET / HTTP/9.9.9', 400",
    "'GET /ping HTTP/1.1\r\nbad header', 400",
    "'GET /ping HTTP/1.1\r\n: empty', 400",
    "'POST /echo HTTP/1.1\r\nContent-Length: x', 400",
    "'POST /echo HTTP/1.1\r\nContent-Length: -1', 400",
    "'POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2', 400",
  })
  void malformedRequestsAreRefusedAndTheConnectionEnds(String head, int status) throws IOException {
    try (var client = server.client()) {
      var answer = client.send(head + "\r\n\r\n").answer();

      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.body()).startsWith("{\"message\":\"");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(server.serves()).isTrue();
  }

  @Test
  void headersAreBounded() throws IOException {
    try (var client = server.client()) {
      client.send("GET /ping HTTP/1.1\r\nX-Long: " + "x".repeat(60_000) + "\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
    }
    try (var client = server.client()) {
      client.send("GET /ping HTTP/1.1\r\n");
      client.sendUntilRefused(Server.text("X-Long: " + "x".repeat(8_000) + "\r\n"), 10 << 20);

      var answer = client.answer();
      assertThat(answer.status()).isEqualTo(431);
      assertThat(answer.body()).contains("65536");
    }
  }

  @Test
  void theRequestLineIsBounded() throws IOException {
    try (var client = server.client()) {
      client.send("GET /ping?q=" + "x".repeat(15_000) + " HTTP/1.1\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
    }
    try (var client = server.client()) {
      client.send("GET /");
      client.sendUntilRefused(Server.text("x".repeat(8_000)), 10 << 20);

      var answer = client.answer();
      assertThat(answer.status()).isEqualTo(414);
      assertThat(answer.body()).contains("16384");
    }
  }
}
