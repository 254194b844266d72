package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Docker's clients make of a spec that they read and post back must not look like another.
class MeaningTest {
  private static ServiceSpec spec(String template) throws JsonProcessingException {
    return Wire.JSON.readValue("{\"TaskTemplate\": " + template + "}", ServiceSpec.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {} | {"ForceUpdate": 0}
          {} | {"Resources": {"Limits": {}, "Reservations": {}}, "Placement": {"Constraints": []}}
          {} | {"RestartPolicy": {"Condition": "", "MaxAttempts": 0}}
          {} | {"ContainerSpec": {"Labels": {}, "Env": [], "Args": null, "User": "", "TTY": false}}
          {} | {"ContainerSpec": {"DNSConfig": {}, "Isolation": "", "OomScoreAdj": 0}}
          {"ContainerSpec": {"Mounts": [{"Target": "/a"}]}} | {"ContainerSpec": {"Mounts": [{"Target": "/a", "ReadOnly": false, "Source": "", "VolumeOptions": {}}]}}
          {"ContainerSpec": {"HealthCheck": {"Test": ["NONE"]}}} | {"ContainerSpec": {"Healthcheck": {"Test": ["NONE"], "Retries": 0}}}
          {"Resources": {"Limits": {"NanoCPUs": 5}}} | {"Resources": {"Limits": {"NanoCPUs": 5, "Pids": 0}}}
          """)
  void saysTheSame(String short_, String long_) throws JsonProcessingException {
    for (var pair : new String[][] {{short_, long_}, {long_, short_}}) {
      ServiceSpec before = spec(pair[0]);
      assertThat(spec(pair[1]).wordedAs(before)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {} | {"ForceUpdate": 1}
          {"ForceUpdate": 1} | {"ForceUpdate": 2}
          {} | {"RestartPolicy": {"Delay": 0}}
          {} | {"ContainerSpec": {"StopGracePeriod": 0}}
          {} | {"ContainerSpec": {"Init": false}}
          {} | {"LogDriver": {}}
          {"ContainerSpec": {"Secrets": [{"File": {"Name": "a"}}]}} | {"ContainerSpec": {"Secrets": [{"File": {"Name": "a", "Mode": 0}}]}}
          {} | {"ContainerSpec": {"Labels": {"a": ""}}}
          {"ContainerSpec": {"Labels": {"a": ""}}} | {"ContainerSpec": {"Labels": {"A": ""}}}
          {} | {"ContainerSpec": {"Args": [""]}}
          {"ContainerSpec": {"Env": ["A=1", "B=2"]}} | {"ContainerSpec": {"Env": ["B=2", "A=1"]}}
          {"ContainerSpec": {"Image": "a"}} | {"ContainerSpec": {"Image": "b", "Env": []}}
          """)
  void saysSomethingElse(String before, String after) throws JsonProcessingException {
    for (var pair : new String[][] {{before, after}, {after, before}}) {
      ServiceSpec posted = spec(pair[1]);
      assertThat(posted.wordedAs(spec(pair[0]))).isEqualTo(posted);
    }
  }
}
