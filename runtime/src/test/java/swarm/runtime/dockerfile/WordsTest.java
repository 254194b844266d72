package swarm.runtime.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "A",
          "a",
          "EMPTY",
          "",
          "TWO",
          "x  y",
          "P",
          "/bin:/sbin",
          "n_1",
          "9",
          "E",
          "\uD83D\uDE00x");

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
        "${P#/*:}         | /sbin",
        "${P##*/}         | sbin",
        "${P%:*}          | /bin",
        "${P%%/*}         | ``",
        "${P#none}        | /bin:/sbin",
        "${P/bin/x}       | /x:/sbin",
        "${P//bin/x}      | /x:/sx",
        "${P//\\//_}       | _bin:_sbin",
        "${P/?in/}        | /:/sbin",
        "<<EOF            | <<EOF",
        "${E#?}           | x",
        "${E%x}           | \uD83D\uDE00",
        "${E/?/-}         | -x",
        "${E//?/-}        | --",
        "${E#*}           | \uD83D\uDE00x",
      })
  void asDockerReadsThem(String text, String expected) throws DockerfileException {
    assertThat(Words.whole(text, VARIABLES, '\\')).isEqualTo(expected);
  }

  @Test
  void blanksPartWordsAlsoThoseOfVariablesOutsideOfQuotes() throws DockerfileException {
    assertThat(Words.split(" a 'b c'\t\"$TWO\" $TWO ''", VARIABLES, '\\'))
        .isEqualTo(List.of("a", "b c", "x  y", "x", "y"));
    assertThat(Words.split("$NONE $EMPTY", VARIABLES, '\\')).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'a           | unexpected end of statement while looking for matching single-quote",
        "\"a          | unexpected end of statement while looking for matching double-quote",
        "${A          | syntax error: missing '}'",
        "${           | syntax error: missing '}'",
        "${}          | syntax error: bad substitution",
        "${A:-x       | syntax error: missing '}'",
        "${A:#x}      | unsupported modifier (:#) in substitution",
        "${A!x}       | unsupported modifier (!) in substitution",
        "${A#\\x}      | invalid escape '\\x'",
        "${NONE:?why} | NONE: why",
        "${NONE?}     | NONE: is not allowed to be unset",
        "${EMPTY:?}   | EMPTY: is not allowed to be empty",
      })
  void whatIsNone(String text, String why) {
    assertThatThrownBy(() -> Words.whole(text, VARIABLES, '\\'))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining(why);
  }

  @Test
  void neitherDepthNorLengthIsWithoutBounds() {
    assertThatThrownBy(() -> Words.whole("${N:-".repeat(40) + "}".repeat(40), VARIABLES, '\\'))
        .hasMessageContaining("nested more than 32 times");
    var large = Map.of("L", "x".repeat(100_000));
    assertThatThrownBy(() -> Words.whole("$L$L", large, '\\'))
        .hasMessageContaining("more than 131072 characters");
    assertThatThrownBy(() -> Words.whole("\"$L$L\"", large, '\\'))
        .hasMessageContaining("more than 131072 characters");
    assertThatThrownBy(() -> Words.whole("${L//x/$L}", large, '\\')) // 10 GB, written out
        .hasMessageContaining("more than 131072 characters");
  }

  @Test
  void inAHereDocumentOnlyVariablesMeanAnything() throws DockerfileException {
    assertThat(Words.lines("a '$A' \"${A}\" it's \\$A\n", VARIABLES, '\\'))
        .isEqualTo("a 'a' \"a\" it's \\$A\n");
  }

  @Test
  void aBacktickEscapesWhereItIsAsked() throws DockerfileException {
    assertThat(Words.whole("C:\\x`$A$A", VARIABLES, '`')).isEqualTo("C:\\x$Aa");
  }
}
