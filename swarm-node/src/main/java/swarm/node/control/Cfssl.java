package swarm.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.HttpsClientTls;
import swarm.node.identity.Issuer;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.ReceivedCertificate;
import swarm.scheduler.model.Wire;

/// External authorities that speak cfssl's protocol, as swarmkit speaks it: a POST of a
/// certification request to the URL, over TLS with this manager's certificate. The server must have
/// a certificate of the same root for the host in the URL. Each URL is given as long as a join has,
/// all of them together twice as long. Thread-safe.
final class Cfssl implements RootPlanner.External {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(8); // a join is given 10 s
  private static final Duration ALL = Duration.ofSeconds(20);
  private static final String NOTHING_TO_SHOW =
      " (a node has no certificate to show before it is in a swarm: the authority must let it in"
          + " without one)";
  private static final int MAX_ANSWER_BYTES = 256 * 1024;
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";

  private final Supplier<Optional<NodeIdentity>> identity;

  /// @param identity what is shown to authorities: nothing before this node has one
  Cfssl(Supplier<Optional<NodeIdentity>> identity) {
    this.identity = identity;
  }

  /// What is asked of a certificate that came back.
  @FunctionalInterface
  private interface Check {
    /// What is wrong with it.
    Optional<String> fault(X509Certificate received) throws IOException;
  }

  /// An authority behind these URLs, the first that answers.
  ///
  /// @param root whose certificates it issues
  Issuer issuer(List<String> urls, X509Certificate root) {
    return (request, subject, now, expiry) -> {
      var key = CertificateAuthority.provenKey(request); // strangers' bytes are not passed on
      X509Certificate leaf =
          sign(
              urls,
              root,
              leafRequest(request, subject),
              received -> ReceivedCertificate.fault(received, key, subject, root, now));
      return List.of(leaf);
    };
  }

  private static ObjectNode leafRequest(byte[] request, Peer subject) {
    ObjectNode body = Wire.JSON.createObjectNode();
    var hosts = body.putArray("hosts").add(subject.role().unit()).add(subject.nodeId());
    if (subject.role() == swarm.node.identity.Role.MANAGER) {
      hosts.add("swarm-ca"); // as swarmkit: managers may serve certificates
    }
    body.put("certificate_request", Pem.request(request));
    ObjectNode name = body.putObject("subject").put("CN", subject.nodeId());
    name.putArray("names")
        .addObject()
        .put("OU", subject.role().unit())
        .put("O", subject.clusterId());
    return body.put("profile", "").put("crl_override", "").put("label", "");
  }

  @Override
  public X509Certificate crossSign(
      List<String> urls, X509Certificate old, CertificateAuthority fresh) throws IOException {
    ObjectNode body = Wire.JSON.createObjectNode();
    body.put("certificate_request", Pem.request(fresh.request()));
    body.putObject("subject")
        .put("CN", fresh.commonName())
        .putArray("names"); // the request has the whole name
    body.put("profile", "CA").put("crl_override", "").put("label", "");
    body.putArray("extensions")
        .addObject()
        .put("id", BASIC_CONSTRAINTS)
        .put("critical", true)
        .put("value", HexFormat.of().formatHex(CertificateAuthority.constraints()));
    return sign(urls, old, body, crossed -> crossSignFault(crossed, old, fresh.certificate()));
  }

  private static Optional<String> crossSignFault(
      X509Certificate crossed, X509Certificate old, X509Certificate fresh) {
    boolean good =
        crossed.getPublicKey().equals(fresh.getPublicKey())
            && crossed.getSubjectX500Principal().equals(fresh.getSubjectX500Principal())
            && crossed.getBasicConstraints() >= 0
            && CertificateAuthority.issued(old, crossed);
    return good
        ? Optional.empty()
        : Optional.of("it does not make the new root an authority: check its profile 'CA'");
  }

