package swarm.runtime.syslog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.SyslogEndpoint;
import swarm.runtime.logs.SyslogOptions;
import swarm.runtime.logs.SyslogOptions.Format;
import swarm.runtime.stdio.StdStream;

/// One line of a container's output as a log server takes it, as Docker's driver writes it. Pure.
///
/// @param options facility and format
/// @param tag of the container, its template filled in
/// @param hostname this host's
/// @param pid this daemon's
/// @param zone for the formats without one
public record SyslogMessage(
    SyslogOptions options, String tag, String hostname, long pid, ZoneId zone) {
  private static final int ERROR = 3;
  private static final int INFO = 6;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter RFC3339 =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", Locale.ROOT);

  /// The message, with a line feed at its end; with its length before it where the way needs that.
  public byte[] of(LogEntry entry) {
    int severity = entry.stream() == StdStream.STDERR ? ERROR : INFO;
    int priority = options.facility() * 8 + severity;
    Instant at = entry.timestamp();
    String head =
        switch (options.format()) {
          case LOCAL -> "<" + priority + ">" + stamp(at) + " " + tag + "[" + pid + "]: ";
          case RFC3164 ->
              "<" + priority + ">" + stamp(at) + " " + hostname + " " + tag + "[" + pid + "]: ";
          case RFC5424 -> rfc5424(priority, RFC3339.format(at.atOffset(ZoneOffset.UTC)));
          case RFC5424_MICRO -> rfc5424(priority, MICROS.format(at.atOffset(ZoneOffset.UTC)));
        };
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] text = entry.bytes();
    boolean ended = text.length > 0 && text[text.length - 1] == '\n';
    byte[] all = new byte[start.length + text.length + (ended ? 0 : 1)];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(text, 0, all, start.length, text.length);
    all[all.length - 1] = '\n';
    return counted() ? framed(all) : all;
  }

  // RFC 5425; other formats know no frames, and Docker writes them without.
  private boolean counted() {
    return options.endpoint().transport() == SyslogEndpoint.Transport.TLS
        && (options.format() == Format.RFC5424 || options.format() == Format.RFC5424_MICRO);
  }

  private static byte[] framed(byte[] message) {
    byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(length, length.length + message.length);
    System.arraycopy(message, 0, all, length.length, message.length);
    return all;
  }

  private String stamp(Instant at) {
    return STAMP.format(at.atZone(zone));
  }

  private String rfc5424(int priority, String time) {
    return "<" + priority + ">1 " + time + " " + hostname + " " + tag + " " + pid + " " + tag
        + " - ";
  }
}
