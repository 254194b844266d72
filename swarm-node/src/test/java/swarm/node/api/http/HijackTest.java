package swarm.node.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.testing.RawClient;

/// Connections taken over, as `docker attach` and `docker exec` do.
@Timeout(60)
class HijackTest {
  private static final String ATTACH =
      String.join(
          "\r\n",
          "POST /attach HTTP/1.1",
          "Connection: Upgrade",
          "Upgrade: tcp",
          "Content-Length: 0",
          "",
          "");

  private final Server server;

  HijackTest(@TempDir Path temp) throws IOException {
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

  /// Sends back what comes, in capitals, and a farewell at the end.
  private void echo() {
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("application/vnd.docker.raw-stream");
          byte[] part = new byte[1_000];
          for (int n = stream.in().read(part); n >= 0; n = stream.in().read(part)) {
            String text = new String(part, 0, n, StandardCharsets.UTF_8);
            stream.out().write(Server.text(text.toUpperCase(java.util.Locale.ROOT)));
          }
          stream.out().write(Server.text("bye"));
        });
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aClientThatIsGoneIsNoticedAfterItSentItsLast() throws Exception {
    var gone = new CountDownLatch(1);
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("application/vnd.docker.raw-stream");
          e.onClientGone(gone::countDown);
          assertThat(text(stream.in().readAllBytes())).isEqualTo("last");
          try {
            assertThat(gone.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
          }
        });
    try (var client = server.client()) {
      var _ = client.send(ATTACH).head();
      var _ = client.send("last");
      client.endOutput();
    }
    assertThat(gone.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void bytesGoBothWays() throws IOException {
    echo();
    try (var client = server.client()) {
      var head = client.send(ATTACH).head();
      assertThat(head.status()).isEqualTo(101);
      assertThat(head.header("upgrade")).isEqualTo("tcp");
      assertThat(head.header("connection")).isEqualTo("Upgrade");
      assertThat(head.header("content-type")).isEqualTo("application/vnd.docker.raw-stream");
      for (int i = 0; i < 100; i++) {
        assertThat(text(client.send("hello " + i).bytes(("hello " + i).length())))
            .isEqualTo("HELLO " + i);
      }
      client.endOutput();
      assertThat(text(client.rest())).isEqualTo("bye");
    }
  }

  @Test
  void aClientThatDoesNotAskForAnUpgradeGets200() throws IOException {
    echo();
    try (var client = server.client()) {
      client.send("POST /attach HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(200);
    }
  }

  @Test
  void whatCameTogetherWithTheRequestIsTheBeginningOfTheStream() throws IOException {
    echo();
    for (int i = 0; i < 50; i++) {
      try (var client = server.client()) {
        client.send(ATTACH + "early");
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(text(client.bytes(5))).isEqualTo("EARLY");
        client.send("late").endOutput();
        assertThat(text(client.rest())).isEqualTo("LATEbye");
      }
    }
  }

  @Test
  void linesThatCameTogetherWithTheRequestAreNoRequests() throws IOException {
    echo();
    for (int i = 0; i < 50; i++) {
      try (var client = server.client()) {
        client.send(ATTACH + "ls\n\nGET / HTTP/1.1\r\n\r\n").endOutput();
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(text(client.rest())).isEqualTo("LS\n\nGET / HTTP/1.1\r\n\r\nbye");
      }
    }
  }

  @Test
  void theRequestsBodyIsNotTheStream() throws IOException {
    server.on(
        "/attach",
        e -> {
          String body = text(e.body().readAllBytes());
          Exchange.Duplex stream = e.hijack("x/y");
          stream.out().write(Server.text(body + "|" + text(stream.in().readAllBytes())));
        });
    for (int i = 0; i < 50; i++) {
      try (var client = server.client()) {
        client.send(ATTACH.replace("Length: 0", "Length: 4") + "bodystdin").endOutput();
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(text(client.rest())).isEqualTo("body|stdin");
      }
    }
  }

  @Test
  void anErrorInsteadOfTheUpgradeIsAnOrdinaryAnswer() throws IOException {
    try (var client = server.client()) {
      var answer = client.send(ATTACH.replace("/attach", "/none")).answer();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void otherUpgradesAreOffersThatAreNotTaken() throws IOException {
    try (var client = server.client()) {
      client.send(
          "POST /echo HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nhi");
      assertThat(client.answer().body()).isEqualTo("hi");
      assertThat(Server.get(client, "/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void aHalfCloseRightBehindTheRequestIsTheEndOfTheInputOnly() throws IOException {
    echo();
    for (int i = 0; i < 50; i++) {
      try (var client = server.client()) {
        client.send(ATTACH + "all").endOutput();
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(text(client.rest())).isEqualTo("ALLbye");
      }
    }
  }

  @Test
  void theHandlersEndIsTheConnectionsEnd() throws IOException {
    server.on("/attach", e -> e.hijack("x/y").out().write(Server.text("done")));
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      assertThat(text(client.rest())).isEqualTo("done");
    }
  }

  /// As `docker exec -i` of a program that ends before its input does.
  @Test
  void outputArrivesWholeThoughTheInputIsNotRead() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("x/y");
          RequestsTest.await(going);
          stream.out().write(Server.text("done"));
        });
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      client.sendUntilBlocked(new byte[64 * 1024]);
      going.countDown();
      assertThat(text(client.rest())).isEqualTo("done");
    }
  }

  @Test
  void muchInputIsHeldBackAndArrivesWhole() throws Exception {
    var going = new CountDownLatch(1);
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("x/y");
          RequestsTest.await(going);
          long count = stream.in().transferTo(java.io.OutputStream.nullOutputStream());
          stream.out().write(Server.text("" + count));
        });
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      long sent = client.sendUntilBlocked(new byte[64 * 1024]);
      assertThat(sent).isLessThan(4L << 20);
      going.countDown();
      client.send(new byte[1 << 20]).endOutput();
      assertThat(text(client.rest())).isEqualTo("" + (sent + (1 << 20)));
    }
  }

  /// As `docker run -i` with a short input and a long output.
  @Test
  void muchOutputAfterTheInputsEndArrivesWhole() throws IOException {
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("x/y");
          stream.in().readAllBytes();
          byte[] part = new byte[64 * 1024];
          for (int i = 0; i < 200; i++) {
            stream.out().write(part);
          }
        });
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      client.send("in").endOutput();
      assertThat(client.rest()).hasSize(200 * 64 * 1024);
    }
  }

  @Test
  void theEndOfInputThatIsHeldBackIsNotTheConnectionsEnd() throws IOException {
    var going = new CountDownLatch(1);
    server.on(
        "/attach",
        e -> {
          Exchange.Duplex stream = e.hijack("x/y");
          RequestsTest.await(going);
          stream.out().write(Server.text("" + stream.in().readAllBytes().length));
        });
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      long sent = client.sendUntilBlocked(new byte[64 * 1024]);
      client.endOutput();
      going.countDown();
      assertThat(text(client.rest())).isEqualTo("" + sent);
    }
  }

  @Test
  void aClientThatVanishedBeforeTheTakeOverEndsTheHandler() throws Exception {
    var left = new CountDownLatch(1);
    server.on(
        "/attach",
        e -> {
          RequestsTest.await(left);
          Exchange.Duplex stream = e.hijack("x/y");
          while (true) {
            stream.out().write(new byte[1_000]);
          }
        });
    for (int i = 0; i < 20; i++) {
      try (RawClient client = server.client()) {
        client.send(ATTACH);
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(server.serves()).isTrue();
    }
    left.countDown();
    server.awaitQuiet();
    assertThat(server.failures).hasSize(20).allMatch(IOException.class::isInstance);
  }

  @Test
  void aClientThatVanishesEndsTheHandlerThatReads() throws IOException {
    echo();
    try (var client = server.client()) {
      client.send(ATTACH);
      client.head();
      client.send("x");
    }
    server.awaitQuiet();
  }
}
