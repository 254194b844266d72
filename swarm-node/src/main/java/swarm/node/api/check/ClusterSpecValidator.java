package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ClusterDefaults;

/// Checks the `SwarmSpec` of an init or an update before it is proposed: a setting that nothing
/// heeds yet is refused by name, unless it says what is done anyway. Pure.
public final class ClusterSpecValidator {
  private static final long MOST_ENTRIES = 1_000_000;
  private static final Duration LEAST_HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration MOST_HEARTBEAT = Duration.ofHours(24);

  /// A number that may be chosen; 0 stands for the default where it is below `least`.
  private record Ranged(String group, String name, long least, long most) {
    String words(long value) {
      return name.equals("HeartbeatPeriod")
          ? Duration.ofNanos(value).toString().substring(2).toLowerCase(Locale.ROOT)
          : String.valueOf(value);
    }
  }

  /// A number that is as it is: Docker's commands always send it.
  ///
  /// @param dockers what Docker's own default is, which clients may write out
  private record Fixed(String name, long value, long dockers, String what) {}

  private static final List<Ranged> RANGED =
      List.of(
          new Ranged(
              "Dispatcher", "HeartbeatPeriod", LEAST_HEARTBEAT.toNanos(), MOST_HEARTBEAT.toNanos()),
          new Ranged("Raft", "SnapshotInterval", 1, MOST_ENTRIES),
          new Ranged("Raft", "KeepOldSnapshots", 0, 100),
          new Ranged("Raft", "LogEntriesForSlowFollowers", 1, MOST_ENTRIES));

  private static final List<Fixed> TICKS =
      List.of(
          new Fixed(
              "ElectionTick",
              ClusterDefaults.ELECTION_TICK,
              10,
              "choosing the election's ticks ('swarm update --election-timeout' sets the time)"),
          new Fixed(
              "HeartbeatTick",
              ClusterDefaults.HEARTBEAT_TICK,
              1,
              "choosing the heartbeat's ticks"));

  private ClusterSpecValidator() {}

  /// @throws ApiException 400 for what is wrong, 501 for what nothing heeds yet
  public static void check(JsonNode spec) throws ApiException {
    for (Ranged ranged : RANGED) {
      check(spec.path(ranged.group()).path(ranged.name()), ranged);
    }
    for (Fixed fixed : TICKS) {
      check(spec.path("Raft").path(fixed.name()), fixed);
    }
    SettingLabels.checkCluster(spec.path("Labels"));
    CaConfigValidator.check(spec.path("CAConfig"));
    TaskFields.checkLogDriver(spec.path("TaskDefaults").path("LogDriver"), "TaskDefaults.");
    long limit =
        spec.path("Orchestration")
            .path("TaskHistoryRetentionLimit")
            .asLong(ClusterDefaults.TASK_HISTORY);
    if (limit > ClusterDefaults.MOST_TASK_HISTORY) {
      throw ApiException.bad(
          "TaskHistoryRetentionLimit must be from 0 to "
              + ClusterDefaults.MOST_TASK_HISTORY
              + ", or negative for as many as are ever kept, not "
              + limit);
    }
  }

  private static void check(JsonNode value, Ranged ranged) throws ApiException {
    if (value.isMissingNode() || value.isNull()) {
      return;
    }
    String name = ranged.group() + "." + ranged.name();
    long given = whole(value, name);
    if (given != 0 && (given < ranged.least() || given > ranged.most())) {
      throw Refusals.invalid(
          name
              + " must be from "
              + ranged.words(ranged.least())
              + " to "
              + ranged.words(ranged.most())
              + (ranged.least() > 0 ? ", or 0 for the default" : "")
              + ", not "
              + ranged.words(given));
    }
  }

  private static void check(JsonNode value, Fixed fixed) throws ApiException {
    if (value.isMissingNode() || value.isNull()) {
      return;
    }
    long given = whole(value, "Raft." + fixed.name());
    if (given != 0 && given != fixed.value() && given != fixed.dockers()) {
      throw ApiException.unimplemented(fixed.what());
    }
  }

  private static long whole(JsonNode value, String name) throws ApiException {
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
      throw ApiException.bad(name + " must be a whole number from 0, not " + value);
    }
    return value.asLong();
  }
}
