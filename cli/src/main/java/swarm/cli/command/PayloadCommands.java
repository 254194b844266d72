package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Base64;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.PayloadText;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm secret ...` and `swarm config ...`.
public final class PayloadCommands {
  private static final int MANY = Integer.MAX_VALUE;

  /// More than the managers take of either; they say how much that is.
  private static final int MAX_READ = 2 * 1024 * 1024;

  private final String kind;
  private final String thing;

  private PayloadCommands(String kind, String thing) {
    this.kind = kind;
    this.thing = thing;
  }

  public static CommandSpec secret() {
    return new PayloadCommands("secret", "SECRET").group();
  }

  public static CommandSpec config() {
    return new PayloadCommands("config", "CONFIG").group();
  }

  private CommandSpec group() {
    boolean secret = kind.equals("secret");
    Cmd create =
        Cmd.named(
                "create",
                secret
                    ? "Create a secret from a file or STDIN as content"
                    : "Create a config from a file or STDIN")
            .arguments(secret ? "SECRET [file|-]" : "CONFIG file|-", secret ? 1 : 2, 2)
            .list("-l --label", "list", "Labels for the " + kind)
            .text("--template-driver", "string", "Template driver (\"golang\")");
    if (secret) {
      create.text("-d --driver", "string", "Secret driver");
    }
    return Cmd.group(
        kind,
        "Manage Swarm " + kind + "s",
        create.example("swarm " + kind + " create db ./db.txt").runs(this::create),
        Cmd.named("inspect", "Display detailed information on one or more " + kind + "s")
            .arguments(thing + " [" + thing + "...]", 1, MANY)
            .text("-f --format", "string", "'json' or a template")
            .flag("--pretty", "Print the information in a human friendly format")
            .example("swarm " + kind + " inspect db --pretty")
            .runs(
                call ->
                    Output.inspect(
                        call,
                        name -> call.api().get(Target.of("/" + kind + "s", name)),
                        one -> PayloadText.of(one, secret))),
        Cmd.named("ls", "List " + kind + "s")
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("-q --quiet", "Only display IDs")
            .example("swarm " + kind + " ls --filter name=db")
            .runs(
                call ->
                    Output.list(
                        call,
                        Tables.payloads(
                            call.api().get(Target.of("/" + kind + "s").withFilters(call.filters())),
                            secret,
                            call.now()))),
        Cmd.named("rm", "Remove one or more " + kind + "s")
            .arguments(thing + " [" + thing + "...]", 1, MANY)
            .example("swarm " + kind + " rm db")
            .runs(
                call ->
                    Output.each(
                        call, name -> call.api().delete(Target.of("/" + kind + "s", name)))));
  }

  private int create(Invocation call) throws IOException, DaemonException, InvalidValueException {
    String driver = kind.equals("secret") ? call.text("--driver") : "";
    if (!driver.isEmpty() && call.arguments().size() > 1) {
      throw new InvalidValueException("When using secret driver secret data must be empty");
    }
    ObjectNode body = Json.object().put("Name", call.arguments().getFirst());
    body.set("Labels", KeyValues.map(call.list("--label"), "-l, --label"));
    if (driver.isEmpty()) {
      String file = call.arguments().size() > 1 ? call.arguments().get(1) : "-";
      body.put("Data", Base64.getEncoder().encodeToString(content(call, file)));
    } else {
      body.putObject("Driver").put("Name", driver);
    }
    if (call.given("--template-driver")) {
      body.putObject("Templating").put("Name", call.text("--template-driver"));
    }
    JsonNode made = call.api().post(Target.of("/" + kind + "s/create"), body);
    call.out().println(made.path("ID").asText());
    return 0;
  }

  private byte[] content(Invocation call, String file) throws InvalidValueException {
    try (InputStream in =
        file.equals("-") ? call.terminal().in() : Files.newInputStream(LocalFiles.path(file))) {
      return in.readNBytes(MAX_READ);
    } catch (NoSuchFileException _) {
      throw new InvalidValueException(
          "error reading content from \""
              + file
              + "\": open "
              + file
              + ": no such file or directory");
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new InvalidValueException(
          "error reading content from \"" + file + "\": " + e.getMessage());
    }
  }
}
