package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShellWordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a b  c        | a,b,c",
        "a \"b c\"     | a,b c",
        "a 'b \"c'     | a,b \"c",
        "a \"b\\n\"    | a,bn",
        "a\\ b         | a b",
        "a # b         | a",
        "a#b           | a#b",
        "a ''          | a,``",
      })
  void words(String text, String words) throws InvalidValueException {
    assertThat(ShellWords.split(text)).containsExactly(words.replace("``", "").split(",", -1));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "\"a, EOF found when expecting closing quote",
        "'a, EOF found when expecting closing quote",
        "a\\, EOF found after escape character",
      })
  void what_does_not_end(String text, String why) {
    assertThatThrownBy(() -> ShellWords.split(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(why);
  }
}
