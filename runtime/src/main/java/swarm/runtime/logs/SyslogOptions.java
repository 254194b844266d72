package swarm.runtime.logs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where and how the `syslog` driver sends. Pure.
///
/// @param transport by what means
/// @param address host or path of a socket; empty for the host's own log socket
/// @param port 0 for a socket of this host
/// @param facility its number
/// @param format of each message
/// @param tag the template of the program's name
public record SyslogOptions(
    Transport transport, String address, int port, int facility, Format format, String tag) {
  /// Means of sending.
  public enum Transport {
    UNIX,
    UNIXGRAM,
    UDP,
    TCP
  }

  /// Docker's formats.
  public enum Format {
    /// What local log daemons take: no host name.
    LOCAL,
    RFC3164,
    RFC5424,
    RFC5424_MICRO
  }

  private static final int DEFAULT_PORT = 514;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_PATH_BYTES = 107; // unix(7)
  private static final Pattern ADDRESS = Pattern.compile("([a-z+]+)://(.*)");
  // A name or an address, one of IPv6 in brackets, and a port.
  private static final Pattern HOST =
      Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.%\\w]+])(?::(\\d{1,5}))?/?");
  private static final int DAEMON = 3;
  private static final Set<String> KNOWN =
      Set.of(
          "env",
          "env-regex",
          "labels",
          "labels-regex",
          "syslog-address",
          "syslog-facility",
          "syslog-format",
          "tag");
  private static final Set<String> TLS =
      Set.of("syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify");
  // In the order of their numbers.
  private static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "ntp",
          "audit",
          "alert",
          "clock",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");

  static void check(Map<String, String> options) throws InvalidLogOptionException {
    for (String option : TLS) {
      if (options.containsKey(option)) {
        throw tls();
      }
    }
    LogOptions.known(options.keySet(), KNOWN, "for syslog log driver");
    var _ = parse(options);
  }

  private static InvalidLogOptionException tls() {
    return new InvalidLogOptionException(
        "syslog over TLS is not supported: use tcp:// to a relay on this host, or unix://");
  }

  /// @throws InvalidLogOptionException in Docker's words
  public static SyslogOptions parse(Map<String, String> options) throws InvalidLogOptionException {
    String text = options.getOrDefault("syslog-address", "");
    int facility = facility(options.getOrDefault("syslog-facility", ""));
    Format format =
        switch (options.getOrDefault("syslog-format", "")) {
          case "" -> Format.LOCAL;
          case "rfc3164" -> Format.RFC3164;
          case "rfc5424" -> Format.RFC5424;
          case "rfc5424micro" -> Format.RFC5424_MICRO;
          default -> throw new InvalidLogOptionException("Invalid syslog format");
        };
    String tag = options.getOrDefault("tag", "");
    String template = tag.isEmpty() ? "{{.ID}}" : tag;
    if (text.isEmpty()) {
      return new SyslogOptions(Transport.UNIXGRAM, "", 0, facility, format, template);
    }
    Matcher parts = ADDRESS.matcher(text);
    String scheme = parts.matches() ? parts.group(1) : "";
    String where = parts.matches() ? parts.group(2) : text;
    return switch (scheme) {
      case "unix" -> local(Transport.UNIX, text, where, facility, format, template);
      case "unixgram" -> local(Transport.UNIXGRAM, text, where, facility, format, template);
      case "udp" -> remote(Transport.UDP, text, where, facility, format, template);
      case "tcp" -> remote(Transport.TCP, text, where, facility, format, template);
      case "tcp+tls" -> throw tls();
      default -> throw new InvalidLogOptionException("unsupported scheme: '" + scheme + "'");
    };
  }

  private static SyslogOptions local(
      Transport transport, String text, String path, int facility, Format format, String tag)
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
    return new SyslogOptions(transport, path, 0, facility, format, tag);
  }

  private static SyslogOptions remote(
      Transport transport, String text, String where, int facility, Format format, String tag)
      throws InvalidLogOptionException {
    Matcher parts = HOST.matcher(where);
    int port =
        parts.matches() && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : DEFAULT_PORT;
    if (!parts.matches() || port < 1 || port > MAX_PORT) {
      throw new InvalidLogOptionException(
          "invalid syslog-address '" + text + "': use udp://HOST[:PORT] or tcp://HOST[:PORT]");
    }
    String host = parts.group(1).replaceAll("[\\[\\]]", "");
    return new SyslogOptions(transport, host, port, facility, format, tag);
  }

  private static int facility(String text) throws InvalidLogOptionException {
    if (text.isEmpty()) {
      return DAEMON;
    }
    if (FACILITIES.contains(text)) {
      return FACILITIES.indexOf(text);
    }
    if (text.matches("\\d{1,2}") && Integer.parseInt(text) < FACILITIES.size()) {
      return Integer.parseInt(text);
    }
    throw new InvalidLogOptionException("invalid syslog facility");
  }
}
