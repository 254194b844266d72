package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import swarm.node.api.check.JsonShape.Kind;
import swarm.node.api.error.ApiException;

/// The types in the bodies that make containers and execs. Pure.
public final class ContainerShape {
  private static final JsonShape CONFIG =
      new JsonShape()
          .with(Kind.TEXT, "Hostname", "Domainname", "User", "Image", "WorkingDir", "StopSignal")
          .with(Kind.FLAG, "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin")
          .with(Kind.FLAG, "StdinOnce", "NetworkDisabled", "ArgsEscaped")
          .with(Kind.INTEGER, "StopTimeout")
          .with(Kind.TEXT, "MacAddress")
          .with(Kind.TEXTS, "Env", "OnBuild")
          .with(Kind.WORDS, "Cmd", "Entrypoint", "Shell")
          .with(Kind.MAP, "Labels")
          .with(Kind.OBJECT, "HostConfig", "NetworkingConfig", "Healthcheck", "Volumes")
          .with(Kind.OBJECT, "ExposedPorts");
  private static final JsonShape HOST =
      new JsonShape()
          .with(Kind.TEXT, "NetworkMode", "IpcMode", "PidMode", "CpusetCpus", "CpusetMems")
          .with(Kind.TEXT, "Isolation", "Cgroup", "CgroupnsMode", "ContainerIDFile")
          .with(Kind.TEXT, "UTSMode", "UsernsMode", "Runtime", "VolumeDriver")
          .with(Kind.FLAG, "AutoRemove", "Privileged", "ReadonlyRootfs", "Init")
          .with(Kind.INTEGER, "OomScoreAdj", "ShmSize", "Memory", "MemorySwap", "NanoCpus")
          .with(Kind.INTEGER, "MemoryReservation", "CpuShares", "CpuQuota", "CpuPeriod")
          .with(Kind.INTEGER, "PidsLimit", "MemorySwappiness", "BlkioWeight")
          .with(Kind.INTEGER, "CpuRealtimePeriod", "CpuRealtimeRuntime")
          .with(Kind.FLAG, "OomKillDisable", "PublishAllPorts")
          .with(Kind.TEXTS, "MaskedPaths", "ReadonlyPaths", "DeviceCgroupRules")
          .with(Kind.MAP, "Annotations", "StorageOpt")
          .with(Kind.INTEGERS, "ConsoleSize")
          .with(Kind.OBJECTS, "Devices", "DeviceRequests", "BlkioWeightDevice")
          .with(Kind.OBJECTS, "BlkioDeviceReadBps", "BlkioDeviceWriteBps")
          .with(Kind.OBJECTS, "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps")
          .with(Kind.TEXTS, "Binds", "CapAdd", "CapDrop", "Dns", "DnsOptions", "DnsSearch")
          .with(Kind.TEXTS, "ExtraHosts", "SecurityOpt", "GroupAdd", "VolumesFrom")
          .with(Kind.MAP, "Tmpfs", "Sysctls")
          .with(Kind.OBJECT, "PortBindings", "RestartPolicy", "LogConfig")
          .with(Kind.OBJECTS, "Ulimits", "Mounts");
  private static final JsonShape RESTART =
      new JsonShape().with(Kind.TEXT, "Name").with(Kind.INTEGER, "MaximumRetryCount");
  private static final JsonShape LOG =
      new JsonShape().with(Kind.TEXT, "Type").with(Kind.MAP, "Config");
  static final JsonShape ULIMIT =
      new JsonShape().with(Kind.TEXT, "Name").with(Kind.INTEGER, "Soft", "Hard");
  private static final JsonShape PORT = new JsonShape().with(Kind.TEXT, "HostIp", "HostPort");

  private static final JsonShape DEVICE =
      new JsonShape().with(Kind.TEXT, "PathOnHost", "PathInContainer", "CgroupPermissions");
  private static final JsonShape RATE =
      new JsonShape().with(Kind.TEXT, "Path").with(Kind.INTEGER, "Rate", "Weight");
  private static final List<String> RATES =
      List.of(
          "BlkioWeightDevice",
          "BlkioDeviceReadBps",
          "BlkioDeviceWriteBps",
          "BlkioDeviceReadIOps",
          "BlkioDeviceWriteIOps");
  private static final JsonShape EXEC =
      new JsonShape()
          .with(Kind.FLAG, "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "Privileged")
          .with(Kind.FLAG, "Detach")
          .with(Kind.TEXT, "User", "WorkingDir", "DetachKeys")
          .with(Kind.TEXTS, "Env")
          .with(Kind.WORDS, "Cmd")
          .with(Kind.INTEGERS, "ConsoleSize");

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
