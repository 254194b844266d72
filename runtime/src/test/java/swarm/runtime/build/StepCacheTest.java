package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepCacheTest {
  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'Cmd':['a']} | {'Cmd':['a']} | true",
        "{'Cmd':['a']} | {'Cmd':['b']} | false",
        "{'Cmd':['a','b']} | {'Cmd':['b','a']} | false",
        "{'Env':['A=1']} | {'Env':['A=2']} | false",
        "{'Labels':{'a':'1','b':'2'}} | {'Labels':{'b':'2','a':'1'}} | true",
        "{'Volumes':{}} | {} | true",
        "{'Entrypoint':null} | {} | true",
        "{'User':''} | {} | true",
        "{'User':'1'} | {} | false",
        "{'Cmd':['a'],'WorkingDir':'/x'} | {'Cmd':['a'],'WorkingDir':'/y'} | true",
        "{'Cmd':['a'],'OpenStdin':true} | {'Cmd':['a'],'OpenStdin':true} | false",
        "null | {} | false",
      })
  void whatIsOneStep(String one, String other, boolean same) throws IOException {
    assertThat(StepCache.same(json(one), json(other))).isEqualTo(same);
  }
}
