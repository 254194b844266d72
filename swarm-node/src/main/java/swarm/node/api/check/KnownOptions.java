package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import swarm.node.api.error.ApiException;

/// The options of `POST /containers/create` that this program knows. Pure.
public final class KnownOptions {
  private static final Set<String> CONFIG =
      Set.of(
          "Hostname",
          "Domainname",
          "User",
          "AttachStdin",
          "AttachStdout",
          "AttachStderr",
          "Tty",
          "OpenStdin",
          "StdinOnce",
          "Env",
          "Cmd",
          "Image",
          "WorkingDir",
          "Entrypoint",
          "Labels",
          "StopSignal",
          "StopTimeout",
          "HostConfig",
          "NetworkingConfig",
          "Healthcheck",
          "Volumes",
          "ExposedPorts",
          "ArgsEscaped",
          "NetworkDisabled",
          "OnBuild",
          "Shell",
          "MacAddress",
          // the query's: dockerode sends its options in both places, and Docker ignores these here
          "name",
          "platform",
          // the host's: docker-py sends it in both places, and Docker ignores it here
          "Runtime");
  private static final Set<String> HOST =
      Set.of(
          "Binds",
          "NetworkMode",
          "PortBindings",
          "PublishAllPorts",
          "RestartPolicy",
          "AutoRemove",
          "CapAdd",
          "CapDrop",
          "Dns",
          "DnsOptions",
          "DnsSearch",
          "ExtraHosts",
          "IpcMode",
          "OomScoreAdj",
          "PidMode",
          "Privileged",
          "ReadonlyRootfs",
          "SecurityOpt",
          "Tmpfs",
          "ShmSize",
          "Sysctls",
          "Memory",
          "MemorySwap",
          "MemoryReservation",
          "NanoCpus",
          "CpuShares",
          "CpuQuota",
          "CpuPeriod",
          "CpusetCpus",
          "CpusetMems",
          "PidsLimit",
          "Ulimits",
          "Init",
          "LogConfig",
          "GroupAdd",
          "Mounts",
          "VolumesFrom",
          "VolumeDriver",
          "ConsoleSize",
          "MemorySwappiness",
          "ContainerIDFile",
          "MaskedPaths",
          "ReadonlyPaths",
          "Isolation",
          "Cgroup",
          "CgroupnsMode",
          "Annotations",
          "BlkioDeviceReadBps",
          "BlkioDeviceReadIOps",
          "BlkioDeviceWriteBps",
          "BlkioDeviceWriteIOps",
          "BlkioWeight",
          "BlkioWeightDevice",
          "CpuRealtimePeriod",
          "CpuRealtimeRuntime",
          "DeviceCgroupRules",
          "DeviceRequests",
          "Devices",
          "OomKillDisable",
          "Runtime",
          "StorageOpt",
          "UTSMode",
          "UsernsMode");

  private KnownOptions() {}

  /// @param body of the right types: see [ContainerShape]
  /// @throws ApiException 501 with the names of those that ask for something not known here
  public static void check(JsonNode body) throws ApiException {
    JsonNode host = body.path("HostConfig");
    refuseUnknown(body, CONFIG, "the container option ");
    refuseUnknown(host, HOST, "the host option ");
    refuseUndone(host);
  }

  // What is known by name so that its harmless values pass; the others cannot be done yet.
  private static void refuseUndone(JsonNode host) throws ApiException {
    oneOf(host, "Isolation", Set.of("", "default"));
    if (JsonValues.says(host.path("Cgroup"))) {
      throw ApiException.unimplemented("the host option Cgroup");
    }
  }

  private static void oneOf(JsonNode host, String field, Set<String> known) throws ApiException {
    String value = host.path(field).isNull() ? "" : host.path(field).asText("");
    if (!known.contains(value)) {
      throw ApiException.unimplemented("the host option " + field + " '" + value + "'");
    }
  }

  // Docker's clients send every field they know; only one that says something counts.
  private static void refuseUnknown(JsonNode node, Set<String> known, String what)
      throws ApiException {
    var odd = new TreeSet<String>();
    node.properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey()) && JsonValues.says(field.getValue())) {
                odd.add(field.getKey());
              }
            });
    if (!odd.isEmpty()) {
      throw ApiException.unimplemented(what + String.join(", ", odd));
    }
  }
}
