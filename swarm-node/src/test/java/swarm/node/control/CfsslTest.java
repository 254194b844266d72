package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Issuer;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.testing.Certificates;
import swarm.scheduler.model.Wire;

/// A real HTTPS server that wants a certificate and speaks cfssl's protocol.
@Timeout(60)
class CfsslTest {
  private static final char[] NONE = {};

  private final CertificateAuthority root = CertificateAuthority.create(Instant.now());
  private final CertificateAuthority fresh = CertificateAuthority.create(Instant.now());
  private final NodeIdentity manager;
  private final Cfssl cfssl;
  private final HttpsServer server;
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final List<String> callers = new CopyOnWriteArrayList<>();
  private volatile @Nullable String answer;
  private volatile int status = 200;

  CfsslTest() throws Exception {
    manager = Certificates.node(root, "m1", Role.MANAGER, Instant.now());
    cfssl = new Cfssl(() -> manager);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext("/api/v1/cfssl/sign", this::sign);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  /// Its certificate is for `localhost`.
  private SSLContext tls() throws Exception {
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

  private void sign(HttpExchange exchange) throws IOException {
    JsonNode request = Wire.JSON.readTree(exchange.getRequestBody());
    requests.add(request);
    callers.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName());
    byte[] body = Wire.JSON.writeValueAsBytes(answer(request));
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private ObjectNode answer(JsonNode request) throws IOException {
    ObjectNode body = Wire.JSON.createObjectNode();
    String fixed = answer;
    if (fixed != null) {
      body.put("success", false).putArray("errors").addObject().put("message", fixed);
      return body;
    }
    X509Certificate signed =
        request.path("profile").asText().equals("CA")
            ? root.crossSign(fresh.certificate(), Instant.now())
            : root.issue(der(request), subject(request), Instant.now());
    body.put("success", true).putObject("result").put("certificate", Pem.write(signed));
    return body;
  }

  private static byte[] der(JsonNode request) {
    String pem = request.path("certificate_request").asText();
    assertThat(pem).startsWith("-----BEGIN CERTIFICATE REQUEST-----");
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }

  private static Peer subject(JsonNode request) {
    JsonNode name = request.at("/subject/names/0");
    return new Peer(
        request.at("/subject/CN").asText(),
        name.path("O").asText(),
        name.path("OU").asText().equals("swarm-manager") ? Role.MANAGER : Role.WORKER);
  }

  private String url() {
    return "https://localhost:" + server.getAddress().getPort() + "/api/v1/cfssl/sign";
  }

  private List<X509Certificate> issue(List<String> urls, CertificateAuthority of, Peer subject)
      throws IOException {
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    return cfssl
        .issuer(urls, of.certificate())
        .issue(request, subject, Instant.now(), Duration.ofDays(1));
  }

  @Test
  void itSignsWhatTheClusterDecidedForAManagerWithItsCertificate() throws Exception {
    var subject = new Peer("n7", "c1", Role.WORKER);

    List<X509Certificate> chain = issue(List.of(url()), root, subject);

    assertThat(chain).hasSize(1);
    chain.getFirst().verify(root.certificate().getPublicKey());
    assertThat(Peer.of(chain.getFirst())).contains(subject);
    assertThat(callers).hasSize(1).allMatch(name -> name.contains("CN=m1"));
    assertThat(requests.getFirst().path("hosts").toString()).isEqualTo("[\"swarm-worker\",\"n7\"]");
  }

  @Test
  void theNextOneIsAskedWhereOneIsAway() throws Exception {
    var subject = new Peer("n7", "c1", Role.MANAGER);

    assertThat(issue(List.of("https://localhost:1/", url()), root, subject)).hasSize(1);
    assertThat(requests.getFirst().path("hosts").toString())
        .isEqualTo("[\"swarm-manager\",\"n7\",\"swarm-ca\"]");
  }

  @Test
  void whatItRefusesIsSaid() {
    answer = "policy";
    assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
        .isInstanceOf(Issuer.UnavailableException.class)
        .hasMessageContaining("policy");
    status = 500;
    assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
        .hasMessageContaining("status 500");
  }

  @Test
  void aServerOfAnotherRootIsNotAsked() throws Exception {
    assertThatThrownBy(() -> issue(List.of(url()), fresh, manager.self()))
        .isInstanceOf(Issuer.UnavailableException.class);
    assertThat(cfssl.reachable(List.of(url()), fresh.certificate())).isFalse();
    assertThat(cfssl.reachable(List.of(url()), root.certificate())).isTrue();
    assertThat(cfssl.reachable(List.of("http://localhost/", "::"), root.certificate())).isFalse();
    assertThat(requests).isEmpty();
  }

  @Test
  void itCrossSignsAnotherRoot() throws Exception {
    X509Certificate crossed = cfssl.crossSign(List.of(url()), root.certificate(), fresh);

    crossed.verify(root.certificate().getPublicKey());
    assertThat(crossed.getPublicKey()).isEqualTo(fresh.certificate().getPublicKey());
    assertThat(requests.getFirst().at("/extensions/0/id").asText()).isEqualTo("2.5.29.19");
  }
}
