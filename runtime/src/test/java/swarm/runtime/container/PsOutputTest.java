package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PsOutputTest {
  @Test
  void rowsOfTheContainersProcesses() throws Exception {
    String output =
        """
        UID          PID    PPID  C STIME TTY          TIME CMD
        root          10       1  0 10:00 ?        00:00:01 sh -c  a   b
        root         100       1  0 10:00 ?        00:00:00 other
        """;

    ProcessTable table = PsOutput.parse(output, Set.of(10));

    assertThat(table.titles())
        .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
    assertThat(table.rows())
        .containsExactly(List.of("root", "10", "1", "0", "10:00", "?", "00:00:01", "sh -c a b"));
  }

  @Test
  void threadsStandBelowTheirProcess() throws Exception {
    String output = "PID SPID CMD\n10 - sh\n- 10 -\n- 11 -\n20 - other\n- 20 -\n";

    assertThat(PsOutput.parse(output, Set.of(10)).rows())
        .containsExactly(
            List.of("10", "-", "sh"), List.of("-", "10", "-"), List.of("-", "11", "-"));
  }

  @Test
  void withoutNumbersOfProcessesThereIsNoList() {
    for (String output : List.of("", "CMD\nsh\n", "PID CMD\nx sh\n")) {
      assertThatExceptionOfType(EngineException.class)
          .isThrownBy(() -> PsOutput.parse(output, Set.of(10)));
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
