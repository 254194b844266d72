package swarm.cli.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;

/// `swarm save`.
public final class SaveCommand {
  private SaveCommand() {}

  public static CommandSpec save() {
    return Cmd.named("save", "Save one or more images to a tar archive (streamed to STDOUT)")
        .arguments("IMAGE [IMAGE...]", 1, Integer.MAX_VALUE)
        .text("-o --output", "string", "Write to a file, instead of STDOUT")
        .text("--platform", "string", "Save only the given platform: os/arch[/variant]")
        .example("swarm save -o web.tar web:1")
        .runs(SaveCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String output = call.text("--output");
    if (output.isEmpty() && call.terminal().outputIsTerminal()) {
      throw new InvalidValueException(
          "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    Target target = Target.of("/images/get");
    for (String name : call.arguments()) {
      target.with("names", name);
    }
    target.withGiven("platform", PlatformOption.json(call.text("--platform")));
    try (Answer answer = call.api().stream("GET", target)) {
      if (output.isEmpty()) {
        answer.body().transferTo(call.out());
      } else {
        write(answer, LocalFiles.path(output));
      }
    }
    return 0;
  }

  /// A file appears whole or not at all.
  private static void write(Answer answer, Path file) throws IOException, InvalidValueException {
    if (Files.isDirectory(file)) {
      throw new InvalidValueException("failed to save image: " + file + " is a directory");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe, /dev/null
      try (OutputStream out = Files.newOutputStream(file)) {
        answer.body().transferTo(out);
      }
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InvalidValueException(
          "failed to save image: invalid output path: directory \"" + folder + "\" does not exist");
    }
    Path fresh = Files.createTempFile(folder, ".swarm-save", "");
    try {
      try (OutputStream out = Files.newOutputStream(fresh)) {
        answer.body().transferTo(out);
      }
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
