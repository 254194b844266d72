package swarm.node.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.ApiTls;
import swarm.node.identity.Pem;
import swarm.node.rpc.EventLoops;

/// With certificates by `openssl`, as operators make them.
@Timeout(60)
class TlsHttpServerTest {
  private static final int MILLIS = 10_000;

  @TempDir static Path folder;
  private static EventLoops loops;
  private static TlsHttpServer server;

  @BeforeAll
  static void open() throws Exception {
    for (String authority : List.of("ca", "other")) {
      openssl(
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=%s"
              .formatted(authority),
          "-keyout",
          file(authority + ".key"),
          "-out",
          file(authority + ".pem"));
    }
    sign("server", "ca");
    sign("client", "ca");
    sign("stranger", "other");
    loops = new EventLoops();
    server =
        new TlsHttpServer(
            new ApiTls(path("ca.pem"), path("server.pem"), path("server.key")).context(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            loops,
            TlsHttpServerTest::answer);
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
    loops.close();
  }

  private static void answer(Exchange exchange) throws IOException {
    if (exchange.path().equals("/hijack")) {
      Exchange.Duplex stream = exchange.hijack("application/vnd.docker.raw-stream");
      byte[] all = stream.in().readAllBytes(); // to the client's half-close
      stream.out().write(("heard " + new String(all, UTF_8)).getBytes(UTF_8));
      return;
    }
    exchange.respond(200, "text/plain", "pong".getBytes(UTF_8));
  }

  private static Path path(String name) {
    return folder.resolve(name);
  }

  private static String file(String name) {
    return path(name).toString();
  }

  private static void sign(String name, String authority) throws Exception {
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + name,
        "-keyout",
        file(name + ".key"),
        "-out",
        file(name + ".csr"));
    openssl(
        "x509 -req -days 2 -CAcreateserial",
        "-in",
        file(name + ".csr"),
        "-CA",
        file(authority + ".pem"),
        "-CAkey",
        file(authority + ".key"),
        "-out",
        file(name + ".pem"));
  }

  private static void openssl(String words, String... more) throws Exception {
    var command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words.split(" ")));
    command.addAll(Arrays.asList(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(path("openssl.log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(path("openssl.log"))).isZero();
  }

  private static SSLSocket connect(@Nullable String who) throws Exception {
    char[] none = {};
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(path("ca.pem")))));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
    own.load(null, null);
    if (who != null) {
      own.setKeyEntry(
          "own",
          Pem.key(Files.readString(path(who + ".key"))),
          none,
          Pem.certificates(Files.readString(path(who + ".pem")))
              .toArray(java.security.cert.X509Certificate[]::new));
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, none);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    var socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.setSoTimeout(MILLIS);
    socket.connect(server.address(), MILLIS);
    return socket;
  }

  @Test
  void aClientWhoseMachineIsGoneIsAskedFor() throws Exception {
    try (SSLSocket socket = connect("client")) {
      socket.startHandshake();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
      while (!timers().contains("keepalive")) { // once what was sent is acknowledged
        assertThat(System.nanoTime()).as(timers()).isLessThan(end);
      }
    }
  }

  /// What the kernel waits for on the server's connections.
  private static String timers() throws IOException {
    Process ss =
        new ProcessBuilder("ss", "-Htno", "sport", "=", ":" + server.address().getPort()).start();
    return new String(ss.getInputStream().readAllBytes(), UTF_8);
  }

  private static String ask(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  private static final String PING = "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  @Test
  void whoeverShowsACertificateOfTheAuthorityIsServed() throws Exception {
    try (SSLSocket socket = connect("client")) {
      assertThat(ask(socket, PING)).startsWith("HTTP/1.1 200 ").endsWith("pong");
    }
  }

  @Test
  void nobodyElseGetsAnAnswer() throws Exception {
    for (String who : Arrays.asList(null, "stranger")) {
      try (SSLSocket socket = connect(who)) {
        assertThatThrownBy(() -> ask(socket, PING)).as("%s", who).isInstanceOf(IOException.class);
      }
    }
    try (Socket plain = new Socket()) {
      plain.setSoTimeout(MILLIS);
      plain.connect(server.address(), MILLIS);
      assertThat(ask(plain, PING)).doesNotContain("HTTP", "pong");
    }
  }

  @Test
  void aClientThatHasSaidAllIsStillAnswered() throws Exception {
    try (SSLSocket socket = connect("client")) {
      socket
          .getOutputStream()
          .write(
              ("POST /hijack HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
                      + "one two")
                  .getBytes(UTF_8));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 101 ")
          .endsWith("heard one two");
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamed() {
    assertThatThrownBy(
            () -> new ApiTls(path("none.pem"), path("server.pem"), path("server.key")).context())
        .isInstanceOf(IOException.class)
        .hasMessage(path("none.pem") + " is no file");
    assertThatThrownBy(
            () -> new ApiTls(path("ca.pem"), path("server.pem"), path("client.pem")).context())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("client.pem: this PEM text holds no readable private key");
  }
}
