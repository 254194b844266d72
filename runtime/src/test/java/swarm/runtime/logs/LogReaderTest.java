package swarm.runtime.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.stdio.StdStream;

class LogReaderTest {
  private static final String T = "2024-05-06T07:08:0";

  @TempDir Path directory;
  private Path log;
  private Readiness readiness;
  private Inotify inotify;

  @BeforeEach
  void open() throws IOException {
    log = directory.resolve("container.log");
    readiness = Readiness.open();
    inotify = Inotify.open(readiness);
  }

  @AfterEach
  void close() {
    inotify.close();
    readiness.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "2024-05-06T07:08:09.123456789+02:00 stdout F hello world | 2024-05-06T05:08:09.123456789Z STDOUT false hello world",
        "2024-05-06T07:08:09+00:00 stderr P x | 2024-05-06T07:08:09Z STDERR true x",
        "nonsense | none",
        "2024-05-06T07:08:09+00:00 stdout | none",
        "2024-05-06T07:08:09+00:00 stdout X y | none",
        "yesterday stdout F y | none",
        "2024-05-06T07:08:09+00:00 stdin F y | none",
      })
  void parsesALine(String line, String expected) {
    byte[] bytes = line.getBytes(UTF_8);
    String parsed =
        LogLine.parse(bytes, 0, bytes.length)
            .map(
                l ->
                    l.timestamp()
                        + " "
                        + l.stream()
                        + " "
                        + l.partial()
                        + " "
                        + new String(l.text(), UTF_8))
            .orElse("none");
    assertThat(parsed).isEqualTo(expected);
  }

  @Test
  void anEmptyLineIsALine() {
    byte[] bytes = "2024-05-06T07:08:09+00:00 stdout F ".getBytes(UTF_8);
    assertThat(LogLine.parse(bytes, 0, bytes.length).orElseThrow().text()).isEmpty();
  }

  @Test
  void joinsPartsOfEachStream() throws Exception {
    write("1Z stdout P ab\n", "2Z stderr P x\n", "3Z stdout F c\n", "4Z stderr F y\n");

    assertThat(read(LogQuery.ALL)).containsExactly("1 STDOUT abc\n", "2 STDERR xy\n");
  }

  @Test
  void givesAnUnfinishedLineAtTheEnd() throws Exception {
    write("1Z stdout P prompt> \n");

    assertThat(read(LogQuery.ALL)).containsExactly("1 STDOUT prompt> ");
  }

  @Test
  void filtersByStreamAndTime() throws Exception {
    write("1Z stdout F a\n", "2Z stderr F b\n", "3Z stdout F c\n", "4Z stdout F d\n");

    assertThat(read(query(Optional.of(at(2)), Optional.of(at(4)), OptionalInt.empty(), true)))
        .containsExactly("3 STDOUT c\n");
  }

  @Test
  void tailCountsWholeLines() throws Exception {
    write("1Z stdout F a\n", "2Z stdout P b\n", "3Z stdout F b\n", "4Z stdout F c\n");

    assertThat(read(tail(2))).containsExactly("2 STDOUT bb\n", "4 STDOUT c\n");
    assertThat(read(tail(1))).containsExactly("4 STDOUT c\n");
    assertThat(read(tail(0))).isEmpty();
    assertThat(read(tail(9))).hasSize(3);
  }

  @Test
  void tailCountsALastLineWithoutItsEnd() throws Exception {
    write("1Z stdout F a\n", "2Z stderr F x\n", "3Z stdout P b\n", "4Z stdout P c\n");

    assertThat(read(tail(1))).containsExactly("3 STDOUT bc");
    assertThat(read(tail(2))).containsExactly("1 STDOUT a\n", "3 STDOUT bc");
  }

  @Test
  void tailOfALongLogIsItsEnd() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      lines.add("1Z stdout F line " + i + "\n");
    }
    write(lines.toArray(String[]::new));

    assertThat(read(tail(3)))
        .containsExactly("1 STDOUT line 19997\n", "1 STDOUT line 19998\n", "1 STDOUT line 19999\n");
  }

  @Test
  void readsTheRotatedFileFirst() throws Exception {
    Files.writeString(directory.resolve("container.log.1"), T + "1Z stdout F old\n");
    write("2Z stdout F new\n");

    assertThat(read(LogQuery.ALL)).containsExactly("1 STDOUT old\n", "2 STDOUT new\n");
  }

  @Test
  void followsThroughAppendingAndRotation() throws Exception {
    var grows = new AtomicBoolean(true);
    write("1Z stdout F a\n");
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    LogReader reader = LogReader.open(files(), LogQuery.FOLLOW, inotify, grows::get);
    Thread following =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (reader) {
                    for (var e = reader.next(); e.isPresent(); e = reader.next()) {
                      seen.add(show(e.get()));
                    }
                    seen.add("end");
                  } catch (IOException | InterruptedException e) {
                    seen.add(e.toString());
                  }
                });

    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("1 STDOUT a\n");
    write("2Z stdout F b\n");
    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("2 STDOUT b\n");
    Files.move(log, directory.resolve("container.log.1"));
    Files.writeString(
        directory.resolve("container.log.1"), T + "3Z stdout F c\n", StandardOpenOption.APPEND);
    write("4Z stdout F d\n");
    reader.wake();
    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("3 STDOUT c\n");
    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("4 STDOUT d\n");
    grows.set(false);
    reader.wake();
    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("end");
    following.join();
  }

  @Test
  void closingEndsAWait() throws Exception {
    write("1Z stdout F a\n");
    LogReader reader = LogReader.open(files(), LogQuery.FOLLOW, inotify, () -> true);
    var _ = reader.next();
    Thread.ofVirtual().start(reader::close);

    assertThat(reader.next()).isEmpty();
  }

  @Test
  void readsRotatedFilesInOrder() throws Exception {
    write("1Z stdout F a\n", "2Z stdout F b\n");
    rotate();
    write("3Z stdout F c\n");
    rotate();
    write("4Z stdout F d\n");
    files().replace(1, files().compress(1).orElseThrow());

    assertThat(directory.resolve("container.log.1.gz")).exists();
    assertThat(directory.resolve("container.log.1")).doesNotExist();
    assertThat(read(LogQuery.ALL))
        .containsExactly("1 STDOUT a\n", "2 STDOUT b\n", "3 STDOUT c\n", "4 STDOUT d\n");
    assertThat(read(tail(2))).containsExactly("3 STDOUT c\n", "4 STDOUT d\n");
    assertThat(read(tail(3))).containsExactly("2 STDOUT b\n", "3 STDOUT c\n", "4 STDOUT d\n");
    assertThat(read(tail(9))).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 3 4", "3, 2 3 4", "9, 1 2 3 4"})
  void prunesTheOldest(int files, String left) throws Exception {
    for (int i = 1; i <= 3; i++) {
      write(i + "Z stdout F " + i + "\n");
      rotate();
    }
    write("4Z stdout F 4\n");
    files().prune(new LogLimits(1_000, files, false));

    assertThat(read(LogQuery.ALL))
        .extracting(e -> e.substring(0, 1))
        .containsExactly(left.split(" "));
    rotate();
    assertThat(directory.resolve("container.log.4")).exists();
  }

  @Test
  void filesThatAreTooLargeLeaveRoomForNoOthers() throws Exception {
    for (int i = 1; i <= 3; i++) {
      write(i + "Z stdout F a\n", i + "Z stdout F b\n");
      rotate();
    }
    write("4Z stdout F c\n");
    int line = (T + "1Z stdout F a\n").length();
    files().prune(new LogLimits(line, 3, false)); // room for four lines, a few bytes more each

    assertThat(read(LogQuery.ALL))
        .containsExactly(
            "2 STDOUT a\n", "2 STDOUT b\n", "3 STDOUT a\n", "3 STDOUT b\n", "4 STDOUT c\n");
    files().prune(new LogLimits(line - 5, 3, false));
    assertThat(read(LogQuery.ALL))
        .containsExactly("2 STDOUT b\n", "3 STDOUT a\n", "3 STDOUT b\n", "4 STDOUT c\n");
  }

  @Test
  void followsThroughManyRotationsWhileNobodyReads() throws Exception {
    write("1Z stdout F a\n");
    LogReader reader = LogReader.open(files(), LogQuery.FOLLOW, inotify, () -> true);
    assertThat(show(reader.next().orElseThrow())).isEqualTo("1 STDOUT a\n");
    for (String line : List.of("b", "c", "d")) {
      rotate();
      write("2Z stdout F " + line + "\n");
    }
    files().replace(2, files().compress(2).orElseThrow());

    for (String line : List.of("b", "c", "d")) {
      assertThat(show(reader.next().orElseThrow())).isEqualTo("2 STDOUT " + line + "\n");
    }
    reader.close();
  }

  private LogFiles files() {
    return new LogFiles(log, directory);
  }

  private void rotate() throws IOException {
    files().rotate();
  }

  private void write(String... lines) throws IOException {
    var text = new StringBuilder();
    for (String line : lines) {
      text.append(T).append(line);
    }
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> read(LogQuery query) throws Exception {
    List<String> entries = new ArrayList<>();
    try (var reader = LogReader.open(files(), query, inotify, () -> false)) {
      for (var e = reader.next(); e.isPresent(); e = reader.next()) {
        entries.add(show(e.get()));
      }
    }
    return entries;
  }

  private static String show(LogEntry entry) {
    StdStream stream = entry.stream();
    long second = entry.timestamp().getEpochSecond() % 10;
    return second + " " + stream + " " + new String(entry.bytes(), UTF_8);
  }

  private static Instant at(int second) {
    return Instant.parse(T + second + "Z");
  }

  private static LogQuery tail(int count) {
    return query(Optional.empty(), Optional.empty(), OptionalInt.of(count), true);
  }

  private static LogQuery query(
      Optional<Instant> since, Optional<Instant> until, OptionalInt tail, boolean stdout) {
    return new LogQuery(false, since, until, tail, stdout, false);
  }
}
