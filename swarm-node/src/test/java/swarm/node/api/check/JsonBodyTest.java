package swarm.node.api.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;

class JsonBodyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Name\": \"\\ud800\"}",
        "{\"Labels\": {\"\\udc00\": \"x\"}}",
        "{\"Args\": [\"a\", \"b\\udfff\"]}",
        "\"\\ud83d\"",
        "{\"Binds\": [\"/tmp\\u0000/etc:/x\"]}",
        "{\"\\u0000\": 1}",
      })
  void halfASurrogatePairAndNulAreRefused(String text) {
    assertThatThrownBy(() -> JsonBody.tree(text.getBytes(UTF_8), "the body"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("surrogate");
  }

  @Test
  void aWholePairIsACharacter() throws Exception {
    byte[] text = "{\"\\ud83d\\ude00\": \"\\ud83d\\ude00\"}".getBytes(UTF_8);
    assertThat(JsonBody.tree(text, "the body").properties().iterator().next().getKey())
        .isEqualTo("\ud83d\ude00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{} {}", "[1,]", "{'a': 1}", "nul"})
  void whatIsNoJsonIsRefused(String text) {
    assertThatThrownBy(() -> JsonBody.tree(text.getBytes(UTF_8), "the body"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("the body");
  }
}
