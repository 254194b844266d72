package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class ClusterDefaultsTest {
  private static JsonNode complete(String user) throws Exception {
    return ClusterDefaults.complete(Wire.JSON.readTree(user));
  }

  @Test
  void whatTheUserSaysTakesTheDefaultsPlace() throws Exception {
    JsonNode spec =
        complete(
            """
            {"Name":"","Orchestration":{"TaskHistoryRetentionLimit":3},"Raft":{},"Labels":null,
             "EncryptionConfig":{"AutoLockManagers":true}}
            """);
    assertThat(spec.at("/Orchestration/TaskHistoryRetentionLimit").asInt()).isEqualTo(3);
    assertThat(spec.at("/EncryptionConfig/AutoLockManagers").asBoolean()).isTrue();
    assertThat(spec.path("Name").asText()).isEqualTo("default");
    assertThat(spec.at("/Raft/SnapshotInterval").asInt()).isEqualTo(10_000);
    assertThat(spec.path("Labels").isObject()).isTrue();
  }

  @Test
  void zeroIsNoValueWhereItMakesNoSense() throws Exception {
    JsonNode spec =
        complete(
            """
            {"Raft":{"SnapshotInterval":0,"KeepOldSnapshots":null,"LogEntriesForSlowFollowers":0},
             "Dispatcher":{"HeartbeatPeriod":0},"CAConfig":{"NodeCertExpiry":0}}
            """);
    assertThat(spec).isEqualTo(complete("null"));
    assertThat(
            complete("{\"Orchestration\":{\"TaskHistoryRetentionLimit\":0}}")
                .at("/Orchestration/TaskHistoryRetentionLimit")
                .asInt())
        .isZero();
  }

  /// A tick of a second, as Docker's has it, is not ours.
  @Test
  void ticksAreShownAsTheyAre() throws Exception {
    JsonNode raft = complete("{\"Raft\":{\"ElectionTick\":10,\"HeartbeatTick\":0}}").path("Raft");
    assertThat(raft.path("ElectionTick").asInt()).isEqualTo(4);
    assertThat(raft.path("HeartbeatTick").asInt()).isEqualTo(1);
  }
}
