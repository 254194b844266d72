package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerSpecTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                                     | false",
        "{\"Hostname\":\"{{.Node.Hostname}}\"}                                   | true",
        "{\"Env\":[null,\"A={{.Task.Slot}}\"]}                                   | true",
        "{\"Args\":[\"{{.Task.Slot}}\"],\"Env\":[\"A=b\"],\"Mounts\":[null]}     | false",
        "{\"Mounts\":[{\"Target\":\"/a{{.Task.Slot}}\"}]}                          | true",
        "{\"Mounts\":[{\"VolumeOptions\":{\"Labels\":{\"a\":\"{{.Task.ID}}\"}}}]}  | true",
        "{\"Mounts\":[{\"VolumeOptions\":{\"Labels\":{\"a\":\"b\"}}}]}             | false",
      })
  void templatesAreWhereDockerTakesThem(String json, boolean templated) throws IOException {
    assertThat(Wire.JSON.readValue(json, ContainerSpec.class).templated()).isEqualTo(templated);
  }
}
