package swarm.runtime.logs;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where and how the `syslog` driver sends. Pure.
///
/// @param endpoint where to
/// @param facility its number
/// @param format of each message
/// @param tag the template of the program's name
/// @param tls for an endpoint that wants it
public record SyslogOptions(
    SyslogEndpoint endpoint, int facility, Format format, String tag, Tls tls) {
  /// How a server is trusted, and what it is shown.
  ///
  /// @param caCert file of authorities that are trusted beside the system's; empty for none
  /// @param cert file of our own certificate and those above it; empty for none
  /// @param key file of its key; empty for none
  /// @param skipVerify whether any server is trusted
  public record Tls(String caCert, String cert, String key, boolean skipVerify) {}

  /// Docker's formats.
  public enum Format {
    /// What local log daemons take: no host name.
    LOCAL,
    RFC3164,
    RFC5424,
    RFC5424_MICRO
  }

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
          "syslog-tls-ca-cert",
          "syslog-tls-cert",
          "syslog-tls-key",
          "syslog-tls-skip-verify",
          "tag");
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
    LogOptions.known(options.keySet(), KNOWN, "for syslog log driver");
    var _ = parse(options);
  }

  /// @throws InvalidLogOptionException in Docker's words
  public static SyslogOptions parse(Map<String, String> options) throws InvalidLogOptionException {
    SyslogEndpoint endpoint = SyslogEndpoint.parse(options.getOrDefault("syslog-address", ""));
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
    return new SyslogOptions(
        endpoint, facility, format, tag.isEmpty() ? "{{.ID}}" : tag, tls(options));
  }

  private static Tls tls(Map<String, String> options) throws InvalidLogOptionException {
    String cert = options.getOrDefault("syslog-tls-cert", "");
    String key = options.getOrDefault("syslog-tls-key", "");
    if (cert.isEmpty() != key.isEmpty()) {
      throw new InvalidLogOptionException(
          "syslog-tls-cert and syslog-tls-key name a certificate and its key: give both or none");
    }
    return new Tls(
        options.getOrDefault("syslog-tls-ca-cert", ""),
        cert,
        key,
        options.containsKey("syslog-tls-skip-verify")); // whatever its value, as in Docker
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
