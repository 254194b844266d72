package swarm.cli.command;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Times;

/// `swarm logs`, and the options that `service logs` has, too.
public final class ContainerLogs {
  private ContainerLogs() {}

  public static CommandSpec logs() {
    return options(Cmd.named("logs", "Fetch the logs of a container").arguments("CONTAINER", 1, 1))
        .text("--until", "string", "Show logs before a timestamp or relative (e.g. \"42m\")")
        .example("swarm logs -f --since 10m web")
        .runs(ContainerLogs::run);
  }

  static Cmd options(Cmd cmd) {
    return cmd.flag("-f --follow", "Follow log output")
        .text("--since", "string", "Show logs since timestamp or relative (e.g. \"42m\")")
        .text("-n --tail", "string", "Number of lines to show from the end (default \"all\")")
        .flag("-t --timestamps", "Show timestamps")
        .flag("--details", "Show extra details provided to logs");
  }

  static Target query(Invocation call, Target target) throws InvalidValueException {
    target.with("stdout", "1").with("stderr", "1").withFlag("follow", call.flag("--follow"));
    for (String bound : new String[] {"--since", "--until"}) {
      if (call.given(bound)) {
        target.with(
            bound.substring(2),
            Times.parse(call.text(bound), bound, call.now(), call.terminal().zone()));
      }
    }
    return target
        .withFlag("timestamps", call.flag("--timestamps"))
        .with("tail", call.given("--tail") ? call.text("--tail") : "all");
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Target target = query(call, Target.of("/containers", call.arguments().getFirst(), "logs"));
    try (Answer answer =
        call.api().stream("GET", target.withFlag("details", call.flag("--details")))) {
      Output.copy(answer, call.out(), call.err());
    }
    return 0;
  }
}
