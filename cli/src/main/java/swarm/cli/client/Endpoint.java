package swarm.cli.client;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the daemon listens.
public sealed interface Endpoint {
  /// Where a daemon listens that was told nothing else.
  String USUAL = "unix:///run/swarm/swarm.sock";

  /// A unix socket.
  record Unix(Path socket) implements Endpoint {
    @Override
    public String toString() {
      return UNIX + socket;
    }
  }

  /// @param tls null where the connection is not encrypted
  record Tcp(String host, int port, @Nullable TlsFiles tls) implements Endpoint {
    @Override
    public String toString() {
      return TCP + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// What a client shows and trusts over TCP: PEM files.
  ///
  /// @param verify whether the daemon's certificate is checked
  /// @param authority who must have signed it; null for those that this machine trusts
  /// @param certificate the client's own; null for none
  /// @param key its private key
  record TlsFiles(
      boolean verify, @Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {}

  String UNIX = "unix://";
  String TCP = "tcp://";

  /// The ports of Docker's API without and with TLS.
  int PLAIN_PORT = 2375;

  int TLS_PORT = 2376;

  /// @param source who says so, for messages
  /// @param tls what is used for `tcp://`; null for no encryption
  static Endpoint parse(String text, String source, @Nullable TlsFiles tls)
      throws DaemonUnreachableException {
    if (text.startsWith(TCP)) {
      return tcp(text, source, tls);
    }
    if (!text.startsWith(UNIX) || text.length() == UNIX.length()) {
      throw new DaemonUnreachableException(
          source + " says '" + text + "': it must be unix:///PATH or tcp://HOST:PORT");
    }
    try {
      return new Unix(Path.of(text.substring(UNIX.length())));
    } catch (InvalidPathException e) {
      throw new DaemonUnreachableException(source + " says '" + text + "': " + e.getReason());
    }
  }

  private static Endpoint tcp(String text, String source, @Nullable TlsFiles tls)
      throws DaemonUnreachableException {
    String address = text.substring(TCP.length()).replaceFirst("/$", "");
    int bracket = address.lastIndexOf(']');
    int colon = address.indexOf(':', Math.max(0, bracket));
    String host = colon < 0 ? address : address.substring(0, colon);
    String port =
        colon < 0 ? "" + (tls == null ? PLAIN_PORT : TLS_PORT) : address.substring(colon + 1);
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535 || host.contains("/")) {
      throw new DaemonUnreachableException(
          source + " says '" + text + "': it must be tcp://HOST:PORT");
    }
    String bare = host.isEmpty() ? "127.0.0.1" : host.replaceAll("^\\[|]$", "");
    return new Tcp(bare, Integer.parseInt(port), tls);
  }
}
