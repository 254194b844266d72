package swarm.node.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "ctrl-a|1",
        "ctrl-z|26",
        "ctrl-@|0",
        "ctrl-[|27",
        "ctrl-\\|28",
        "ctrl-]|29",
        "ctrl-^|30",
        "ctrl-_|31",
        "DEL|127",
        "a|97",
        "ctrl-p,ctrl-q|16 17",
        "ctrl-x,x, |24 120 32",
      })
  void keysAsDockerNamesThem(String text, String codes) {
    byte[] keys = DetachKeys.parse(text).orElseThrow().bytes();

    var seen = new StringBuilder();
    for (byte key : keys) {
      seen.append(seen.isEmpty() ? "" : " ").append(key);
    }
    assertThat(seen).hasToString(codes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-A", "ctrl-", "ctrl-pq", "del", "abc", "a,", ",", "é", "ctrl-1"})
  void otherKeysAreNone(String text) {
    assertThat(DetachKeys.parse(text)).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what comes in pieces | what passes | whether the keys were there
        "abc              | abc    | false",
        "ab^Pc            | ab^Pc  | false",
        "ab^P^Qcd         | ab     | true",
        "ab^P / ^Qcd      | ab     | true",
        "ab^P / cd        | ab^Pcd | false",
        "^P^P^Q           | ^P^P^Q | false",
        "^Q^P / ^Q        | ^Q     | true",
        "ab^P             | ab     | false",
      })
  void theyAreFoundWhereverTheyStand(String pieces, String passed, boolean found) {
    DetachKeys.Search search = DetachKeys.DEFAULT.search();
    var through = new StringBuilder();
    for (String piece : control(pieces).split(" / ")) {
      byte[] bytes = piece.getBytes(ISO_8859_1);
      through.append(new String(search.pass(bytes, bytes.length), ISO_8859_1));
    }

    assertThat(through).hasToString(control(passed));
    assertThat(search.found()).isEqualTo(found);
  }

  private static String control(String text) {
    return text.replace("^P", "\u0010").replace("^Q", "\u0011");
  }

  @Test
  void withoutAWordTheyAreDockers() {
    assertThat(DetachKeys.parse("").orElseThrow().bytes()).containsExactly(16, 17);
  }
}
