package swarm.cli.command;

import swarm.cli.spec.ReservedLabels;

/// The options of `service create` and `service update`.
final class ServiceOptions {
  private ServiceOptions() {}

  /// What both commands have, named the same.
  static Cmd common(Cmd cmd) {
    cmd.flag("-d --detach", "Exit immediately instead of waiting for the service to converge")
        .flag("-q --quiet", "Suppress progress output")
        .text("-w --workdir", "string", "Working directory inside the container")
        .text("-u --user", "string", "Username or UID (format: <name|uid>[:<group|gid>])")
        .text("--hostname", "string", "Container hostname")
        .text("--entrypoint", "command", "Overwrite the default ENTRYPOINT of the image")
        .list("--cap-add", "list", "Add Linux capabilities")
        .list("--cap-drop", "list", "Drop Linux capabilities")
        .text("--oom-score-adj", "int", "Tune host's OOM preferences (-1000 to 1000)")
        .text("--limit-cpu", "decimal", "Limit CPUs")
        .text("--limit-memory", "bytes", "Limit Memory")
        .text("--limit-pids", "int", "Limit maximum number of processes (0 = unlimited)")
        .text("--reserve-cpu", "decimal", "Reserve CPUs")
        .text("--reserve-memory", "bytes", "Reserve Memory")
        .text("--stop-grace-period", "duration", "Time to wait before force killing (default 10s)")
        .text(
            "--stop-after-disconnect",
            "duration",
            "Stop tasks on a node that reaches no manager for so long (\"never\")")
        .text("--stop-signal", "string", "Signal to stop the container")
        .text("--isolation", "string", "Service container isolation mode (default)")
        .flag("--init", "Use an init inside each service container")
        .flag("-t --tty", "Allocate a pseudo-TTY")
        .flag("--read-only", "Mount the container's root filesystem as read only")
        .text("--replicas", "uint", "Number of tasks")
        .text("--replicas-max-per-node", "uint", "Maximum number of tasks per node (0 = unlimited)")
        .text("--endpoint-mode", "string", "Endpoint mode (vip or dnsrr)")
        .text("--log-driver", "string", "Logging driver for service")
        .list("--log-opt", "list", "Logging driver options")
        .flag("--with-registry-auth", "Send registry authentication details to swarm agents")
        .flag("--no-resolve-image", "Do not query the registry to resolve image digest")
        .text("--max-concurrent", "uint", "Number of job tasks to run concurrently");
    return rollout(CheckOptions.health(restart(additions(cmd))));
  }

  /// What Docker's command does not have.
  private static Cmd additions(Cmd cmd) {
    for (ReservedLabels.Option option : ReservedLabels.options()) {
      if (option.many()) {
        cmd.list(option.name(), option.kind(), option.description());
      } else {
        cmd.text(option.name(), option.kind(), option.description());
      }
    }
    return cmd.flag("--rebalance", "Move tasks to where there are fewer, as nodes come");
  }

  private static Cmd restart(Cmd cmd) {
    return cmd.text(
            "--restart-condition",
            "string",
            "\"none\", \"on-failure\" or \"any\" (default \"any\")")
        .text("--restart-delay", "duration", "Delay between restart attempts (default 5s)")
        .text("--restart-max-attempts", "uint", "Maximum number of restarts before giving up")
        .text("--restart-window", "duration", "Window used to evaluate the restart policy");
  }

  private static Cmd rollout(Cmd cmd) {
    for (String way : new String[] {"update", "rollback"}) {
      String actions =
          way.equals("update")
              ? "\"pause\", \"continue\" or \"rollback\" (default \"pause\")"
              : "\"pause\" or \"continue\" (default \"pause\")";
      cmd.text("--" + way + "-parallelism", "uint", "Tasks at once (0 for all; default 1)")
          .text("--" + way + "-delay", "duration", "Delay between batches of tasks (default 0s)")
          .text("--" + way + "-monitor", "duration", "Time to watch each task (default 5s)")
          .text("--" + way + "-failure-action", "string", actions)
          .text("--" + way + "-max-failure-ratio", "float", "Failure rate to tolerate (default 0)")
          .text("--" + way + "-order", "string", "\"start-first\" or \"stop-first\"");
    }
    return cmd;
  }

  static Cmd create(Cmd cmd) {
    return common(cmd)
        .text("--name", "string", "Service name")
        .text("--mode", "string", "\"replicated\", \"global\", \"replicated-job\", \"global-job\"")
        .list("-p --publish", "port", "Publish a port as a node port")
        .list("-e --env", "list", "Set environment variables")
        .list("--env-file", "list", "Read in a file of environment variables")
        .list("-l --label", "list", "Service labels")
        .list("--container-label", "list", "Container labels")
        .list("--constraint", "list", "Placement constraints")
        .list("--placement-pref", "pref", "Add a placement preference")
        .list("--generic-resource", "list", "User defined resources")
        .list("--mount", "mount", "Attach a filesystem mount to the service")
        .list("--secret", "secret", "Specify secrets to expose to the service")
        .list("--config", "config", "Specify configurations to expose to the service")
        .list("--network", "network", "Network attachments")
        .list("--host", "list", "Set one or more custom host-to-IP mappings (host:ip)")
        .list("--group", "list", "Set one or more supplementary user groups for the container")
        .list("--sysctl", "list", "Sysctl options")
        .list("--ulimit", "ulimit", "Ulimit options")
        .list("--dns", "list", "Set custom DNS servers")
        .list("--dns-search", "list", "Set custom DNS search domains")
        .list("--dns-option", "list", "Set DNS options");
  }

  static Cmd update(Cmd cmd) {
    common(cmd)
        .text("--image", "string", "Service image tag")
        .text("--args", "command", "Service command args")
        .flag("--force", "Force update even if no changes require it")
        .flag("--rollback", "Rollback to previous specification");
    for (String what :
        new String[] {
          "env variable of the environment",
          "publish published port",
          "constraint placement constraint",
          "placement-pref placement preference",
          "generic-resource generic resource",
          "label service label",
          "container-label container label",
          "mount mount",
          "secret secret on a service",
          "config config file on a service",
          "network network",
          "host custom host-to-IP mapping (host:ip)",
          "group supplementary user group",
          "sysctl Sysctl option",
          "ulimit ulimit option",
          "dns custom DNS server",
          "dns-search DNS search domain",
          "dns-option DNS option"
        }) {
      String name = what.substring(0, what.indexOf(' '));
      String thing = what.substring(name.length() + 1);
      cmd.list("--" + name + "-add", "list", "Add or update a " + thing);
      cmd.list("--" + name + "-rm", "list", "Remove a " + thing);
    }
    return cmd;
  }
}
