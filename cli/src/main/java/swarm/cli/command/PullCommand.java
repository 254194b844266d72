package swarm.cli.command;

import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.ImageName;

/// `swarm pull`, and the pull that `run` does.
public final class PullCommand {
  private PullCommand() {}

  public static CommandSpec pull() {
    return Cmd.named("pull", "Download an image from a registry")
        .arguments("NAME[:TAG|@DIGEST]", 1, 1)
        .flag("-q --quiet", "Suppress verbose output")
        .text("--platform", "string", "Set platform if server is multi-platform capable")
        .example("swarm pull nginx:alpine")
        .runs(
            call -> {
              ImageName image = ImageName.parse(call.arguments().getFirst());
              boolean quiet = call.flag("--quiet");
              if (!quiet && image.tag().isEmpty() && image.digest().isEmpty()) {
                call.out().println("Using default tag: latest");
                call.terminal().flush();
              }
              pull(call, image, quiet, call.out());
              call.out().println(image.full());
              return 0;
            });
  }

  /// @param to where progress is shown
  static void pull(Invocation call, ImageName image, boolean quiet, PrintStream to)
      throws IOException, DaemonException {
    Target target =
        Target.of("/images/create")
            .with("fromImage", image.repository())
            .with("tag", image.version())
            .withGiven("platform", call.text("--platform"));
    try (Answer answer = call.api().stream("POST", target)) {
      new PullProgress(to, call.terminal().outputIsTerminal(), quiet).read(answer.body());
    }
  }
}
