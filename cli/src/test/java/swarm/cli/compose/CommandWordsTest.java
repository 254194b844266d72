package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {
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
  void words(String text, String words) {
    assertThat(CommandWords.split(text)).contains(List.of(words.replace("``", "").split(",", -1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a", "'a", "a\\"})
  void what_does_not_end(String text) {
    assertThat(CommandWords.split(text)).isEmpty();
  }
}
