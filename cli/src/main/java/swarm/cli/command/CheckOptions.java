package swarm.cli.command;

/// The options of `run` and `create` about health checks and log drivers.
final class CheckOptions {
  private CheckOptions() {}

  /// Those that services have, too.
  static Cmd health(Cmd cmd) {
    return cmd.text("--health-cmd", "string", "Command to run to check health")
        .text("--health-interval", "duration", "Time between running the check")
        .text("--health-timeout", "duration", "Maximum time to allow one check to run")
        .text("--health-retries", "int", "Consecutive failures needed to report unhealthy")
        .text("--health-start-period", "duration", "Time to start before retries are counted")
        .text("--health-start-interval", "duration", "Time between checks in the start period")
        .flag("--no-healthcheck", "Disable any container-specified HEALTHCHECK");
  }

  static Cmd all(Cmd cmd) {
    return health(cmd)
        .text("--log-driver", "string", "Logging driver for the container")
        .list("--log-opt", "list", "Log driver options");
  }
}
