package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.Human;
import swarm.cli.spec.InvalidValueException;

/// `swarm image prune` and `swarm system prune`: everything that nothing uses goes, after a
/// question.
final class PruneCommands {
  private PruneCommands() {}

  static CommandSpec image() {
    return Cmd.named("prune", "Remove unused images")
        .flag("-a --all", "Remove all unused images, not just dangling ones")
        .list("--filter", "filter", "Provide filter values (e.g. \"until=<timestamp>\")")
        .flag("-f --force", "Do not prompt for confirmation")
        .example("swarm image prune --all --filter until=24h")
        .runs(PruneCommands::image);
  }

  private static int image(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String warning =
        call.flag("--all")
            ? "WARNING! This will remove all images without at least one container associated to"
                + " them."
            : "WARNING! This will remove all dangling images.";
    if (refused(call, warning)) {
      return Confirmation.REFUSED;
    }
    long freed = images(call, call.flag("--all"), call.filters());
    call.out().println("Total reclaimed space: " + Human.size(freed));
    return 0;
  }

  /// Asks, unless `--force` says not to.
  private static boolean refused(Invocation call, String warning) throws IOException {
    return !call.flag("--force") && !Confirmation.given(call, warning);
  }

  private static long images(Invocation call, boolean all, Map<String, List<String>> filters)
      throws IOException, DaemonException {
    filters.put("dangling", List.of(Boolean.toString(!all)));
    JsonNode answer = call.api().post(Target.of("/images/prune").withFilters(filters));
    List<String> lines = new ArrayList<>();
    for (JsonNode one : answer.path("ImagesDeleted")) {
      lines.add(
          one.has("Untagged")
              ? "untagged: " + one.path("Untagged").asText()
              : "deleted: " + one.path("Deleted").asText());
    }
    show(call, "Deleted Images:", lines);
    return answer.path("SpaceReclaimed").asLong();
  }

  private static void show(Invocation call, String head, List<String> lines) {
    if (!lines.isEmpty()) {
      call.out().println(head);
      lines.forEach(call.out()::println);
      call.out().println();
    }
  }

  static CommandSpec system() {
    return Cmd.named("prune", "Remove unused data")
        .flag("-a --all", "Remove all unused images not just dangling ones")
        .list("--filter", "filter", "Provide filter values (e.g. \"label=<key>=<value>\")")
        .flag("-f --force", "Do not prompt for confirmation")
        .flag("--volumes", "Prune anonymous volumes")
        .example("swarm system prune --all --force")
        .runs(PruneCommands::system);
  }

  private static int system(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (call.flag("--volumes") && call.filters().containsKey("until")) {
      throw new InvalidValueException(
          "ERROR: The \"until\" filter is not supported with \"--volumes\"");
    }
    if (refused(call, warning(call))) {
      return Confirmation.REFUSED;
    }
    long freed = kind(call, "containers", "ContainersDeleted", "Deleted Containers:");
    if (call.flag("--volumes")) {
      freed += kind(call, "volumes", "VolumesDeleted", "Deleted Volumes:");
    }
    freed += kind(call, "networks", "NetworksDeleted", "Deleted Networks:");
    freed += images(call, call.flag("--all"), call.filters());
    freed += kind(call, "build", "CachesDeleted", "Deleted build cache objects:");
    call.out().println("Total reclaimed space: " + Human.size(freed));
    return 0;
  }

  private static String warning(Invocation call) {
    var text = new StringBuilder("WARNING! This will remove:\n");
    var kinds = new ArrayList<String>();
    kinds.add("all stopped containers");
    kinds.add("all networks not used by at least one container");
    if (call.flag("--volumes")) {
      kinds.add("all anonymous volumes not used by at least one container");
    }
    boolean all = call.flag("--all");
    kinds.add(
        all
            ? "all images without at least one container associated to them"
            : "all dangling images");
    kinds.add(all ? "all build cache" : "unused build cache");
    kinds.forEach(kind -> text.append("  - ").append(kind).append('\n'));
    List<String> filters = call.list("--filter");
    if (!filters.isEmpty()) {
      text.append("\n  Items to be pruned will be filtered with:\n");
      filters.forEach(filter -> text.append("  - ").append(filter).append('\n'));
    }
    return text.toString();
  }

  private static long kind(Invocation call, String path, String field, String head)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode answer = call.api().post(Target.of("/" + path + "/prune").withFilters(call.filters()));
    List<String> lines = new ArrayList<>();
    answer.path(field).forEach(one -> lines.add(one.asText()));
    show(call, head, lines);
    return answer.path("SpaceReclaimed").asLong();
  }
}
