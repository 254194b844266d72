package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileWordsTest {
  private static final Map<String, String> VARIABLES =
      Map.of("A", "a", "EMPTY", "", "TWO", "x  y", "P", "/bin:/sbin", "n_1", "9");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain            | plain",
        "$A               | a",
        "${A}b            | ab",
        "$Ab              | ``",
        "$n_1.            | 9.",
        "/x:$P            | /x:/bin:/sbin",
        "'$A'             | $A",
        "\"$A\"           | a",
        "\\$A             | $A",
        "\"\\$A\"          | $A",
        "\"a\\b\"          | a\\b",
        "a\\ b            | a b",
        "$TWO             | x  y",
        "${NONE:-d}       | d",
        "${EMPTY:-d}      | d",
        "${EMPTY-d}       | ``",
        "${A:-d}          | a",
        "${A:+d}          | d",
        "${EMPTY:+d}      | ``",
        "${EMPTY+d}       | d",
        "${NONE:-${A}}    | a",
        "${NONE:-\"x}\"}   | x}",
        "${A:?why}        | a",
        "$                | $",
        "a$ b             | a$ b",
        "$1               | ``",
      })
  void asDockerReadsThem(String text, String expected) throws ImageException {
    assertThat(DockerfileWords.whole(text, VARIABLES)).isEqualTo(expected);
  }

  @Test
  void blanksPartWordsAlsoThoseOfVariablesOutsideOfQuotes() throws ImageException {
    assertThat(DockerfileWords.split(" a 'b c'\t\"$TWO\" $TWO ''", VARIABLES))
        .isEqualTo(List.of("a", "b c", "x  y", "x", "y", ""));
    assertThat(DockerfileWords.split("$NONE $EMPTY", VARIABLES)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'a           | a single quote has no end",
        "\"a          | a double quote has no end",
        "${A          | '${' needs a name and '}'",
        "${           | '${' needs a name and '}'",
        "${A:-x       | '}' is missing",
        "${A#x}       | unsupported modifier (#) in substitution",
        "${NONE:?why} | NONE: why",
      })
  void whatIsNone(String text, String why) {
    assertThatThrownBy(() -> DockerfileWords.whole(text, VARIABLES))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(why);
  }

  @Test
  void neitherDepthNorLengthIsWithoutBounds() {
    assertThatThrownBy(() -> DockerfileWords.whole("${N:-".repeat(40) + "}".repeat(40), VARIABLES))
        .hasMessageContaining("nested more than 32 times");
    var large = Map.of("L", "x".repeat(100_000));
    assertThatThrownBy(() -> DockerfileWords.whole("$L$L", large))
        .hasMessageContaining("more than 131072 characters");
    assertThatThrownBy(() -> DockerfileWords.whole("\"$L$L\"", large))
        .hasMessageContaining("more than 131072 characters");
  }
}
