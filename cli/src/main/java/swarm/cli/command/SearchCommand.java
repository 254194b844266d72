package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.ImageTables;
import swarm.cli.spec.InvalidValueException;

/// `swarm search`.
public final class SearchCommand {
  private SearchCommand() {}

  public static CommandSpec search() {
    return Cmd.named("search", "Search Docker Hub for images")
        .arguments("TERM", 1, 1)
        .list("-f --filter", "filter", "Filter output based on conditions provided")
        .text("--format", "string", "Pretty-print search using a Go template")
        .text("--limit", "int", "Max number of search results")
        .flag("--no-trunc", "Don't truncate output")
        .example("swarm search --filter is-official=true nginx")
        .runs(SearchCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String term = call.arguments().getFirst();
    Map<String, List<String>> filters = call.filters();
    Target target =
        Target.of("/images/search")
            .with("term", term)
            .withGiven("limit", call.text("--limit"))
            .withFilters(filters);
    Map<String, String> credentials = CredentialStore.of(call.environment()).header(term);
    JsonNode found;
    try (Answer answer = call.api().stream("GET", target, credentials, null)) {
      found = Json.parse(answer.body());
    }
    call.print(
        ImageTables.search(found, !call.flag("--no-trunc")).render(call.text("--format"), false));
    return 0;
  }
}
