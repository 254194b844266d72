package swarm.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.bench.NetworkRows.Counts;
import swarm.chaos.bench.NetworkRows.Row;

class NetworkBenchTest {
  @Test
  void wrkTellsItsRateAndWhatWentWrong() throws Exception {
    String said =
        """
          1 threads and 32 connections
          12000 requests in 2.00s, 1.1MB read
          Socket errors: connect 1, read 2, write 0, timeout 4
          Non-2xx or 3xx responses: 10
        Requests/sec:   6000.50
        Transfer/sec:      0.55MB
        """;
    assertThat(Wrk.read(said)).isEqualTo(new Wrk(6000.5, 17));
    assertThat(Wrk.read("Requests/sec: 3\n").note()).isEmpty();
    assertThatThrownBy(() -> Wrk.read("unable to connect")).isInstanceOf(IOException.class);
  }

  @Test
  void iperfTellsWhatArrived() throws Exception {
    assertThat(Iperf.received("{\"end\":{\"sum_received\":{\"bits_per_second\":2.5e9}}}"))
        .isEqualTo(2.5);
    assertThatThrownBy(() -> Iperf.received("{\"error\":\"refused\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void theFarthestSecondIsToldInPercentOfTheMedian() {
    assertThat(ConnectionCounts.farthestPercent(List.of(100L, 110L, 70L, 100L, 105L)))
        .isCloseTo(30, within(1e-9));
    assertThat(ConnectionCounts.farthestPercent(List.of(0L, 0L))).isEqualTo(100);
    assertThat(ConnectionCounts.farthestPercent(List.of())).isEqualTo(100);
  }

  @Test
  void countersStandBelowTheirNames() {
    String text = "Ip: A B\nIp: 7 8\nTcp: RtoMin PassiveOpens\nTcp: 200 42\n";
    assertThat(ConnectionCounts.counter(text, "Tcp", "PassiveOpens", "NotThere")).isEqualTo(42);
    assertThat(ConnectionCounts.counter(text, "Udp", "A")).isZero();
    assertThat(ConnectionCounts.timeWait("sockets: used 9\nTCP: inuse 3 orphan 0 tw 12 alloc 4\n"))
        .isEqualTo(12);
  }

  @Test
  void aRowHasOneFigureForAllTries() {
    List<String> lines = List.of("3.0 (worst of 1 2 3)", "9.0 (worst of 9 0)", "4.0 (worst of 4)");
    assertThat(NetworkRows.figure(Counts.MEDIAN, lines)).isEqualTo(4);
    assertThat(NetworkRows.figure(Counts.WORST, lines)).isEqualTo(9);
    assertThat(NetworkRows.figure(Counts.NINETY_NINTH, lines)).isEqualTo(9);
  }

  @Test
  void whatIsInTheFileIsNotMeasuredAgain(@TempDir Path dir) throws Exception {
    var rows = new NetworkRows(new ResultFile(dir.resolve("network.txt"), 0));
    rows.add(Row.VIRTUAL_LATENCY, 2.25, "40.1 to 37.9 us");
    rows.add(Row.VIRTUAL_LATENCY, 3.5, "");
    assertThat(rows.tries(Row.VIRTUAL_LATENCY)).isEqualTo(2);
    assertThat(rows.tries(Row.OVERLAY)).isZero();
    assertThat(rows.table())
        .contains("| virtual address, added latency p50, us | <= 5 | 3.500 | 2 |")
        .contains("| overlay TCP / raw veth, against Docker's ratio | >= 1.0 | - | 0 |");
  }
}
