package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What containers use, as `docker stats` shows it.
public final class StatsText {
  private StatsText() {}

  /// @param asked what the user called the container
  /// @param stats of the API
  public record Sample(String asked, JsonNode stats) {}

  /// @param cut whether ids are short
  public static Listing listing(List<Sample> samples, boolean cut) {
    var rows = new ArrayList<Row>();
    for (Sample each : samples) {
      JsonNode sample = each.stats();
      String id = sample.path("id").asText();
      JsonNode memory = sample.path("memory_stats");
      long limit = memory.path("limit").asLong();
      long used = used(memory);
      rows.add(
          Row.of(
              "ID",
              cut ? Words.shortId(id) : id,
              "Container",
              each.asked(),
              "Name",
              sample.path("name").asText().replaceFirst("^/", ""),
              "CPUPerc",
              percent(cpu(sample)),
              "MemUsage",
              Human.memory(used) + " / " + Human.memory(limit),
              "MemPerc",
              percent(limit == 0 ? 0 : 100.0 * used / limit),
              "NetIO",
              Human.size(sum(sample.path("networks"), "rx_bytes"))
                  + " / "
                  + Human.size(sum(sample.path("networks"), "tx_bytes")),
              "BlockIO",
              Human.size(disks(sample, 'r')) + " / " + Human.size(disks(sample, 'w')),
              "PIDs",
              Long.toString(sample.at("/pids_stats/current").asLong())));
    }
    return new Listing(
        "container.statsContext",
        Listing.columns(
            "ID", "CONTAINER ID",
            "Name", "NAME",
            "CPUPerc", "CPU %",
            "MemUsage", "MEM USAGE / LIMIT",
            "MemPerc", "MEM %",
            "NetIO", "NET I/O",
            "BlockIO", "BLOCK I/O",
            "PIDs", "PIDS"),
        rows);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f%%", value);
  }

  /// Without the page cache that can be dropped at once.
  static long used(JsonNode memory) {
    long usage = memory.path("usage").asLong();
    for (String field : new String[] {"total_inactive_file", "inactive_file"}) {
      long cache = memory.path("stats").path(field).asLong();
      if (memory.path("stats").has(field) && cache < usage) {
        return usage - cache;
      }
    }
    return usage;
  }

  static double cpu(JsonNode sample) {
    JsonNode now = sample.path("cpu_stats");
    JsonNode before = sample.path("precpu_stats");
    double used =
        now.at("/cpu_usage/total_usage").asLong() - before.at("/cpu_usage/total_usage").asLong();
    double passed =
        now.path("system_cpu_usage").asLong() - before.path("system_cpu_usage").asLong();
    return used > 0 && passed > 0 ? used / passed * now.path("online_cpus").asInt() * 100 : 0;
  }

  private static long sum(JsonNode networks, String field) {
    long sum = 0;
    for (JsonNode network : networks) {
      sum += network.path(field).asLong();
    }
    return sum;
  }

  private static long disks(JsonNode sample, char operation) {
    long sum = 0;
    for (JsonNode entry : sample.at("/blkio_stats/io_service_bytes_recursive")) {
      String op = entry.path("op").asText().toLowerCase(Locale.ROOT);
      if (!op.isEmpty() && op.charAt(0) == operation) {
        sum += entry.path("value").asLong();
      }
    }
    return sum;
  }
}
