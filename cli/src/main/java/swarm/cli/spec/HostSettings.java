package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `run` and `create`: options about limits and the host, beyond the usual ones.
public final class HostSettings {
  private static final int DEVICE_PARTS = 3;

  private HostSettings() {}

  /// Limits that can be changed, too.
  ///
  /// @param host the request's `HostConfig`, or an update
  public static void limits(OptionValues values, ObjectNode host) throws InvalidValueException {
    number(values, "--blkio-weight", host, "BlkioWeight");
    number(values, "--cpu-period", host, "CpuPeriod");
    number(values, "--cpu-quota", host, "CpuQuota");
    number(values, "--cpu-rt-period", host, "CpuRealtimePeriod");
    number(values, "--cpu-rt-runtime", host, "CpuRealtimeRuntime");
    number(values, "--cpu-shares", host, "CpuShares");
    text(values, "--cpuset-cpus", host, "CpusetCpus");
    text(values, "--cpuset-mems", host, "CpusetMems");
    bytes(values, "--memory-reservation", host, "MemoryReservation");
    if (values.text("--memory-swap").equals("-1")) {
      host.put("MemorySwap", -1);
    } else {
      bytes(values, "--memory-swap", host, "MemorySwap");
    }
  }

  /// All of them but `--domainname`, which is none of the host's.
  public static void all(OptionValues values, ObjectNode host) throws InvalidValueException {
    limits(values, host);
    text(values, "--cgroupns", host, "CgroupnsMode");
    text(values, "--ipc", host, "IpcMode");
    text(values, "--pid", host, "PidMode");
    text(values, "--runtime", host, "Runtime");
    text(values, "--userns", host, "UsernsMode");
    text(values, "--uts", host, "UTSMode");
    number(values, "--memory-swappiness", host, "MemorySwappiness");
    number(values, "--oom-score-adj", host, "OomScoreAdj");
    bytes(values, "--shm-size", host, "ShmSize");
    if (values.flag("--oom-kill-disable")) {
      host.put("OomKillDisable", true);
    }
    strings(values, "--device-cgroup-rule", host, "DeviceCgroupRules");
    strings(values, "--dns-option", host, "DnsOptions");
    strings(values, "--dns-search", host, "DnsSearch");
    strings(values, "--group-add", host, "GroupAdd");
    map(values, "--annotation", host, "Annotations");
    map(values, "--sysctl", host, "Sysctls");
    for (String device : values.list("--device")) {
      host.withArray("/Devices").add(device(device));
    }
    for (String limit : values.list("--ulimit")) {
      host.withArray("/Ulimits").add(Ulimits.parse(limit, "--ulimit"));
    }
    rates(values, "--blkio-weight-device", host, "BlkioWeightDevice", "Weight");
    rates(values, "--device-read-bps", host, "BlkioDeviceReadBps", "Rate");
    rates(values, "--device-read-iops", host, "BlkioDeviceReadIOps", "Rate");
    rates(values, "--device-write-bps", host, "BlkioDeviceWriteBps", "Rate");
    rates(values, "--device-write-iops", host, "BlkioDeviceWriteIOps", "Rate");
  }

  private static void number(OptionValues values, String option, ObjectNode node, String field)
      throws InvalidValueException {
    if (values.given(option)) {
      node.put(field, Numbers.signed(values.text(option), option));
    }
  }

  private static void bytes(OptionValues values, String option, ObjectNode node, String field)
      throws InvalidValueException {
    if (values.given(option)) {
      node.put(field, Numbers.bytes(values.text(option), option));
    }
  }

  private static void text(OptionValues values, String option, ObjectNode node, String field) {
    if (values.given(option)) {
      node.put(field, values.text(option));
    }
  }

  private static void strings(OptionValues values, String option, ObjectNode node, String field) {
    values.list(option).forEach(value -> node.withArray("/" + field).add(value));
  }

  private static void map(OptionValues values, String option, ObjectNode node, String field)
      throws InvalidValueException {
    if (values.given(option)) {
      node.set(field, KeyValues.map(values.list(option), option));
    }
  }

  /// `/dev/HOST[:/dev/INSIDE][:rwm]`.
  static ObjectNode device(String text) throws InvalidValueException {
    List<String> parts = List.of(text.split(":", -1));
    if (parts.size() > DEVICE_PARTS || parts.getFirst().isEmpty()) {
      throw InvalidValueException.of(text, "--device", "invalid device specification: " + text);
    }
    String inside = parts.getFirst();
    String access = "rwm";
    for (String part : parts.subList(1, parts.size())) {
      if (part.matches("[rwm]{1,3}")) {
        access = part;
      } else {
        inside = part;
      }
    }
    return KeyValues.object()
        .put("PathOnHost", parts.getFirst())
        .put("PathInContainer", inside)
        .put("CgroupPermissions", access);
  }

  /// `/dev/PATH:NUMBER`.
  private static void rates(
      OptionValues values, String option, ObjectNode host, String field, String what)
      throws InvalidValueException {
    for (String text : values.list(option)) {
      int colon = text.lastIndexOf(':');
      if (colon <= 0 || !text.startsWith("/dev/")) {
        throw InvalidValueException.of(text, option, "bad format for path: " + text);
      }
      String number = text.substring(colon + 1);
      long rate =
          option.endsWith("bps") ? Numbers.bytes(number, option) : Numbers.unsigned(number, option);
      host.withArray("/" + field)
          .add(KeyValues.object().put("Path", text.substring(0, colon)).put(what, rate));
    }
  }
}
