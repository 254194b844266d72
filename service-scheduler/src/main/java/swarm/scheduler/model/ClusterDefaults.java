package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/// What holds where a cluster's `SwarmSpec` says nothing. What is shown is the spec with these
/// written into it, so that it is what is done. Pure.
public final class ClusterDefaults {
  public static final long SNAPSHOT_INTERVAL = 10_000;
  public static final long KEEP_OLD_SNAPSHOTS = 0;

  /// Ten times Docker's: a follower that was away for a few seconds needs no snapshot.
  public static final long SLOW_FOLLOWER_ENTRIES = 5_000;

  /// The election timeout is four heartbeats, however long it is; a tick is one of them.
  public static final long ELECTION_TICK = 4;

  public static final long HEARTBEAT_TICK = 1;
  public static final Duration HEARTBEAT_PERIOD = Duration.ofSeconds(5);
  public static final int TASK_HISTORY = 5;

  /// The most ended tasks that a slot keeps, whatever is asked for: the state is in every manager's
  /// memory.
  public static final int MOST_TASK_HISTORY = 1_000;

  /// Numbers whose 0 is no value: Docker's clients send it for what the user left out.
  private static final List<List<String>> ZERO_IS_NOTHING =
      List.of(
          List.of("Raft", "SnapshotInterval"),
          List.of("Raft", "LogEntriesForSlowFollowers"),
          List.of("Dispatcher", "HeartbeatPeriod"),
          List.of("CAConfig", "NodeCertExpiry"));

  private ClusterDefaults() {}

  /// A `SwarmSpec` with every default written out.
  ///
  /// @param user what was asked for; anything but an object asks for nothing
  public static ObjectNode complete(JsonNode user) {
    ObjectNode spec = defaults();
    user.properties()
        .forEach(
            field -> {
              if (says(field.getValue())) {
                merge(spec, field.getKey(), field.getValue());
              }
            });
    ObjectNode defaults = defaults();
    for (List<String> path : ZERO_IS_NOTHING) {
      JsonNode given = spec.path(path.getFirst()).path(path.getLast());
      if (!given.isNumber() || given.asLong() == 0) {
        put(spec, path, defaults);
      }
    }
    put(spec, List.of("Raft", "ElectionTick"), defaults);
    put(spec, List.of("Raft", "HeartbeatTick"), defaults);
    return spec;
  }

  private static void put(ObjectNode spec, List<String> path, ObjectNode from) {
    if (spec.path(path.getFirst()) instanceof ObjectNode group) {
      group.set(path.getLast(), from.path(path.getFirst()).path(path.getLast()));
    }
  }

  private static ObjectNode defaults() {
    ObjectNode spec = Wire.JSON.createObjectNode();
    spec.put("Name", "default");
    spec.putObject("Labels");
    spec.putObject("Orchestration").put("TaskHistoryRetentionLimit", TASK_HISTORY);
    spec.putObject("Raft")
        .put("SnapshotInterval", SNAPSHOT_INTERVAL)
        .put("KeepOldSnapshots", KEEP_OLD_SNAPSHOTS)
        .put("LogEntriesForSlowFollowers", SLOW_FOLLOWER_ENTRIES)
        .put("ElectionTick", ELECTION_TICK)
        .put("HeartbeatTick", HEARTBEAT_TICK);
    spec.putObject("Dispatcher").put("HeartbeatPeriod", HEARTBEAT_PERIOD.toNanos());
    spec.putObject("CAConfig").put("NodeCertExpiry", Cluster.DEFAULT_EXPIRY.toNanos());
    spec.putObject("TaskDefaults");
    spec.putObject("EncryptionConfig").put("AutoLockManagers", false);
    return spec;
  }

  private static boolean says(JsonNode value) {
    return !value.isNull()
        && !(value.isObject() && value.isEmpty())
        && !(value.isTextual() && value.textValue().isEmpty());
  }

  private static void merge(ObjectNode spec, String name, JsonNode value) {
    if (value.isObject() && spec.path(name) instanceof ObjectNode known) {
      value
          .properties()
          .forEach(
              field -> {
                if (!field.getValue().isNull()) {
                  known.set(field.getKey(), field.getValue());
                }
              });
    } else {
      spec.set(name, value);
    }
  }
}
