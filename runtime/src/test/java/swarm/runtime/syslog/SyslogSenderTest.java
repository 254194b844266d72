package swarm.runtime.syslog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogFiles;
import swarm.runtime.logs.LogReader;
import swarm.runtime.logs.SyslogOptions;
import swarm.runtime.stdio.StdStream;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SyslogSenderTest {
  private static final String T = "2024-05-06T07:08:0";

  @TempDir Path directory;
  private volatile boolean gone;

  @ParameterizedTest
  @CsvSource({
    "'', STDOUT, '<30>May  6 07:08:09 web[7]: hello\n'",
    "'', STDERR, '<27>May  6 07:08:09 web[7]: hello\n'",
    "rfc3164, STDOUT, '<30>May  6 07:08:09 box web[7]: hello\n'",
    "rfc5424, STDOUT, '<30>1 2024-05-06T07:08:09Z box web 7 web - hello\n'",
    "rfc5424micro, STDOUT, '<30>1 2024-05-06T07:08:09.123456Z box web 7 web - hello\n'",
  })
  void writesDockersFormats(String format, StdStream stream, String expected) throws Exception {
    var entry = new LogEntry(Instant.parse(T + "9.123456789Z"), stream, "hello\n".getBytes(UTF_8));
    var options = SyslogOptions.parse(Map.of("syslog-format", format));

    assertThat(new String(message(options).of(entry), UTF_8)).isEqualTo(expected);
  }

  @Test
  void aLastLineWithoutItsEndIsAMessage() throws Exception {
    var entry = new LogEntry(Instant.EPOCH, StdStream.STDOUT, "x".getBytes(UTF_8));

    assertThat(new String(message(SyslogOptions.parse(Map.of())).of(entry), UTF_8))
        .endsWith(": x\n");
  }

  @Test
  void sendsWhatIsNewThoughTheServerIsAwayForAWhile() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    write("1Z stdout F a", "1Z stdout F b");
    Thread sending = Thread.ofVirtual().start(() -> send(port));
    assertThat(receive(port, 2)).containsExactly("a", "b");
    sending.join();

    write("1Z stdout F c", "2Z stdout F d");
    sending = Thread.ofVirtual().start(() -> send(port));
    assertThat(receive(port, 2)).containsExactly("c", "d");
    sending.join();
  }

  @Test
  void theRestOfADeletedLogIsGivenUpIfItsServerIsAway() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    write("1Z stdout F a");
    gone = true;
    send(port);
    assertThat(directory.resolve("sent")).doesNotExist();
  }

  private void write(String... lines) throws Exception {
    Path log = directory.resolve("container.log");
    String before = Files.exists(log) ? Files.readString(log) : "";
    Files.writeString(log, before + T + String.join("\n" + T, lines) + "\n");
  }

  private void send(int port) {
    try (Readiness readiness = Readiness.open();
        Inotify inotify = Inotify.open(readiness)) {
      var options = new TreeMap<String, String>();
      options.put("syslog-address", "tcp://127.0.0.1:" + port);
      var files = new LogFiles(directory.resolve("container.log"), directory);
      Path sent = directory.resolve("sent");
      SentMark mark = SentMark.read(sent);
      new SyslogSender(
              message(SyslogOptions.parse(options)), mark, next -> next.write(sent), () -> gone)
          .run(LogReader.open(files, mark.rest(), inotify, () -> false));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> receive(int port, int count) throws Exception {
    try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        var client = server.accept();
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
      var all = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        all.add(in.readLine().replaceAll(".*: ", ""));
      }
      assertThat(in.readLine()).isNull();
      return all;
    }
  }

  private static SyslogMessage message(SyslogOptions options) {
    return new SyslogMessage(options, "web", "box", 7, ZoneOffset.UTC);
  }
}
