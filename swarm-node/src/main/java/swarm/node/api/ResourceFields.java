package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.node.agent.PassedFields;
import swarm.node.api.check.JsonValues;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.DeviceMapping;
import swarm.runtime.oci.Resources;

/// Reads the limits in a `HostConfig` or an update. Pure.
final class ResourceFields {
  private ResourceFields() {}

  static Resources read(JsonNode host) {
    return Resources.UNLIMITED.toBuilder()
        .memoryBytes(host.path("Memory").asLong())
        .memorySwapBytes(host.path("MemorySwap").asLong())
        .memoryReservationBytes(host.path("MemoryReservation").asLong())
        .nanoCpus(host.path("NanoCpus").asLong())
        .cpuShares(host.path("CpuShares").asLong())
        .cpuQuotaMicros(host.path("CpuQuota").asLong())
        .cpuPeriodMicros(host.path("CpuPeriod").asLong())
        .cpusetCpus(JsonValues.text(host, "CpusetCpus"))
        .cpusetMems(JsonValues.text(host, "CpusetMems"))
        .pidsLimit(host.path("PidsLimit").asLong())
        .ulimits(PassedFields.ulimits(host.path("Ulimits")))
        .devices(devices(host.path("Devices")))
        .memorySwappiness(swappiness(host.path("MemorySwappiness")))
        .oomKillDisable(host.path("OomKillDisable").asBoolean())
        .realtimePeriodMicros(host.path("CpuRealtimePeriod").asLong())
        .realtimeRuntimeMicros(host.path("CpuRealtimeRuntime").asLong())
        .blockIo(blockIo(host))
        .build();
  }

  // -1 is what Docker's command sends where nobody asked.
  private static @Nullable Long swappiness(JsonNode value) {
    return value.isIntegralNumber() && value.asLong() != -1 ? Long.valueOf(value.asLong()) : null;
  }

  private static List<DeviceMapping> devices(JsonNode devices) {
    var all = new ArrayList<DeviceMapping>();
    for (JsonNode device : devices) {
      String host = JsonValues.text(device, "PathOnHost");
      String inside = JsonValues.text(device, "PathInContainer");
      String access = JsonValues.text(device, "CgroupPermissions");
      all.add(
          new DeviceMapping(
              host, inside.isEmpty() ? host : inside, access.isEmpty() ? "rwm" : access));
    }
    return all;
  }

  private static BlockIo blockIo(JsonNode host) {
    return new BlockIo(
        host.path("BlkioWeight").asInt(),
        rates(host.path("BlkioWeightDevice"), "Weight"),
        rates(host.path("BlkioDeviceReadBps"), "Rate"),
        rates(host.path("BlkioDeviceWriteBps"), "Rate"),
        rates(host.path("BlkioDeviceReadIOps"), "Rate"),
        rates(host.path("BlkioDeviceWriteIOps"), "Rate"));
  }

  private static List<BlockIo.Device> rates(JsonNode rates, String field) {
    var all = new ArrayList<BlockIo.Device>();
    for (JsonNode rate : rates) {
      all.add(new BlockIo.Device(JsonValues.text(rate, "Path"), rate.path(field).asLong()));
    }
    return all;
  }
}
