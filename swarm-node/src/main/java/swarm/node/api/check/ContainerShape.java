package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// The types in the bodies that make containers and execs. Pure.
public final class ContainerShape {
  private static final JsonShape CONFIG =
      new JsonShape()
          .with(
              JsonType.TEXT, "Hostname", "Domainname", "User", "Image", "WorkingDir", "StopSignal")
          .with(JsonType.FLAG, "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin")
          .with(JsonType.FLAG, "StdinOnce", "NetworkDisabled", "ArgsEscaped")
          .with(JsonType.INTEGER, "StopTimeout")
          .with(JsonType.TEXT, "MacAddress")
          .with(JsonType.TEXTS, "Env", "OnBuild")
          .with(JsonType.WORDS, "Cmd", "Entrypoint", "Shell")
          .with(JsonType.MAP, "Labels")
          .with(JsonType.OBJECT, "HostConfig", "NetworkingConfig", "Healthcheck", "Volumes")
          .with(JsonType.OBJECT, "ExposedPorts");
  private static final JsonShape HOST =
      new JsonShape()
          .with(JsonType.TEXT, "NetworkMode", "IpcMode", "PidMode", "CpusetCpus", "CpusetMems")
          .with(JsonType.TEXT, "Isolation", "Cgroup", "CgroupnsMode", "ContainerIDFile")
          .with(JsonType.TEXT, "UTSMode", "UsernsMode", "Runtime", "VolumeDriver")
          .with(JsonType.FLAG, "AutoRemove", "Privileged", "ReadonlyRootfs", "Init")
          .with(JsonType.INTEGER, "OomScoreAdj", "ShmSize", "Memory", "MemorySwap", "NanoCpus")
          .with(JsonType.INTEGER, "MemoryReservation", "CpuShares", "CpuQuota", "CpuPeriod")
          .with(JsonType.INTEGER, "PidsLimit", "MemorySwappiness", "BlkioWeight")
          .with(JsonType.INTEGER, "CpuRealtimePeriod", "CpuRealtimeRuntime")
          .with(JsonType.FLAG, "OomKillDisable", "PublishAllPorts")
          .with(JsonType.TEXTS, "MaskedPaths", "ReadonlyPaths", "DeviceCgroupRules")
          .with(JsonType.MAP, "Annotations", "StorageOpt")
          .with(JsonType.INTEGERS, "ConsoleSize")
          .with(JsonType.OBJECTS, "Devices", "DeviceRequests", "BlkioWeightDevice")
          .with(JsonType.OBJECTS, "BlkioDeviceReadBps", "BlkioDeviceWriteBps")
          .with(JsonType.OBJECTS, "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps")
          .with(JsonType.TEXTS, "Binds", "CapAdd", "CapDrop", "Dns", "DnsOptions", "DnsSearch")
          .with(JsonType.TEXTS, "ExtraHosts", "SecurityOpt", "GroupAdd", "VolumesFrom")
          .with(JsonType.MAP, "Tmpfs", "Sysctls")
          .with(JsonType.OBJECT, "PortBindings", "RestartPolicy", "LogConfig")
          .with(JsonType.OBJECTS, "Ulimits", "Mounts");
  private static final JsonShape RESTART =
      new JsonShape().with(JsonType.TEXT, "Name").with(JsonType.INTEGER, "MaximumRetryCount");
  private static final JsonShape LOG =
      new JsonShape().with(JsonType.TEXT, "Type").with(JsonType.MAP, "Config");
  static final JsonShape ULIMIT =
      new JsonShape().with(JsonType.TEXT, "Name").with(JsonType.INTEGER, "Soft", "Hard");
  private static final JsonShape PORT = new JsonShape().with(JsonType.TEXT, "HostIp", "HostPort");

  private static final JsonShape DEVICE =
      new JsonShape().with(JsonType.TEXT, "PathOnHost", "PathInContainer", "CgroupPermissions");
  private static final JsonShape RATE =
      new JsonShape().with(JsonType.TEXT, "Path").with(JsonType.INTEGER, "Rate", "Weight");
  private static final List<String> RATES =
      List.of(
          "BlkioWeightDevice",
          "BlkioDeviceReadBps",
          "BlkioDeviceWriteBps",
          "BlkioDeviceReadIOps",
          "BlkioDeviceWriteIOps");
  private static final JsonShape EXEC =
      new JsonShape()
          .with(JsonType.FLAG, "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "Privileged")
          .with(JsonType.FLAG, "Detach")
          .with(JsonType.TEXT, "User", "WorkingDir", "DetachKeys")
          .with(JsonType.TEXTS, "Env")
          .with(JsonType.WORDS, "Cmd")
          .with(JsonType.INTEGERS, "ConsoleSize");

  private ContainerShape() {}

  /// The types in the body that changes a container's limits.
  ///
  /// @throws ApiException 400 with the first field of another type
  public static void checkUpdate(JsonNode body) throws ApiException {
    HOST.check(body, "");
    RESTART.check(body.path("RestartPolicy"), "RestartPolicy.");
  }

  /// The types in the bodies that make and start an exec.
  ///
  /// @throws ApiException 400 with the first field of another type
  public static void checkExec(JsonNode body) throws ApiException {
    EXEC.check(body, "");
  }

  /// @throws ApiException 400 with the first field of another type
  public static void check(JsonNode body) throws ApiException {
    CONFIG.check(body, "");
    JsonNode host = body.path("HostConfig");
    HOST.check(host, "HostConfig.");
    RESTART.check(host.path("RestartPolicy"), "HostConfig.RestartPolicy.");
    LOG.check(host.path("LogConfig"), "HostConfig.LogConfig.");
    for (JsonNode limit : host.path("Ulimits")) {
      ULIMIT.check(limit, "HostConfig.Ulimits.");
    }
    for (JsonNode device : host.path("Devices")) {
      DEVICE.check(device, "HostConfig.Devices.");
    }
    for (String rates : RATES) {
      for (JsonNode rate : host.path(rates)) {
        RATE.check(rate, "HostConfig." + rates + ".");
      }
    }
    for (JsonNode mount : host.path("Mounts")) {
      MountShape.check(mount, "HostConfig.Mounts.");
    }
    for (JsonNode bindings : host.path("PortBindings")) {
      for (JsonNode binding : bindings) {
        PORT.check(binding, "HostConfig.PortBindings.");
      }
    }
  }
}
