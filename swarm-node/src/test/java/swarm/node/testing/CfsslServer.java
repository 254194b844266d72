package swarm.node.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.scheduler.model.Wire;

/// A real HTTPS server that speaks cfssl's protocol, on a port of `localhost`.
public final class CfsslServer implements AutoCloseable {
  private static final char[] NONE = {};
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /// How it answers a request for a node's certificate.
  @FunctionalInterface
  public interface Signing {
    X509Certificate sign(byte[] request, Peer subject) throws IOException;
  }

  /// What callers must show.
  public enum Callers {
    ANYBODY,
    WITH_CERTIFICATE
  }

  private final CertificateAuthority root;
  private final HttpsServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final List<String> callers = new CopyOnWriteArrayList<>();
  private volatile Signing signing;
  private volatile @Nullable CertificateAuthority crossSigned;
  private volatile @Nullable String refusal;
  private volatile int status = 200;
  private volatile boolean dripping;

  public CfsslServer(CertificateAuthority root, Callers wanted) throws Exception {
    this.root = root;
    signing = (request, subject) -> root.issue(request, subject, Instant.now());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters of = getSSLContext().getDefaultSSLParameters();
            switch (wanted) {
              case ANYBODY -> of.setWantClientAuth(true);
              case WITH_CERTIFICATE -> of.setNeedClientAuth(true);
            }
            parameters.setSSLParameters(of);
          }
        });
    server.createContext("/api/v1/cfssl/sign", this::sign);
    server.start();
  }

  /// Its certificate is for `localhost`.
  private SSLContext tls() throws IOException, GeneralSecurityException {
    KeyPair pair = CertificateAuthority.newKeyPair();
    X509Certificate own =
        root.issue(pair.getPublic(), new Peer("localhost", "c1", Role.MANAGER), Instant.now());
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("server", pair.getPrivate(), NONE, new X509Certificate[] {own});
    store.setCertificateEntry("root", root.certificate());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NONE);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  public String url() {
    return "https://localhost:" + server.getAddress().getPort() + "/api/v1/cfssl/sign";
  }

  /// An entry of `ExternalCAs` for it.
  public ObjectNode entry() {
    return Wire.JSON
        .createObjectNode()
        .put("Protocol", "cfssl")
        .put("URL", url())
        .put("CACert", Pem.write(root.certificate()));
  }

  /// What was asked for.
  public List<JsonNode> requests() {
    return requests;
  }

  /// The names in the certificates that callers showed; empty for who showed none.
  public List<String> callers() {
    return callers;
  }

  /// It answers otherwise from now on.
  public void signs(Signing other) {
    signing = other;
  }

  /// It signs this one where the profile "CA" is asked for.
  public void crossSigns(CertificateAuthority other) {
    crossSigned = other;
  }

  /// It refuses everything from now on.
  public void refuses(String why, int withStatus) {
    refusal = why;
    status = withStatus;
  }

  /// It answers a byte at a time from now on, which takes a minute.
  public void drips() {
    dripping = true;
  }

  private void sign(HttpExchange exchange) throws IOException {
    JsonNode request = Wire.JSON.readTree(exchange.getRequestBody());
    requests.add(request);
    callers.add(caller((HttpsExchange) exchange));
    byte[] body = Wire.JSON.writeValueAsBytes(answer(request));
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      for (int i = 0; dripping && i < body.length; i++) {
        LockSupport.parkNanos(PACE_NANOS);
        out.write(body, i, 1);
        out.flush();
      }
      if (!dripping) {
        out.write(body);
      }
    }
  }

  private static String caller(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException _) {
      return "";
    }
  }

  private ObjectNode answer(JsonNode request) throws IOException {
    ObjectNode body = Wire.JSON.createObjectNode();
    String why = refusal;
    if (why != null) {
      body.put("success", false).putArray("errors").addObject().put("message", why);
      return body;
    }
    CertificateAuthority other = crossSigned;
    X509Certificate signed =
        request.path("profile").asText().equals("CA") && other != null
            ? root.crossSign(other.certificate(), Instant.now())
            : signing.sign(der(request), subject(request));
    body.put("success", true).putObject("result").put("certificate", Pem.write(signed));
    return body;
  }

  private static byte[] der(JsonNode request) {
    String pem = request.path("certificate_request").asText();
    if (!pem.startsWith("-----BEGIN CERTIFICATE REQUEST-----")) {
      throw new IllegalArgumentException("no request: " + pem);
    }
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }

  private static Peer subject(JsonNode request) {
    JsonNode name = request.at("/subject/names/0");
    return new Peer(
        request.at("/subject/CN").asText(),
        name.path("O").asText(),
        name.path("OU").asText().equals("swarm-manager") ? Role.MANAGER : Role.WORKER);
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
