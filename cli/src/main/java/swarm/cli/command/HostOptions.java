package swarm.cli.command;

/// The options of `run` and `create` about limits and the host, beyond the usual ones.
final class HostOptions {
  private HostOptions() {}

  /// Limits that can be changed, too.
  static Cmd limits(Cmd cmd) {
    return cmd.text("--blkio-weight", "uint16", "Block IO (relative weight), between 10 and 1000")
        .text("--cpu-period", "int", "Limit the CPU CFS (Completely Fair Scheduler) period")
        .text("--cpu-quota", "int", "Limit the CPU CFS (Completely Fair Scheduler) quota")
        .text("--cpu-rt-period", "int", "Limit CPU real-time period in microseconds")
        .text("--cpu-rt-runtime", "int", "Limit CPU real-time runtime in microseconds")
        .text("-c --cpu-shares", "int", "CPU shares (relative weight)")
        .text("--cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)")
        .text("--cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)")
        .text("--memory-reservation", "bytes", "Memory soft limit")
        .text("--memory-swap", "bytes", "Memory plus swap: '-1' to enable unlimited swap");
  }

  /// All of them.
  static Cmd all(Cmd cmd) {
    return limits(cmd)
        .list("--annotation", "map", "Add an annotation to the container (for the OCI runtime)")
        .list("--blkio-weight-device", "list", "Block IO weight (relative device weight)")
        .text("--cgroupns", "string", "Cgroup namespace to use (host|private)")
        .list("--device", "list", "Add a host device to the container")
        .list("--device-cgroup-rule", "list", "Add a rule to the cgroup allowed devices list")
        .list("--device-read-bps", "list", "Limit read rate (bytes per second) from a device")
        .list("--device-read-iops", "list", "Limit read rate (IO per second) from a device")
        .list("--device-write-bps", "list", "Limit write rate (bytes per second) to a device")
        .list("--device-write-iops", "list", "Limit write rate (IO per second) to a device")
        .list("--dns-option", "list", "Set DNS options")
        .list("--dns-search", "list", "Set custom DNS search domains")
        .text("--domainname", "string", "Container NIS domain name")
        .list("--group-add", "list", "Add additional groups to join")
        .text("--ipc", "string", "IPC mode to use")
        .text("--memory-swappiness", "int", "Tune container memory swappiness (0 to 100)")
        .flag("--oom-kill-disable", "Disable OOM Killer")
        .text("--oom-score-adj", "int", "Tune host's OOM preferences (-1000 to 1000)")
        .text("--pid", "string", "PID namespace to use")
        .text("--runtime", "string", "Runtime to use for this container")
        .text("--shm-size", "bytes", "Size of /dev/shm")
        .list("--sysctl", "map", "Sysctl options")
        .list("--ulimit", "ulimit", "Ulimit options")
        .text("--userns", "string", "User namespace to use")
        .text("--uts", "string", "UTS namespace to use");
  }
}
