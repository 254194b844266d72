package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// The options of `init` and `update` that go into the cluster's specification.
public final class ClusterSettings {
  private ClusterSettings() {}

  /// @return whether any was given
  public static boolean apply(ObjectNode spec, OptionValues values) throws InvalidValueException {
    boolean any = false;
    if (values.given("--task-history-limit")) {
      spec.withObject("/Orchestration")
          .put("TaskHistoryRetentionLimit", values.integer("--task-history-limit")); // -1: all
      any = true;
    }
    if (values.given("--dispatcher-heartbeat")) {
      spec.withObject("/Dispatcher")
          .put("HeartbeatPeriod", duration(values, "--dispatcher-heartbeat"));
      any = true;
    }
    if (values.given("--cert-expiry")) {
      spec.withObject("/CAConfig").put("NodeCertExpiry", duration(values, "--cert-expiry"));
      any = true;
    }
    if (values.given("--external-ca")) {
      var all = spec.withObject("/CAConfig").putArray("ExternalCAs");
      for (String each : values.list("--external-ca")) {
        ExternalCa.read(each, all.addObject());
      }
      any = true;
    }
    if (values.given("--snapshot-interval")) {
      spec.withObject("/Raft").put("SnapshotInterval", values.number("--snapshot-interval"));
      any = true;
    }
    if (values.given("--max-snapshots")) {
      spec.withObject("/Raft").put("KeepOldSnapshots", values.number("--max-snapshots"));
      any = true;
    }
    if (values.given("--autolock")) {
      spec.withObject("/EncryptionConfig").put("AutoLockManagers", values.flag("--autolock"));
      any = true;
    }
    any |= label(spec, values, "--lease", "swarm.lease");
    any |= label(spec, values, "--election-timeout", "swarm.election-timeout");
    return any;
  }

  /// Our own settings are labels: Docker's clients keep those.
  private static boolean label(ObjectNode spec, OptionValues values, String option, String label)
      throws InvalidValueException {
    if (!values.given(option)) {
      return false;
    }
    duration(values, option); // says what is wrong with it
    spec.withObject("/Labels").put(label, values.text(option));
    return true;
  }

  private static long duration(OptionValues values, String option) throws InvalidValueException {
    return GoDuration.parse(values.text(option), option);
  }
}
