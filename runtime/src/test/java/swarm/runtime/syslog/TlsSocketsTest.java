package swarm.runtime.syslog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.SyslogOptions;
import swarm.runtime.stdio.StdStream;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TlsSocketsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;
  private KeyStore store;

  @BeforeEach
  void makeCertificate() throws Exception {
    Path file = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-validity",
                "2",
                "-dname",
                "CN=logs",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    write("cert", "CERTIFICATE", store.getCertificate("server").getEncoded());
    write("key", "PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
  }

  private void write(String name, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder().encodeToString(content);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  @Test
  void bothSidesShowTheirCertificatesAndMessagesAreFramed() throws Exception {
    try (SSLServerSocket server = server()) {
      server.setNeedClientAuth(true);
      CompletableFuture<String> got = receive(server);
      SyslogOptions options =
          options(
              server,
              Map.of(
                  "syslog-tls-ca-cert", folder.resolve("cert").toString(),
                  "syslog-tls-cert", folder.resolve("cert").toString(),
                  "syslog-tls-key", folder.resolve("key").toString()));
      var messages = new SyslogMessage(options, "web", "box", 7, ZoneOffset.UTC);
      byte[] message = messages.of(new LogEntry(Instant.EPOCH, StdStream.STDOUT, bytes("hello\n")));
      try (SyslogConnection connection = SyslogConnection.open(options)) {
        connection.send(message);
      }
      assertThat(got.get()).isEqualTo("49 <30>1 1970-01-01T00:00:00Z box web 7 web - hello\n");
    }
  }

  @Test
  void aServerThatNobodyVouchesForIsRefusedUnlessThatIsAskedFor() throws Exception {
    try (SSLServerSocket server = server()) {
      CompletableFuture<String> _ = receive(server);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> SyslogConnection.open(options(server, Map.of())).close());
    }
    try (SSLServerSocket server = server()) {
      CompletableFuture<String> got = receive(server);
      SyslogOptions options = options(server, Map.of("syslog-tls-skip-verify", ""));
      try (SyslogConnection connection = SyslogConnection.open(options)) {
        connection.send(bytes("hello\n"));
      }
      assertThat(got.get()).isEqualTo("hello\n");
    }
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    try (SSLServerSocket server = server()) {
      String nothing = folder.resolve("nothing").toString();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  SyslogConnection.open(options(server, Map.of("syslog-tls-ca-cert", nothing)))
                      .close())
          .withMessage("there is no file " + nothing);
    }
  }

  private SSLServerSocket server() throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", store.getCertificate("server"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return (SSLServerSocket)
        context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static CompletableFuture<String> receive(SSLServerSocket server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (var client = server.accept()) {
            return new String(client.getInputStream().readAllBytes(), UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  private static SyslogOptions options(SSLServerSocket server, Map<String, String> more)
      throws Exception {
    var all = new TreeMap<>(more);
    all.put("syslog-address", "tcp+tls://127.0.0.1:" + server.getLocalPort());
    all.put("syslog-format", "rfc5424");
    return SyslogOptions.parse(all);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
