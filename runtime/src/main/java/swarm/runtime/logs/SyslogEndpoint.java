package swarm.runtime.logs;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a log server is. Pure.
///
/// @param transport by what means it is reached
/// @param address host or path of a socket; empty for the host's own log socket
/// @param port 0 for a socket of this host
public record SyslogEndpoint(Transport transport, String address, int port) {
  /// Means of sending.
  public enum Transport {
    UNIX,
    UNIXGRAM,
    UDP,
    TCP,
    TLS
  }

  private static final int DEFAULT_PORT = 514;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_PATH_BYTES = 107; // unix(7)
  private static final Pattern ADDRESS = Pattern.compile("([a-z+]+)://(.*)");
  // A name or an address, one of IPv6 in brackets, and a port.
  private static final Pattern HOST =
      Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.%\\w]+])(?::(\\d{1,5}))?/?");

  /// @param text Docker's `syslog-address`; empty for the host's own log socket
  static SyslogEndpoint parse(String text) throws InvalidLogOptionException {
    if (text.isEmpty()) {
      return new SyslogEndpoint(Transport.UNIXGRAM, "", 0);
    }
    Matcher parts = ADDRESS.matcher(text);
    String scheme = parts.matches() ? parts.group(1) : "";
    String where = parts.matches() ? parts.group(2) : text;
    return switch (scheme) {
      case "unix" -> local(Transport.UNIX, text, where);
      case "unixgram" -> local(Transport.UNIXGRAM, text, where);
      case "udp" -> remote(Transport.UDP, text, where);
      case "tcp" -> remote(Transport.TCP, text, where);
      case "tcp+tls" -> remote(Transport.TLS, text, where);
      default -> throw new InvalidLogOptionException("unsupported scheme: '" + scheme + "'");
    };
  }

  private static SyslogEndpoint local(Transport transport, String text, String path)
      throws InvalidLogOptionException {
    if (!path.startsWith("/")
        || path.indexOf(0) >= 0
        || path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      throw new InvalidLogOptionException(
          "invalid syslog-address '"
              + text
              + "': use unix:///PATH or unixgram:///PATH with a path of at most "
              + MAX_PATH_BYTES
              + " bytes");
    }
    return new SyslogEndpoint(transport, path, 0);
  }

  private static SyslogEndpoint remote(Transport transport, String text, String where)
      throws InvalidLogOptionException {
    Matcher parts = HOST.matcher(where);
    int port =
        parts.matches() && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : DEFAULT_PORT;
    if (!parts.matches() || port < 1 || port > MAX_PORT) {
      throw new InvalidLogOptionException(
          "invalid syslog-address '"
              + text
              + "': use udp://HOST[:PORT], tcp://HOST[:PORT] or tcp+tls://HOST[:PORT]");
    }
    return new SyslogEndpoint(transport, parts.group(1).replaceAll("[\\[\\]]", ""), port);
  }
}
