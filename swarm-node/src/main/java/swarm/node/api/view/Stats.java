package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerStats;
import swarm.runtime.container.ContainerStats.BlockIo;
import swarm.scheduler.model.Wire;

/// How the use of resources looks in the API. Pure.
public final class Stats {
  private Stats() {}

  /// One sample.
  ///
  /// @param now empty where the container does not run: then everything is zero
  /// @param before the sample before it, against which clients compute percentages
  public static ObjectNode sample(
      Container container, Optional<ContainerStats> now, Optional<ContainerStats> before) {
    ObjectNode all = Wire.JSON.createObjectNode();
    all.put("name", "/" + container.name()).put("id", container.id());
    all.put("read", time(now)).put("preread", time(before));
    ObjectNode pids = all.putObject("pids_stats");
    now.ifPresent(
        stats -> {
          pids.put("current", stats.processes());
          if (stats.pidsLimit() > 0) {
            pids.put("limit", stats.pidsLimit());
          }
        });
    all.set("blkio_stats", blockIo(now.map(ContainerStats::blockIo)));
    all.put("num_procs", 0).putObject("storage_stats"); // Windows'
    all.set("cpu_stats", cpu(now));
    all.set("precpu_stats", cpu(before));
    ObjectNode memory = all.putObject("memory_stats");
    now.ifPresent(stats -> fill(memory, stats.memory()));
    now.map(ContainerStats::interfaces)
        .filter(interfaces -> !interfaces.isEmpty())
        .ifPresent(interfaces -> all.set("networks", networks(interfaces)));
    return all;
  }

  private static String time(Optional<ContainerStats> stats) {
    @Nullable Instant at = stats.map(ContainerStats::at).orElse(null);
    return Containers.time(at);
  }

  private static ObjectNode blockIo(Optional<BlockIo> io) {
    ObjectNode all = Wire.JSON.createObjectNode();
    all.set("io_service_bytes_recursive", entries(io.map(BlockIo::bytes).orElse(List.of())));
    @Nullable List<BlockIo.Entry> operations = io.map(BlockIo::operations).orElse(null);
    all.set(
        "io_serviced_recursive", operations == null ? Wire.JSON.nullNode() : entries(operations));
    for (String name :
        new String[] {
          "io_queue_recursive",
          "io_service_time_recursive",
          "io_wait_time_recursive",
          "io_merged_recursive",
          "io_time_recursive",
          "sectors_recursive"
        }) {
      all.set(name, operations == null ? Wire.JSON.nullNode() : Wire.JSON.createArrayNode());
    }
    return all;
  }

  private static ArrayNode entries(List<BlockIo.Entry> entries) {
    ArrayNode all = Wire.JSON.createArrayNode();
    for (BlockIo.Entry entry : entries) {
      all.addObject()
          .put("major", entry.major())
          .put("minor", entry.minor())
          .put("op", entry.operation())
          .put("value", entry.value());
    }
    return all;
  }

  private static ObjectNode cpu(Optional<ContainerStats> stats) {
    ObjectNode all = Wire.JSON.createObjectNode();
    ObjectNode usage = all.putObject("cpu_usage");
    ContainerStats.Cpu cpu = stats.map(ContainerStats::cpu).orElse(null);
    if (cpu == null) {
      usage.put("total_usage", 0).put("usage_in_kernelmode", 0).put("usage_in_usermode", 0);
      throttling(all, 0, 0, 0);
      return all;
    }
    usage.put("total_usage", cpu.total());
    if (!cpu.each().isEmpty()) {
      cpu.each().forEach(usage.putArray("percpu_usage")::add);
    }
    usage.put("usage_in_kernelmode", cpu.kernel()).put("usage_in_usermode", cpu.user());
    all.put("system_cpu_usage", cpu.system()).put("online_cpus", cpu.online());
    throttling(all, cpu.periods(), cpu.throttledPeriods(), cpu.throttled());
    return all;
  }

  private static void throttling(ObjectNode cpu, long periods, long throttled, long nanos) {
    cpu.putObject("throttling_data")
        .put("periods", periods)
        .put("throttled_periods", throttled)
        .put("throttled_time", nanos);
  }

  private static void fill(ObjectNode all, ContainerStats.Memory memory) {
    all.put("usage", memory.usage());
    if (memory.maxUsage() != null) {
      all.put("max_usage", memory.maxUsage());
    }
    ObjectNode details = all.putObject("stats");
    memory.details().forEach(details::put);
    if (memory.failures() != null && memory.failures() > 0) {
      all.put("failcnt", memory.failures());
    }
    all.put("limit", memory.limit());
  }

  private static ObjectNode networks(List<ContainerStats.Interface> interfaces) {
    ObjectNode all = Wire.JSON.createObjectNode();
    for (ContainerStats.Interface one : interfaces) {
      all.putObject(one.name())
          .put("rx_bytes", one.receivedBytes())
          .put("rx_packets", one.receivedPackets())
          .put("rx_errors", one.receivedErrors())
          .put("rx_dropped", one.receivedDropped())
          .put("tx_bytes", one.sentBytes())
          .put("tx_packets", one.sentPackets())
          .put("tx_errors", one.sentErrors())
          .put("tx_dropped", one.sentDropped());
    }
    return all;
  }
}
