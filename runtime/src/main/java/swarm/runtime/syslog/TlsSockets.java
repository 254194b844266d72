package swarm.runtime.syslog;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import swarm.runtime.logs.SyslogOptions;

/// TLS to a log server, as Docker's `syslog-tls-*` options say (RFC 5425). The files are read anew
/// for each connection: a certificate may be replaced.
final class TlsSockets {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final char[] NO_PASSWORD = new char[0];
  private static final int HANDSHAKE_MILLIS = 10_000;

  private TlsSockets() {}

  /// Shakes hands on a connected socket, which is closed with the answer or where that fails.
  static SSLSocket over(Socket plain, String host, int port, SyslogOptions.Tls tls)
      throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own(tls), new TrustManager[] {trusted(tls)}, null);
      var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
      if (!tls.skipVerify()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name must be the server's
        socket.setSSLParameters(parameters);
      }
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      socket.startHandshake();
      socket.setSoTimeout(0);
      return socket;
    } catch (GeneralSecurityException e) {
      plain.close();
      throw new IOException("TLS to " + host + ":" + port + ": " + e.getMessage(), e);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static KeyManager @Nullable [] own(SyslogOptions.Tls tls)
      throws IOException, GeneralSecurityException {
    if (tls.cert().isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    Certificate[] chain = certificates(tls.cert()).toArray(Certificate[]::new);
    store.setKeyEntry("own", key(tls.key()), NO_PASSWORD, chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static X509TrustManager trusted(SyslogOptions.Tls tls)
      throws IOException, GeneralSecurityException {
    if (tls.skipVerify()) {
      return new Anyone();
    }
    X509TrustManager system = trusting(null);
    if (tls.caCert().isEmpty()) {
      return system;
    }
    var all = new ArrayList<Certificate>(List.of(system.getAcceptedIssuers()));
    all.addAll(certificates(tls.caCert()));
    KeyStore store = empty();
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry(Integer.toString(i), all.get(i));
    }
    return trusting(store);
  }

  // The system's where none are named.
  private static X509TrustManager trusting(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String file)
      throws IOException, GeneralSecurityException {
    byte[] pem = read(file).getBytes(StandardCharsets.US_ASCII);
    var all =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    if (all.isEmpty()) {
      throw new IOException("there is no certificate in " + file);
    }
    return all;
  }

  private static PrivateKey key(String file) throws IOException, GeneralSecurityException {
    Matcher found = KEY.matcher(read(file));
    if (!found.find()) {
      throw new IOException(
          "there is no key in "
              + file
              + " that can be read: write it with openssl pkcs8 -topk8 -nocrypt");
    }
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
    try {
      return KeyFactory.getInstance("EC").generatePrivate(spec);
    } catch (InvalidKeySpecException _) {
      return KeyFactory.getInstance("RSA").generatePrivate(spec);
    }
  }

  private static String read(String file) throws IOException {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    }
  }

  /// What `syslog-tls-skip-verify` asks for.
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
