package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.cli.client.Json;

class SpecDiffTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"A\":1} | {\"A\":1.0} | []",
        "{\"A\":{\"B\":\"x\"}} | {\"A\":{\"B\":\"y\"}} | [A.B: \"x\" -> \"y\"]",
        "{} | {\"A\":[1]} | [A: (none) -> [1]]",
        "{\"A\":{\"B\":1}} | {} | [A: {\"B\":1} -> (none)]",
        "{\"A\":[],\"B\":{},\"C\":\"\",\"D\":0,\"E\":false,\"F\":null} | {} | []",
        "{\"Mode\":{\"Replicated\":{}}} | {\"Mode\":{\"Replicated\":{\"Replicas\":1}}} | []",
        "{\"Mode\":{\"Replicated\":{\"Replicas\":0}}} | {\"Mode\":{\"Replicated\":{\"Replicas\":1}}} | [Mode.Replicated.Replicas: 0 -> 1]",
        "{\"Mode\":{\"Replicated\":{}}} | {\"Mode\":{\"Global\":{}}} | [Mode.Global: (none) -> {}, Mode.Replicated: {\"Replicas\":1} -> (none)]",
        "{\"Mode\":{\"ReplicatedJob\":{}}} | {\"Mode\":{\"ReplicatedJob\":{\"MaxConcurrent\":1,\"TotalCompletions\":1}}} | []",
        "{\"S\":[{\"SecretID\":\"1\",\"SecretName\":\"a\"}]} | {\"S\":[{\"SecretName\":\"a\"}]} | []",
        "{\"A\":[1,2]} | {\"A\":[2,1]} | [A: [1,2] -> [2,1]]",
      })
  void fields(String before, String after, String changes) throws Exception {
    assertThat(SpecDiff.between(Json.parse(before), Json.parse(after))).hasToString(changes);
  }
}
