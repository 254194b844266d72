package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;

class ServiceLogTextsTest {
  @ParameterizedTest
  @CsvSource({"'',-1", "all,-1", "0,0", "7,7"})
  void howManyLines(String text, int lines) throws Exception {
    assertThat(ServiceLogTexts.tail(text)).isEqualTo(lines);
  }

  @ParameterizedTest
  @CsvSource({
    "abc,tail value must be a positive integer or \"all\"",
    "1.5,tail value must be a positive integer or \"all\"",
    "-1,negative tail values not supported"
  })
  void noNumberOfLines(String text, String why) {
    assertThatThrownBy(() -> ServiceLogTexts.tail(text))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(why);
  }
}
