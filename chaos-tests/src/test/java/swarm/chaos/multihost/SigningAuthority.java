package swarm.chaos.multihost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import swarm.chaos.cluster.TestCluster;

/// An external certificate authority beside the hosts, at 10.77.0.254: a real HTTPS server that
/// speaks cfssl's protocol and signs with `openssl ca`. It looks at callers' certificates where
/// they show one of its own root. Requests are answered one after the other.
final class SigningAuthority implements AutoCloseable {
  private static final String HOST = "10.77.0.254";
  private static final int PORT = 8888;
  private static final String PASSWORD = "secret";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final HttpsServer server;
  private final List<String> callers = new CopyOnWriteArrayList<>();
  private volatile Duration validity = Duration.ofDays(30);
  private int number;

  /// @param folder of its own; empty
  SigningAuthority(TestCluster cluster, Path folder) throws Exception {
    this.folder = folder;
    configure();
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("root.key"));
    openssl(
        words(
            "req -x509 -new -days 3650 -subj /O=Acme/CN=acme-root",
            "-key",
            file("root.key"),
            "-config",
            file("ca.cnf"),
            "-extensions",
            "root",
            "-out",
            file("root.crt")));
    SSLContext tls = tls();
    server = cluster.asNeighbour(() -> HttpsServer.create(new InetSocketAddress(HOST, PORT), 16));
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext("/api/v1/cfssl/sign", this::answer);
    server.start();
  }

  private void configure() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("index.txt"), "");
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = own
        [own]
        new_certs_dir = %1$s
        database = %1$s/index.txt
        certificate = %1$s/root.crt
        private_key = %1$s/root.key
        rand_serial = yes
        unique_subject = no
        default_md = sha256
        preserve = yes
        policy = any
        [any]
        organizationName = optional
        organizationalUnitName = optional
        commonName = supplied
        [req]
        distinguished_name = name
        [name]
        [node]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = serverAuth,clientAuth
        [server]
        subjectAltName = IP:%2$s
        [root]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        """
            .formatted(folder, HOST));
  }

  private SSLContext tls() throws IOException, GeneralSecurityException, InterruptedException {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("server.key"));
    openssl(
        words(
            "req -new -subj /CN=authority",
            "-config",
            file("ca.cnf"),
            "-key",
            file("server.key"),
            "-out",
            file("server.csr")));
    Files.writeString(
        folder.resolve("server.crt"), sign(folder.resolve("server.csr"), "server", List.of()));
    openssl(
        words(
            "pkcs12 -export -passout pass:" + PASSWORD,
            "-inkey",
            file("server.key"),
            "-in",
            file("server.crt"),
            "-out",
            file("server.p12")));
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(folder.resolve("server.p12"))) {
      own.load(in, PASSWORD.toCharArray());
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var in = Files.newInputStream(folder.resolve("root.crt"))) {
      trusted.setCertificateEntry(
          "root",
          java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /// What `--external-ca` is given.
  String option() {
    return "protocol=cfssl,url=" + url() + ",cacert=" + rootFile();
  }

  String url() {
    return "https://" + HOST + ":" + PORT + "/api/v1/cfssl/sign";
  }

  /// The file with its root's certificate.
  Path rootFile() {
    return folder.resolve("root.crt");
  }

  String root() throws IOException {
    return Files.readString(rootFile()).strip();
  }

  /// How long what it signs is good for from now on.
  void validity(Duration next) {
    validity = next;
  }

  /// The names in the certificates that callers showed; empty for who showed none.
  List<String> callers() {
    return callers;
  }

  private void answer(HttpExchange exchange) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    try {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      callers.add(caller((HttpsExchange) exchange));
      body.put("success", true).putObject("result").put("certificate", signed(request));
    } catch (IOException e) {
      body.put("success", false).putArray("errors").addObject().put("message", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.sendResponseHeaders(200, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String caller(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException _) {
      return "";
    }
  }

  private String signed(JsonNode request) throws IOException, InterruptedException {
    number++;
    Path csr = folder.resolve(number + ".csr");
    Files.writeString(csr, request.path("certificate_request").asText());
    if (request.path("profile").asText().equals("CA")) {
      return sign(csr, "root", List.of());
    }
    JsonNode name = request.at("/subject/names/0");
    return sign(
        csr,
        "node",
        List.of(
            "-subj",
            "/O="
                + name.path("O").asText()
                + "/OU="
                + name.path("OU").asText()
                + "/CN="
                + request.at("/subject/CN").asText()));
  }

  private String sign(Path csr, String extensions, List<String> more)
      throws IOException, InterruptedException {
    Instant now = Instant.now();
    Path out = csr.resolveSibling(csr.getFileName() + ".crt");
    var command =
        words(
            "ca -batch -notext",
            "-config",
            file("ca.cnf"),
            "-extensions",
            extensions,
            "-startdate",
            TIME.format(now.minusSeconds(5)), // clocks of hosts are one here
            "-enddate",
            TIME.format(now.plus(validity)),
            "-in",
            csr.toString(),
            "-out",
            out.toString());
    command.addAll(more);
    openssl(command);
    return Files.readString(out);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> words(String first, String... more) {
    var all = new ArrayList<>(List.of(first.split(" ")));
    all.addAll(List.of(more));
    return all;
  }

  private static void openssl(String... words) throws IOException, InterruptedException {
    openssl(List.of(words));
  }

  private static void openssl(List<String> words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(words);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
