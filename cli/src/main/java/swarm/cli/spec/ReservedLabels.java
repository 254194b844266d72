package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Options of `service create` and `service update` for what Docker's specifications have no field
/// for: kept as labels of the service, which Docker's clients leave as they are. What such a label
/// may say is the daemon's to judge.
public final class ReservedLabels {
  private static final String PREFIX = "swarm.";

  /// In the order of the help.
  private static final List<Setting> SETTINGS =
      List.of(
          new Setting(
              "depends-on", "list", "Services that must be there first (db:service_healthy)"),
          new Setting(
              "schedule", "cron", "When a job runs by itself (\"30 3 * * mon-fri\", @daily)"),
          new Setting("schedule.timezone", "zone", "Time zone of the schedule (default UTC)"),
          new Setting(
              "schedule.overlap",
              "string",
              "\"skip\", \"queue\" or \"replace\" (default \"skip\")"),
          new Setting("schedule.history", "uint", "Runs of which the tasks are kept"),
          new Setting("schedule.deadline", "duration", "How late a run may begin (default 1h)"),
          new Setting("priority", "int", "Whose tasks come first where resources lack (default 0)"),
          new Setting("affinity", "string", "\"client-ip\": a caller's calls all go to one task"),
          new Setting("canary", "tasks", "What an update changes first, as 20% or a number"),
          new Setting("canary.approval", "string", "\"manual\" or \"health\" (default \"health\")"),
          new Setting("canary.window", "duration", "How long that is watched (default 5m)"));

  private ReservedLabels() {}

  /// @param label without its prefix
  private record Setting(String label, String kind, String description) {
    String option() {
      return "--" + label.replace('.', '-');
    }
  }

  /// An option that these are set by.
  ///
  /// @param many whether it may be given more than once
  public record Option(String name, String kind, String description, boolean many) {}

  /// All of them but `--rebalance`, which has no value.
  public static List<Option> options() {
    return SETTINGS.stream()
        .map(
            s ->
                new Option(
                    s.option(),
                    s.kind(),
                    s.description() + "; \"none\" ends it",
                    s.kind().equals("list")))
        .toList();
  }

  /// Writes what was given into a specification.
  static void apply(ObjectNode spec, OptionValues values) {
    for (Setting setting : SETTINGS) {
      if (!values.given(setting.option())) {
        continue;
      }
      String value =
          setting.kind().equals("list")
              ? String.join(",", values.list(setting.option()))
              : values.text(setting.option());
      if (value.equals("none")) {
        remove(spec, setting.label());
        if (setting.label().equals("schedule") && job(spec)) {
          // without the label it would run at once, as a job does whenever its spec changes
          spec.withObject("/Labels").put(PREFIX + "schedule", "none");
        }
      } else {
        spec.withObject("/Labels").put(PREFIX + setting.label(), value);
      }
    }
    if (values.given("--rebalance")) {
      if (values.flag("--rebalance")) {
        spec.withObject("/Labels").put(PREFIX + "rebalance", "auto");
      } else {
        remove(spec, "rebalance");
      }
    }
  }

  private static boolean job(ObjectNode spec) {
    return spec.path("Mode").has("ReplicatedJob") || spec.path("Mode").has("GlobalJob");
  }

  /// With what belongs to it.
  private static void remove(ObjectNode spec, String label) {
    ObjectNode labels = spec.withObject("/Labels");
    var gone = new ArrayList<String>();
    labels
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (name.equals(PREFIX + label) || name.startsWith(PREFIX + label + ".")) {
                gone.add(name);
              }
            });
    labels.remove(gone);
  }
}
