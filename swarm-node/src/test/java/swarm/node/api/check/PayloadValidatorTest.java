package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;

/// What a secret or config may be, in swarmkit's words.
class PayloadValidatorTest {
  private static PayloadSpec checked(PayloadKind kind, String json) throws ApiException {
    byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    PayloadSpec spec = PayloadValidator.read(JsonBody.tree(text, "the body"));
    PayloadValidator.check(kind, spec);
    return spec;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{'Data':'eA=='}                           | 400 | name must be provided",
        "{'Name':'a b','Data':'eA=='}              | 400 | invalid name, only 64 [a-zA-Z0-9-_.] characters",
        "{'Name':'.a','Data':'eA=='}               | 400 | start and end character must be [a-zA-Z0-9]",
        "{'Name':'a'}                              | 400 | secret data must be larger than 0 and less than 512000 bytes",
        "{'Name':'a','Data':''}                    | 400 | secret data must be larger than 0",
        "{'Name':'a','Data':'hidden!'}             | 400 | Data must be a string in Base64",
        "{'Name':'a','Data':[1]}                   | 400 | Data must be a string in Base64",
        "{'Name':'a','Data':'eA==','Labels':{'a':1}} | 400 | Labels must be an object of strings",
        "{'Name':'a','Data':'eA==','Labels':{'a':null}} | 400 | Labels must not hold null",
        "{'Name':'a','Driver':{'Name':'vault'}}    | 501 | a driver (plugin) of a secret",
        "{'Name':'a','Data':'eA==','Templating':{'Name':'jinja'}} | 400 | unrecognized template type",
        "{'Name':'a','Data':'eA==','Templating':{'Name':'golang','Options':{'a':'b'}}} | 501 | Options",
        "{'Name':'a','Data':'e3sgfX0=','Templating':{'Name':'golang'}} | 400 | missing value for command",
      })
  void badOnes(String json, int status, String message) {
    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> checked(PayloadKind.SECRET, json));

    assertThat(refused).as(json).isNotNull();
    assertThat(refused.status()).as(refused.getMessage()).isEqualTo(status);
    assertThat(refused).hasMessageContaining(message);
    assertThat(refused.getMessage()).doesNotContain("hidden");
  }

  @Test
  void theLimitsAreSwarmkits() {
    for (PayloadKind kind : PayloadKind.values()) {
      int limit = kind == PayloadKind.SECRET ? 500 * 1024 : 1000 * 1024;
      assertThatCode(() -> checked(kind, sized(limit - 1))).doesNotThrowAnyException();
      assertThat(catchThrowableOfType(ApiException.class, () -> checked(kind, sized(limit))))
          .hasMessageContaining("less than " + limit + " bytes");
    }
  }

  private static String sized(int bytes) {
    String data = Base64.getEncoder().encodeToString(new byte[bytes]);
    return "{'Name':'" + "n".repeat(64) + "','Data':'" + data + "'}";
  }

  @Test
  void whatNobodyKnowsIsKept() throws ApiException {
    PayloadSpec spec =
        checked(PayloadKind.CONFIG, "{'Name':'a.b-c_d','Data':'eA==','Driver':null,'Future':1}");

    assertThat(spec.other()).containsKey("Future");
    assertThat(spec.dataOrEmpty()).containsExactly('x');
  }
}
