package swarm.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;

/// Where the API listens over TCP, as `--host` has it: `tcp://ADDRESS[:PORT]`. Pure.
final class ApiAddress {
  private static final int USUAL_PORT = 2376;
  private static final int MAX_PORT = 65_535;

  private ApiAddress() {}

  /// @throws IOException with a sentence where it is none: names are not looked up
  static InetSocketAddress parse(String host) throws IOException {
    try {
      URI uri = new URI(host);
      boolean bare =
          "".equals(uri.getRawPath())
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if ("tcp".equals(uri.getScheme()) && uri.getHost() != null && bare) {
        InetAddress address = InetAddress.ofLiteral(uri.getHost().replaceAll("[\\[\\]]", ""));
        int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
        if (port > 0 && port <= MAX_PORT) {
          return new InetSocketAddress(address, port);
        }
      }
    } catch (URISyntaxException | IllegalArgumentException _) {
      // said below
    }
    throw new IOException(
        "--host "
            + host
            + " must be tcp://ADDRESS:PORT with an IP address and a port from 1 to "
            + MAX_PORT);
  }
}
