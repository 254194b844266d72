package swarm.cli.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// `swarm pull` and `push`, and the pull that `run` does.
public final class PullCommand {
  private PullCommand() {}

  public static CommandSpec pull() {
    return Cmd.named("pull", "Download an image from a registry")
        .arguments("NAME[:TAG|@DIGEST]", 1, 1)
        .flag("-a --all-tags", "Download all tagged images in the repository")
        .flag("-q --quiet", "Suppress verbose output")
        .flag("--disable-content-trust", "Skip image verification (there is none)")
        .text("--platform", "string", "Set platform if server is multi-platform capable")
        .example("swarm pull nginx:alpine")
        .runs(
            call -> {
              ImageName image = ImageName.parse(call.arguments().getFirst());
              if (call.flag("--all-tags")) {
                return all(call, image);
              }
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

  private static int all(Invocation call, ImageName image)
      throws IOException, DaemonException, InvalidValueException {
    if (!image.tag().isEmpty() || !image.digest().isEmpty()) {
      throw new InvalidValueException("tag can't be used with --all-tags/-a");
    }
    pull(call, image, "", call.flag("--quiet"), call.out());
    call.out().println(image.full().replaceFirst(":latest$", ""));
    return 0;
  }

  /// @param to where progress is shown
  static void pull(Invocation call, ImageName image, boolean quiet, PrintStream to)
      throws IOException, DaemonException {
    pull(call, image, image.version(), quiet, to);
  }

  private static void pull(
      Invocation call, ImageName image, String version, boolean quiet, PrintStream to)
      throws IOException, DaemonException {
    Target target =
        Target.of("/images/create")
            .with("fromImage", image.repository())
            .withGiven("tag", version)
            .withGiven("platform", call.text("--platform"));
    Map<String, String> credentials =
        CredentialStore.of(call.environment()).header(image.repository());
    try (Answer answer = call.api().stream("POST", target, credentials, null)) {
      new PullProgress(to, call.terminal().outputIsTerminal(), quiet).read(answer.body());
    }
  }

  public static CommandSpec push() {
    return Cmd.named("push", "Upload an image to a registry")
        .arguments("NAME[:TAG]", 1, 1)
        .flag("-a --all-tags", "Push all tags of an image to the repository")
        .flag("--disable-content-trust", "Skip image signing (there is none)")
        .text("--platform", "string", "Push a platform-specific manifest: os[/arch[/variant]]")
        .flag("-q --quiet", "Suppress verbose output")
        .example("swarm push registry.example/web:1")
        .runs(PullCommand::push);
  }

  private static int push(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    ImageName image = ImageName.parse(call.arguments().getFirst());
    boolean all = call.flag("--all-tags");
    boolean quiet = call.flag("--quiet");
    if (!image.digest().isEmpty()) {
      throw new InvalidValueException("cannot push a digest reference");
    }
    if (all && !image.tag().isEmpty()) {
      throw new InvalidValueException("tag can't be used with --all-tags/-a");
    }
    if (!all && !quiet && image.tag().isEmpty()) {
      call.out().println("Using default tag: latest");
      call.terminal().flush();
    }
    Target target =
        Target.of("/images", image.repository(), "push")
            .withGiven("tag", all ? "" : image.version())
            .withGiven("platform", PlatformOption.json(call.text("--platform")));
    Map<String, String> credentials =
        CredentialStore.of(call.environment()).header(image.repository());
    try (Answer answer = call.api().stream("POST", target, credentials, null)) {
      PullProgress.print(call, answer.body(), quiet);
    }
    if (quiet) {
      call.out().println(all ? image.full().replaceFirst(":latest$", "") : image.full());
    }
    return 0;
  }
}
