package swarm.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  @Test
  void numbersAreWrittenAsPrometheusReadsThem() {
    var text =
        new PrometheusText()
            .gauge("a", "Of a.", 3)
            .counter("b_total", "Of b.", 12)
            .gauges("c", "Of c.", "kind", new TreeMap<>(Map.of("x", 1, "y\"\\\n", 2)));
    assertThat(text)
        .hasToString(
            """
            # HELP a Of a.
            # TYPE a gauge
            a 3
            # HELP b_total Of b.
            # TYPE b_total counter
            b_total 12
            # HELP c Of c.
            # TYPE c gauge
            c{kind="x"} 1
            c{kind="y\\"\\\\\\n"} 2
            """);
  }

  @Test
  void bucketsAddUp() {
    var histogram = new Histogram();
    for (long millis : new long[] {0, 1, 1, 3, 10_000}) {
      histogram.observe(millis * 1_000_000);
    }
    String text = new PrometheusText().histogram("h", "Of h.", histogram).toString();
    assertThat(text)
        .contains("# TYPE h histogram\n")
        .contains("h_bucket{le=\"5.0E-4\"} 1\n")
        .contains("h_bucket{le=\"0.001\"} 3\n")
        .contains("h_bucket{le=\"0.004\"} 4\n")
        .contains("h_bucket{le=\"4.096\"} 4\n")
        .contains("h_bucket{le=\"+Inf\"} 5\n")
        .contains("h_sum 10.005\n")
        .contains("h_count 5\n");
  }
}
