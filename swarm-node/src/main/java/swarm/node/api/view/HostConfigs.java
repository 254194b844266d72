package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.HostOptions;
import swarm.runtime.container.RestartPolicy;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.Resources;
import swarm.runtime.oci.Ulimit;
import swarm.scheduler.model.Wire;

/// A container's `HostConfig`: what was asked for over Docker's defaults, in Docker's order, with
/// what is really so where that can differ. Clients read it, change a field and post it again.
/// Pure.
final class HostConfigs {
  private static final JsonNode DEFAULTS = defaults();

  private HostConfigs() {}

  /// What Docker shows of a container for which nothing was asked.
  private static JsonNode defaults() {
    ObjectNode all = Wire.JSON.createObjectNode();
    nulls(all, "Binds");
    all.put("ContainerIDFile", "");
    all.putObject("LogConfig").put("Type", "json-file").putObject("Config");
    all.put("NetworkMode", "default").putObject("PortBindings");
    all.putObject("RestartPolicy").put("Name", "no").put("MaximumRetryCount", 0);
    all.put("AutoRemove", false).put("VolumeDriver", "");
    nulls(all, "VolumesFrom");
    all.putArray("ConsoleSize").add(0).add(0);
    nulls(all, "CapAdd", "CapDrop");
    all.put("CgroupnsMode", "");
    arrays(all, "Dns", "DnsOptions", "DnsSearch");
    nulls(all, "ExtraHosts", "GroupAdd");
    all.put("IpcMode", "private").put("Cgroup", "");
    nulls(all, "Links");
    all.put("OomScoreAdj", 0).put("PidMode", "").put("Privileged", false);
    all.put("PublishAllPorts", false).put("ReadonlyRootfs", false);
    nulls(all, "SecurityOpt");
    all.put("UTSMode", "").put("UsernsMode", "").put("ShmSize", 0L);
    all.put("Runtime", "runc").put("Isolation", "");
    all.put("CpuShares", 0).put("Memory", 0).put("NanoCpus", 0).put("CgroupParent", "");
    all.put("BlkioWeight", 0);
    arrays(all, "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps");
    arrays(all, "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps");
    all.put("CpuPeriod", 0).put("CpuQuota", 0);
    all.put("CpuRealtimePeriod", 0).put("CpuRealtimeRuntime", 0);
    all.put("CpusetCpus", "").put("CpusetMems", "");
    arrays(all, "Devices");
    nulls(all, "DeviceCgroupRules", "DeviceRequests");
    all.put("MemoryReservation", 0).put("MemorySwap", 0);
    nulls(all, "MemorySwappiness");
    all.put("OomKillDisable", false);
    nulls(all, "PidsLimit");
    arrays(all, "Ulimits");
    all.put("CpuCount", 0).put("CpuPercent", 0);
    all.put("IOMaximumIOps", 0).put("IOMaximumBandwidth", 0);
    nulls(all, "MaskedPaths", "ReadonlyPaths");
    return all;
  }

  private static void nulls(ObjectNode all, String... fields) {
    for (String field : fields) {
      all.putNull(field);
    }
  }

  private static void arrays(ObjectNode all, String... fields) {
    for (String field : fields) {
      all.putArray(field);
    }
  }

  /// @param asked as the user posted it; missing where a container is none of a user's
  static ObjectNode of(Container container, JsonNode asked) {
    ObjectNode all = DEFAULTS.deepCopy();
    for (var field : asked.properties()) {
      boolean empty = field.getValue().isTextual() && field.getValue().asText().isEmpty();
      if (!field.getValue().isNull() && !empty) {
        all.set(field.getKey(), field.getValue());
      }
    }
    ContainerConfig config = container.config();
    if (asked.isMissingNode()) {
      options(all, config);
    }
    if (!config.namespaces().networkMode().isEmpty()) {
      all.put("NetworkMode", config.namespaces().networkMode());
    }
    all.put("AutoRemove", config.autoRemove());
    all.put("Privileged", config.security().privileged());
    all.put("ReadonlyRootfs", config.security().readOnlyRootfs());
    all.put("ShmSize", config.shmSizeBytes());
    all.put("PidMode", config.namespaces().pidMode());
    if (!config.namespaces().ipcMode().isEmpty()) {
      all.put("IpcMode", config.namespaces().ipcMode());
    }
    ObjectNode log = all.putObject("LogConfig").put("Type", config.logging().driver());
    config.logging().options().forEach(log.putObject("Config")::put);
    restart(all.putObject("RestartPolicy"), config.restartPolicy());
    limits(all, config.resources());
    host(all, config);
    return all;
  }

