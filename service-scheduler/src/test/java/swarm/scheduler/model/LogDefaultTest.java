package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// As swarmkit's NewTask chooses it.
class LogDefaultTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'TaskDefaults':{'LogDriver':{'Name':'local'}}} | {} | {'Name':'local'}",
        "{'TaskDefaults':{'LogDriver':{'Name':'local'}}} | {'LogDriver':null} | {'Name':'local'}",
        "{'TaskDefaults':{'LogDriver':{'Name':'local'}}} | {'LogDriver':{'Name':'none'}} | {'Name':'none'}",
        "{'TaskDefaults':{'LogDriver':{'Name':'local'}}} | {'LogDriver':{}} | {}",
        "{'TaskDefaults':{}} | {'LogDriver':{'Name':'none'}} | {'Name':'none'}",
        "{'TaskDefaults':{'LogDriver':{}}} | {} | ``",
        "{} | {} | ``",
      })
  void itIsOfTasksThatNameNone(String cluster, String task, String driver) throws Exception {
    TaskSpec spec = Wire.JSON.readValue(task.replace('\'', '"'), TaskSpec.class);
    assertThat(LogDefault.of(spec, Wire.JSON.readTree(cluster.replace('\'', '"'))).logDriver())
        .hasToString(driver.replace('\'', '"'));
  }
}