  @Override
  public boolean reachable(List<String> urls, X509Certificate root) {
    for (String url : urls) {
      try {
        boolean _ =
            within(
                ANSWER,
                () -> {
                  connect(url, root).disconnect();
                  return true;
                });
        return true;
      } catch (IOException e) {
        org.slf4j.LoggerFactory.getLogger(Cfssl.class)
            .warn("external CA {} cannot be used: {}", url, e.getMessage());
      }
    }
    return false;
  }

  private HttpsURLConnection connect(String url, X509Certificate root) throws IOException {
    if (!(open(url) instanceof HttpsURLConnection connection)) {
      throw new IOException("the URL of an external CA must begin with https://, not " + url);
    }
    SSLSocketFactory tls = HttpsClientTls.of(identity.get(), root);
    connection.setSSLSocketFactory(tls);
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) ANSWER.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setDoOutput(true);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.connect();
    return connection;
  }

  private static java.net.URLConnection open(String url) throws IOException {
    try {
      return URI.create(url).toURL().openConnection();
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + url + "' is no URL: " + e.getMessage(), e);
    }
  }

  /// The first good answer.
  private X509Certificate sign(List<String> urls, X509Certificate root, JsonNode body, Check check)
      throws IOException {
    long end = System.nanoTime() + ALL.toNanos();
    var failures = new ArrayList<String>();
    for (String url : urls) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        failures.add("external CA " + url + ": not asked within " + ALL.toSeconds() + " s");
        continue;
      }
      try {
        X509Certificate received =
            within(left.compareTo(ANSWER) < 0 ? left : ANSWER, () -> post(url, root, body));
        Optional<String> fault = check.fault(received);
        if (fault.isEmpty()) {
          return received;
        }
        failures.add(
            "external CA " + url + " sent a certificate that was not asked for: " + fault.get());
      } catch (IOException e) {
        failures.add("external CA " + url + ": " + e.getMessage());
      }
    }
    throw new Issuer.UnavailableException(
        failures.isEmpty() ? "no external CA is configured" : String.join("; ", failures));
  }

  /// Does something that waits for others, for so long: an answer in small pieces keeps no timeout
  /// of a socket.
  private static <T> T within(Duration limit, Callable<T> call) throws IOException {
    var task = new FutureTask<T>(call);
    Thread thread = Thread.ofVirtual().name("external-ca").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      thread.interrupt(); // closes the socket of who is still waiting
    }
  }

  private X509Certificate post(String url, X509Certificate root, JsonNode body) throws IOException {
    HttpsURLConnection connection = connect(url, root);
    try {
      int status = exchange(connection, body);
      var in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      byte[] answer = in == null ? new byte[0] : in.readNBytes(MAX_ANSWER_BYTES);
      if (status != 200) {
        throw new IOException(
            "it answered with status "
                + status
                + ": "
                + new String(answer, StandardCharsets.UTF_8).strip());
      }
      return read(answer);
    } finally {
      connection.disconnect();
    }
  }

  /// In TLS 1.3 who wants a certificate and is shown none says so after the handshake, while the
  /// request is on its way.
  ///
  /// @return the status
  private int exchange(HttpsURLConnection connection, JsonNode body) throws IOException {
    try {
      try (var out = connection.getOutputStream()) {
        out.write(Wire.JSON.writeValueAsBytes(body));
      }
      return connection.getResponseCode();
    } catch (IOException e) {
      throw identity.get().isPresent() ? e : new IOException(e.getMessage() + NOTHING_TO_SHOW, e);
    }
  }

  private static X509Certificate read(byte[] answer) throws IOException {
    JsonNode read;
    try {
      read = Wire.JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      throw new IOException("its answer is no JSON: " + e.getOriginalMessage(), e);
    }
    String certificate = read.path("result").path("certificate").asText("");
    if (!read.path("success").asBoolean() || certificate.isEmpty()) {
      throw new IOException("it refused: " + read.path("errors"));
    }
    return Pem.certificates(certificate).getFirst();
  }
}
