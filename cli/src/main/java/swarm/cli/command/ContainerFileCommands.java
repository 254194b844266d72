package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// `swarm diff`, `export` and `commit`.
public final class ContainerFileCommands {
  private static final String[] KINDS = {"C", "A", "D"};

  private ContainerFileCommands() {}

  public static CommandSpec diff() {
    return Cmd.named("diff", "Inspect changes to files or directories on a container's filesystem")
        .arguments("CONTAINER", 1, 1)
        .example("swarm diff web")
        .runs(
            call -> {
              JsonNode changes =
                  call.api().get(Target.of("/containers", call.arguments().getFirst(), "changes"));
              for (JsonNode change : changes) {
                int kind = change.path("Kind").asInt();
                call.print(
                    (kind >= 0 && kind < KINDS.length ? KINDS[kind] : "?")
                        + " "
                        + change.path("Path").asText()
                        + "\n");
              }
              return 0;
            });
  }

  public static CommandSpec export() {
    return Cmd.named("export", "Export a container's filesystem as a tar archive")
        .arguments("CONTAINER", 1, 1)
        .text("-o --output", "string", "Write to a file, instead of STDOUT")
        .example("swarm export --output web.tar web")
        .runs(ContainerFileCommands::export);
  }

  private static int export(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    boolean toFile = call.given("--output");
    if (!toFile && call.terminal().outputIsTerminal()) {
      throw new InvalidValueException(
          "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    Target target = Target.of("/containers", call.arguments().getFirst(), "export");
    try (Answer answer = call.api().stream("GET", target)) {
      if (!toFile) {
        answer.body().transferTo(call.out());
        return 0;
      }
      Path file = LocalFiles.path(call.text("--output")).toAbsolutePath();
      Path parent = file.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new InvalidValueException(
            "invalid output path: directory \"" + parent + "\" does not exist");
      }
      // whole or not at all
      Path coming = Files.createTempFile(parent, ".tmp-" + file.getFileName(), "");
      try {
        try (OutputStream out = Files.newOutputStream(coming)) {
          answer.body().transferTo(out);
        }
        Files.move(coming, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(coming);
      }
    }
    return 0;
  }

  public static CommandSpec commit() {
    return Cmd.named("commit", "Create a new image from a container's changes")
        .arguments("CONTAINER [REPOSITORY[:TAG]]", 1, 2)
        .text("-a --author", "string", "Author (e.g., \"Ada <ada@example.com>\")")
        .list("-c --change", "list", "Apply Dockerfile instruction to the created image")
        .text("-m --message", "string", "Commit message")
        .flag("-p --pause", "Pause container during commit (default true)")
        .example("swarm commit -m 'a fix' web web:fixed")
        .runs(ContainerFileCommands::commit);
  }

  private static int commit(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Target target =
        Target.of("/commit")
            .with("container", call.arguments().getFirst())
            .withGiven("comment", call.text("--message"))
            .withGiven("author", call.text("--author"));
    if (call.arguments().size() > 1) {
      ImageName name = ImageName.parse(call.arguments().get(1));
      target.with("repo", name.repository()).withGiven("tag", name.tag());
    }
    for (String change : call.list("--change")) {
      target.with("changes", change);
    }
    if (call.given("--pause") && !call.flag("--pause")) {
      target.with("pause", "0");
    }
    call.out().println(call.api().post(target, Json.object()).path("Id").asText());
    return 0;
  }
}
