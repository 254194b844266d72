package swarm.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// As Go 1.24's `json.Unmarshal` reads them.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"a\"                     | a",
        "\"\\ud800\"               | \uFFFD",
        "\"\\udc00x\"              | \uFFFDx",
        "\"\\uD83D\\uDE00\"        | \uD83D\uDE00",
        "\"\\ud83d\\ud83d\\ude00\" | \uFFFD\uD83D\uDE00",
        "\"\\\\ud800\"             | \\ud800",
        "\"\\\\\\ud800\"           | \\\uFFFD",
        "\"\\ud800\\n\"            | `\uFFFD\n`",
        "\"\\u0041\"               | A",
        "\"\\\\ud\"                | \\ud",
      })
  void readsAsGo(String json, String expected) throws IOException {
    assertThat(JSON.readTree(JsonTexts.wellFormed(json)).textValue()).isEqualTo(expected);
  }

  @Test
  void bytesNeedNotBeText() throws IOException {
    byte[] surrogate = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
    byte[] latin = {'"', 'a', (byte) 0xff, '"'};
    assertThat(JSON.readTree(JsonTexts.decode(surrogate)).textValue()).containsOnlyOnce("\uFFFD");
    assertThat(JSON.readTree(JsonTexts.decode(latin)).textValue()).isEqualTo("a\uFFFD");
  }

  /// Whatever was read can be written, and is the same when it is read again.
  @Property
  void whatWasReadCanBeWritten(
      @ForAll @StringLength(max = 12) @Chars({'\\', 'u', 'd', 'D', '8', 'c', '0', 'x', '"'})
          String inner)
      throws IOException {
    JsonNode read;
    try {
      read = JSON.readTree(JsonTexts.wellFormed("[\"" + inner + "\"]"));
    } catch (IOException _) {
      return; // no JSON with or without it
    }
    byte[] written = JSON.writeValueAsBytes(read);
    assertThat(JSON.readTree(written)).isEqualTo(read);
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(read.path(0).textValue())).isTrue();
  }
}
