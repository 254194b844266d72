package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PsOutputTest {
  private static ProcessTable parsed(String output) throws Exception {
    return PsOutput.parse(new BufferedReader(new StringReader(output)), Set.of(10));
  }

  /// 100,000 processes with long names; but for the bound they would be 400 MB in memory.
  @Test
  void aTableHasABound() {
    var endless =
        new Reader() {
          private final String line = "10 " + "x".repeat(4092) + "\n";
          private int lines;
          private String left = "PID CMD\n";

          @Override
          public int read(char[] target, int offset, int length) {
            if (left.isEmpty()) {
              lines++;
              left = lines > 100_000 ? "" : line;
            }
            int n = Math.min(length, left.length());
            left.getChars(0, n, target, offset);
            left = left.substring(n);
            return n == 0 ? -1 : n;
          }

          @Override
          public void close() {}
        };
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> PsOutput.parse(new BufferedReader(endless), Set.of(10)))
        .withMessageContaining("the limit of 33554432 bytes")
        .withMessageContaining("-o pid,comm");
    assertThat(endless.lines).isLessThan(10_000);
  }

  @Test
  void rowsOfTheContainersProcesses() throws Exception {
    String output =
        """
        UID          PID    PPID  C STIME TTY          TIME CMD
        root          10       1  0 10:00 ?        00:00:01 sh -c  a   b
        root         100       1  0 10:00 ?        00:00:00 other
        """;

    ProcessTable table = parsed(output);

    assertThat(table.titles())
        .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
    assertThat(table.rows())
        .containsExactly(List.of("root", "10", "1", "0", "10:00", "?", "00:00:01", "sh -c a b"));
  }

  @Test
  void threadsStandBelowTheirProcess() throws Exception {
    String output = "PID SPID CMD\n10 - sh\n- 10 -\n- 11 -\n20 - other\n- 20 -\n";

    assertThat(parsed(output).rows())
        .containsExactly(
            List.of("10", "-", "sh"), List.of("-", "10", "-"), List.of("-", "11", "-"));
  }

  @Test
  void withoutNumbersOfProcessesThereIsNoList() {
    for (String output : List.of("", "CMD\nsh\n", "PID CMD\nx sh\n")) {
      assertThatExceptionOfType(EngineException.class).isThrownBy(() -> parsed(output));
    }
  }

  @Test
  void anotherColumnMustNotLookLikeTheNumbers() throws Exception {
    PsOutput.check("-ef");
    PsOutput.check("-o pid=PID");
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> PsOutput.check("-o ppid=PID"))
        .withMessage("specifying \"ppid=PID\" is not allowed");
  }
}
