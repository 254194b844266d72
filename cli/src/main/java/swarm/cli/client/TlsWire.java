package swarm.cli.client;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// A connection over TLS. Apart from [Wire], so that commands on a unix socket load nothing of it.
final class TlsWire {
  private TlsWire() {}

  static Wire open(Endpoint.Tcp endpoint, Endpoint.TlsFiles files) throws IOException {
    SSLSocket socket = (SSLSocket) context(files).getSocketFactory().createSocket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(Wire.address(endpoint), Wire.CONNECT_MILLIS);
      if (files.verify()) {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return new Wire(
          new ChannelInput(Channels.newChannel(socket.getInputStream())), output(socket), socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static OutputStream output(SSLSocket socket) throws IOException {
    return new FilterOutputStream(socket.getOutputStream()) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        if (!socket.isOutputShutdown()) {
          socket.shutdownOutput();
        }
      }
    };
  }

  private static SSLContext context(Endpoint.TlsFiles files) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own(files), trusted(files), null);
      return context;
    } catch (NoSuchFileException e) {
      throw new IOException("open " + e.getFile() + ": no such file or directory", e);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] own(Endpoint.TlsFiles files)
      throws IOException, GeneralSecurityException {
    Path certificate = files.certificate();
    Path key = files.key();
    if (certificate == null || key == null) {
      return null;
    }
    var none = new char[0];
    KeyStore store = empty();
    store.setKeyEntry(
        "client", Pem.key(key), none, Pem.certificates(certificate).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trusted(Endpoint.TlsFiles files)
      throws IOException, GeneralSecurityException {
    if (!files.verify()) {
      return new TrustManager[] {new Anyone()};
    }
    Path authority = files.authority();
    if (authority == null) {
      return null;
    }
    KeyStore store = empty();
    List<X509Certificate> all = Pem.certificates(authority);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("ca" + i, all.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /// `--tls` without `--tlsverify`: the user asked not to check the daemon's certificate.
  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
