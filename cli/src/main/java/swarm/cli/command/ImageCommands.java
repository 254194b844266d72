package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.ImageTables;
import swarm.cli.render.Listing;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// `swarm images`, `load`, `import`, `rmi`, `history` and `tag`, and `swarm image ...`.
public final class ImageCommands {
  private static final int MANY = Integer.MAX_VALUE;

  private ImageCommands() {}

  /// The same commands below one name.
  public static CommandSpec image() {
    return Cmd.group(
        "image",
        "Manage images",
        BuildCommand.build(),
        history(),
        importing(),
        inspect(),
        load(),
        images("ls"),
        PruneCommands.image(),
        PullCommand.pull(),
        PullCommand.push(),
        remove("rm"),
        SaveCommand.save(),
        tag());
  }

  private static CommandSpec inspect() {
    return Cmd.named("inspect", "Display detailed information on one or more images")
        .arguments("IMAGE [IMAGE...]", 1, MANY)
        .text("-f --format", "string", "'json' or a template")
        .text("--platform", "string", "Inspect a specific platform: os/arch[/variant]")
        .example("swarm image inspect --format '{{.Id}}' web:1")
        .runs(
            call -> {
              String platform = PlatformOption.json(call.text("--platform"));
              return Output.inspect(
                  call,
                  call.arguments(),
                  name ->
                      call.api()
                          .get(Target.of("/images", name, "json").withGiven("platform", platform)));
            });
  }

  public static CommandSpec history() {
    return Cmd.named("history", "Show the history of an image")
        .arguments("IMAGE", 1, 1)
        .text("--format", "string", "'table', 'json' or a template")
        .flag("-H --human", "Print sizes and dates in human readable format (default true)")
        .flag("--no-trunc", "Don't truncate output")
        .text("--platform", "string", "Show history for the given platform: os/arch[/variant]")
        .flag("-q --quiet", "Only show image IDs")
        .example("swarm history web:1")
        .runs(
            call ->
                Output.list(
                    call,
                    ImageTables.history(
                        call.api()
                            .get(
                                Target.of("/images", call.arguments().getFirst(), "history")
                                    .withGiven(
                                        "platform", PlatformOption.json(call.text("--platform")))),
                        call.now(),
                        !call.flag("--no-trunc"),
                        !call.given("--human") || call.flag("--human"))));
  }

  public static CommandSpec images() {
    return images("images");
  }

  private static CommandSpec images(String name) {
    return Cmd.named(name, "List images")
        .arguments("[REPOSITORY[:TAG]]", 0, 1)
        .flag("-a --all", "Show all images (default hides intermediate images)")
        .flag("--digests", "Show digests")
        .list("-f --filter", "filter", "Filter output based on conditions provided")
        .text("--format", "string", "'table', 'json' or a template")
        .flag("--no-trunc", "Don't truncate output")
        .flag("-q --quiet", "Only show image IDs")
        .example("swarm images --filter dangling=true")
        .runs(ImageCommands::list);
  }

  private static int list(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Map<String, List<String>> filters = call.filters();
    if (!call.arguments().isEmpty()) {
      filters.put("reference", call.arguments());
    }
    JsonNode images =
        call.api()
            .get(
                Target.of("/images/json").withFlag("all", call.flag("--all")).withFilters(filters));
    String format = call.text("--format");
    boolean table = format.startsWith("table ") && !format.contains("{{.Digest}}");
    Listing listing =
        ImageTables.images(
            images,
            call.now(),
            call.terminal().zone(),
            !call.flag("--no-trunc"),
            call.flag("--digests"));
    call.print(
        listing.render(
            table && call.flag("--digests") ? format + "\t{{.Digest}}" : format,
            call.flag("--quiet")));
    return 0;
  }

  public static CommandSpec load() {
    return Cmd.named("load", "Load an image from a tar archive or STDIN")
        .text("-i --input", "string", "Read from tar archive file, instead of STDIN")
        .text("--platform", "string", "Load only the given platform: os/arch[/variant]")
        .flag("-q --quiet", "Suppress the load output")
        .example("swarm load -i image.tar")
        .runs(ImageCommands::load);
  }