  /// What nobody posted in this form: a task's options.
  private static void options(ObjectNode all, ContainerConfig config) {
    texts(all, "CapAdd", config.security().capAdd());
    texts(all, "CapDrop", config.security().capDrop());
    texts(all, "Dns", config.nameResolution().dnsServers());
    texts(all, "DnsSearch", config.nameResolution().dnsSearch());
    texts(all, "DnsOptions", config.nameResolution().dnsOptions());
    texts(all, "ExtraHosts", config.nameResolution().extraHosts());
    texts(all, "GroupAdd", config.process().groupAdd());
    all.put("OomScoreAdj", config.oomScoreAdj());
    if (!config.security().sysctls().isEmpty()) {
      config.security().sysctls().forEach(all.putObject("Sysctls")::put);
    }
    ArrayNode limits = all.putArray("Ulimits");
    for (Ulimit limit : config.resources().ulimits()) {
      limits
          .addObject()
          .put("Name", limit.name())
          .put("Hard", limit.hard())
          .put("Soft", limit.soft());
    }
  }

  private static void texts(ObjectNode all, String field, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(all.putArray(field)::add);
    }
  }

  private static void restart(ObjectNode all, RestartPolicy policy) {
    String name = policy.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    all.put("Name", name).put("MaximumRetryCount", policy.maximumRetries());
  }

  private static void limits(ObjectNode all, Resources limits) {
    all.put("Memory", limits.memoryBytes());
    all.put("MemoryReservation", limits.memoryReservationBytes());
    all.put("MemorySwap", limits.memorySwapBytes());
    all.put("MemorySwappiness", limits.memorySwappiness());
    all.put("OomKillDisable", limits.oomKillDisable());
    all.put("NanoCpus", limits.nanoCpus());
    all.put("CpuShares", limits.cpuShares());
    all.put("CpuPeriod", limits.cpuPeriodMicros());
    all.put("CpuQuota", limits.cpuQuotaMicros());
    all.put("CpuRealtimePeriod", limits.realtimePeriodMicros());
    all.put("CpuRealtimeRuntime", limits.realtimeRuntimeMicros());
    all.put("CpusetCpus", limits.cpusetCpus());
    all.put("CpusetMems", limits.cpusetMems());
    all.put("PidsLimit", limits.pidsLimit() > 0 ? Long.valueOf(limits.pidsLimit()) : null);
    BlockIo io = limits.blockIo();
    all.put("BlkioWeight", io.weight());
    rates(all.putArray("BlkioWeightDevice"), io.weightDevices(), "Weight");
    rates(all.putArray("BlkioDeviceReadBps"), io.readBps(), "Rate");
    rates(all.putArray("BlkioDeviceWriteBps"), io.writeBps(), "Rate");
    rates(all.putArray("BlkioDeviceReadIOps"), io.readIops(), "Rate");
    rates(all.putArray("BlkioDeviceWriteIOps"), io.writeIops(), "Rate");
  }

  private static void rates(ArrayNode all, List<BlockIo.Device> rates, String field) {
    for (BlockIo.Device rate : rates) {
      all.addObject().put("Path", rate.path()).put(field, rate.value());
    }
  }

  private static void host(ObjectNode all, ContainerConfig config) {
    HostOptions host = config.host();
    all.put("CgroupnsMode", host.cgroupnsMode().isEmpty() ? "host" : host.cgroupnsMode());
    @Nullable List<String> usual = config.security().privileged() ? null : OciSpec.MASKED;
    all.set("MaskedPaths", paths(host.maskedPaths(), usual));
    usual = config.security().privileged() ? null : OciSpec.READ_ONLY;
    all.set("ReadonlyPaths", paths(host.readonlyPaths(), usual));
  }

  private static JsonNode paths(@Nullable List<String> asked, @Nullable List<String> usual) {
    List<String> paths = asked == null ? usual : asked;
    return paths == null
        ? Wire.JSON.nullNode()
        : Wire.JSON.valueToTree(Objects.requireNonNull(paths));
  }
}
