package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import swarm.node.api.error.ApiException;

/// Checks the `SwarmSpec` of an init or an update before it is proposed: a setting that nothing
/// heeds yet is refused by name, unless it says what is done anyway. Pure.
public final class ClusterSpecValidator {
  private static final int MAX_HISTORY = 1_000;

  /// A number that is as it is: Docker's commands always send it.
  private record Fixed(String group, String name, long value, String what) {}

  private static final List<Fixed> FIXED =
      List.of(
          new Fixed(
              "Dispatcher", "HeartbeatPeriod", 5_000_000_000L, "choosing the heartbeats' period"),
          new Fixed("Raft", "SnapshotInterval", 10_000, "choosing when snapshots are taken"),
          new Fixed("Raft", "KeepOldSnapshots", 0, "keeping old snapshots"),
          new Fixed(
              "Raft", "LogEntriesForSlowFollowers", 500, "choosing what slow followers are kept"),
          new Fixed("Raft", "ElectionTick", 10, "choosing the election's ticks"),
          new Fixed("Raft", "HeartbeatTick", 1, "choosing the heartbeat's ticks"));

  private ClusterSpecValidator() {}

  /// @throws ApiException 400 for what is wrong, 501 for what nothing heeds yet
  public static void check(JsonNode spec) throws ApiException {
    for (Fixed fixed : FIXED) {
      check(spec.path(fixed.group()).path(fixed.name()), fixed);
    }
    SettingLabels.checkCluster(spec.path("Labels"));
    CaConfigValidator.check(spec.path("CAConfig"));
    if (JsonValues.says(spec.path("TaskDefaults").path("LogDriver"))) {
      throw ApiException.unimplemented("a log driver for all tasks");
    }
    long limit = spec.path("Orchestration").path("TaskHistoryRetentionLimit").asLong(5);
    if (limit < 0 || limit > MAX_HISTORY) {
      throw ApiException.bad(
          "TaskHistoryRetentionLimit must be from 0 to " + MAX_HISTORY + ", not " + limit);
    }
  }

  private static void check(JsonNode value, Fixed fixed) throws ApiException {
    if (value.isMissingNode() || value.isNull()) {
      return;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
      throw ApiException.bad(
          fixed.group() + "." + fixed.name() + " must be a whole number from 0, not " + value);
    }
    long given = value.asLong();
    if (given == 0 || given == fixed.value()) {
      return;
    }
    throw ApiException.unimplemented(fixed.what());
  }
}