  private static int load(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.given("--input") && call.terminal().inputIsTerminal()) {
      throw new InvalidValueException("requested load from stdin, but stdin is empty");
    }
    Target target =
        Target.of("/images/load")
            .withFlag("quiet", call.flag("--quiet") || !call.terminal().outputIsTerminal())
            .withGiven("platform", PlatformOption.json(call.text("--platform")));
    try (InputStream archive = archive(call, call.text("--input"));
        Answer answer = call.api().upload(target, "application/x-tar", archive)) {
      PullProgress.print(call, answer.body(), false);
    }
    return 0;
  }

  /// A file, or standard input where there is none or it is `-`.
  private static InputStream archive(Invocation call, String file)
      throws IOException, InvalidValueException {
    if (file.isEmpty() || file.equals("-")) {
      return call.terminal().in();
    }
    try {
      return Files.newInputStream(LocalFiles.path(file));
    } catch (NoSuchFileException | FileNotFoundException _) {
      throw new InvalidValueException("open " + file + ": no such file or directory");
    }
  }

  public static CommandSpec importing() {
    return Cmd.named("import", "Import the contents from a tarball to create a filesystem image")
        .arguments("file|URL|- [REPOSITORY[:TAG]]", 1, 2)
        .list("-c --change", "list", "Apply Dockerfile instruction to the created image")
        .text("-m --message", "string", "Set commit message for imported image")
        .text("--platform", "string", "Set platform if server is multi-platform capable")
        .example("swarm import -c 'CMD [\"/bin/sh\"]' rootfs.tar mine:latest")
        .runs(ImageCommands::importing);
  }

  private static int importing(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String source = call.arguments().getFirst();
    boolean url = source.startsWith("http://") || source.startsWith("https://");
    Target target =
        Target.of("/images/create")
            .with("fromSrc", url ? source : "-")
            .withGiven("message", call.text("--message"))
            .withGiven("platform", call.text("--platform"));
    if (call.arguments().size() > 1) {
      ImageName name = ImageName.parse(call.arguments().get(1));
      target.with("repo", name.repository()).withGiven("tag", name.tag());
    }
    for (String change : call.list("--change")) {
      target.with("changes", change);
    }
    try (InputStream archive = url ? InputStream.nullInputStream() : archive(call, source);
        Answer answer = call.api().upload(target, "application/x-tar", archive)) {
      PullProgress.print(call, answer.body(), false);
    }
    return 0;
  }

  public static CommandSpec rmi() {
    return remove("rmi");
  }

  private static CommandSpec remove(String name) {
    return Cmd.named(name, "Remove one or more images")
        .arguments("IMAGE [IMAGE...]", 1, MANY)
        .flag("-f --force", "Force removal of the image")
        .flag("--no-prune", "Do not delete untagged parents")
        .example("swarm rmi nginx:1.27")
        .runs(ImageCommands::remove);
  }

  private static int remove(Invocation call) throws IOException {
    int status = 0;
    for (String name : call.arguments()) {
      try {
        JsonNode gone =
            call.api()
                .delete(
                    Target.of("/images", name)
                        .withFlag("force", call.flag("--force"))
                        .withFlag("noprune", call.flag("--no-prune")));
        for (JsonNode one : gone) {
          for (String what : new String[] {"Untagged", "Deleted"}) {
            if (one.has(what)) {
              call.out().println(what + ": " + one.path(what).asText());
            }
          }
        }
      } catch (DaemonException e) {
        call.out().flush();
        call.err().println(Failures.daemon(e));
        status = call.flag("--force") && e.status() == Output.NOT_FOUND ? status : 1;
      }
    }
    return status;
  }

  public static CommandSpec tag() {
    return Cmd.named("tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE")
        .arguments("SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", 2, 2)
        .example("swarm tag nginx:alpine registry.example/nginx:alpine")
        .runs(
            call -> {
              ImageName name = ImageName.parse(call.arguments().get(1));
              call.api()
                  .post(
                      Target.of("/images", call.arguments().getFirst(), "tag")
                          .with("repo", name.repository())
                          .withGiven("tag", name.tag()),
                      Json.object());
              return 0;
            });
  }
}
