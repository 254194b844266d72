package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "a$TAG           | a3",
        "$TAG-alpine     | 3-alpine",
        "${TAG}b         | 3b",
        "$$TAG           | $TAG",
        "${NONE}x        | x",
        "${NONE:-b}      | b",
        "${EMPTY:-b}     | b",
        "x${EMPTY-b}     | x",
        "${NONE-b}       | b",
        "${TAG:-b}       | 3",
        "${TAG:+b}       | b",
        "x${EMPTY:+b}    | x",
        "${EMPTY+b}      | b",
        "x${NONE+b}      | x",
        "${TAG:?why}     | 3",
        "x${EMPTY?why}   | x",
        "${NONE:-${TAG}} | 3",
        "${NONE:-${NO-c}}d | cd",
        "${TAG:-${NONE:?unused}} | 3",
        "${NONE:-a:b-c}  | a:b-c",
      })
  void variables(String text, String outcome) throws Exception {
    assertThat(Template.expand(text, Files.ENVIRONMENT)).isEqualTo(outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$", "a$", "${", "${}", "${A", "$1", "${A!b}", "${A:-b", "${A:}", "$ A"})
  void dollars_that_begin_nothing(String text) {
    assertThatThrownBy(() -> Template.expand(text, Files.ENVIRONMENT))
        .isInstanceOf(Template.InvalidTemplateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "${NONE:?no tag}, required variable NONE is missing a value: no tag",
    "${EMPTY:?no tag}, required variable EMPTY is missing a value: no tag",
    "${NONE?no $TAG}, required variable NONE is missing a value: no 3",
  })
  void variables_that_must_be_there(String text, String message) {
    assertThatThrownBy(() -> Template.expand(text, Files.ENVIRONMENT)).hasMessage(message);
  }
}
