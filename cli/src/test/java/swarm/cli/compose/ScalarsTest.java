package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarsTest {
  /// What Docker's command makes of them, as the value of a variable.
  @ParameterizedTest
  @CsvSource({
    "1, NUMBER, 1",
    "1.10, NUMBER, 1.1",
    "0777, NUMBER, 511",
    "0o17, NUMBER, 15",
    "08, NUMBER, 8",
    "0x1F, NUMBER, 31",
    "0b101, NUMBER, 5",
    "1_000, NUMBER, 1000",
    "1e30, NUMBER, 1e+30",
    "1e20, NUMBER, 100000000000000000000",
    "0.00001, NUMBER, 1e-05",
    "18446744073709551615, NUMBER, 18446744073709551615",
    "-1, NUMBER, -1",
    "1:30, STRING, 1:30",
    "yes, STRING, yes",
    "2020-01-01, STRING, 2020-01-01",
    "1.2.3, STRING, 1.2.3",
    "-, STRING, -",
    "., STRING, .",
    "true, BOOLEAN, true",
    "~, NULL, null",
    ".inf, NUMBER, +Inf",
  })
  void words(String word, String type, String text) {
    assertThat(Scalars.resolve(word).getNodeType()).hasToString(type);
    assertThat(Scalars.text(Scalars.resolve(word))).isEqualTo(text);
  }
}
