package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Wire;

class ClusterBirthTest {
  @Test
  void whatTheUserSaysTakesTheDefaultsPlace() throws Exception {
    JsonNode spec =
        ClusterBirth.spec(
            Wire.JSON.readTree(
                """
                {"Name":"","Orchestration":{"TaskHistoryRetentionLimit":3},"Raft":{},"Labels":null,
                 "EncryptionConfig":{"AutoLockManagers":true}}
                """));
    assertThat(spec.at("/Orchestration/TaskHistoryRetentionLimit").asInt()).isEqualTo(3);
    assertThat(spec.at("/EncryptionConfig/AutoLockManagers").asBoolean()).isTrue();
    assertThat(spec.path("Name").asText()).isEqualTo("default");
    assertThat(spec.at("/Raft/SnapshotInterval").asInt()).isEqualTo(10_000);
    assertThat(spec.path("Labels").isObject()).isTrue();
  }
}
