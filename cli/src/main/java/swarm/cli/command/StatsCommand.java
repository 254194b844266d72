package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.StatsText;
import swarm.cli.spec.InvalidValueException;

/// `swarm stats`.
public final class StatsCommand {
  private static final String CLEAR = "\033[H\033[2J";

  private StatsCommand() {}

  public static CommandSpec stats() {
    return Cmd.named("stats", "Display a live stream of container(s) resource usage statistics")
        .arguments("[CONTAINER...]", 0, Integer.MAX_VALUE)
        .flag("-a --all", "Show all containers (default shows just running)")
        .text("--format", "string", "'table', 'json' or a template")
        .flag("--no-stream", "Disable streaming stats and only pull the first result")
        .flag("--no-trunc", "Do not truncate output")
        .example("swarm stats --no-stream", "swarm stats web")
        .runs(StatsCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    List<String> names = names(call);
    if (call.flag("--no-stream")) {
      print(call, once(call, names), "");
      return 0;
    }
    String before = call.terminal().outputIsTerminal() ? CLEAR : "";
    while (true) { // until Ctrl-C
      print(call, once(call, names), before);
      if (!call.terminal().flush()) {
        return 1;
      }
      names = names(call);
      if (names.isEmpty() && !call.arguments().isEmpty()) {
        return 0;
      }
    }
  }

  private static List<String> names(Invocation call) throws IOException, DaemonException {
    if (!call.arguments().isEmpty()) {
      return call.arguments();
    }
    var ids = new ArrayList<String>();
    Target target = Target.of("/containers/json").withFlag("all", call.flag("--all"));
    call.api().get(target).forEach(container -> ids.add(container.path("Id").asText()));
    return ids;
  }

  /// One sample of each; the daemon takes a second for it, so all are asked at once.
  private static List<StatsText.Sample> once(Invocation call, List<String> names)
      throws IOException, DaemonException {
    if (names.isEmpty()) {
      pause();
    }
    var api = call.api();
    Map<String, CompletableFuture<JsonNode>> asked = new LinkedHashMap<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : names) {
        Target target = Target.of("/containers", name, "stats").with("stream", "0");
        asked.put(
            name,
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return api.get(target);
                  } catch (IOException | DaemonException e) {
                    throw new CompletionException(e);
                  }
                },
                threads));
      }
    }
    return answers(call, asked);
  }

  /// One that went meanwhile is left out, unless the user named it.
  private static List<StatsText.Sample> answers(
      Invocation call, Map<String, CompletableFuture<JsonNode>> asked)
      throws IOException, DaemonException {
    var samples = new ArrayList<StatsText.Sample>();
    for (var answer : asked.entrySet()) {
      try {
        samples.add(new StatsText.Sample(answer.getKey(), answer.getValue().join()));
      } catch (CompletionException e) {
        switch (e.getCause()) {
          case DaemonException refused -> {
            if (refused.status() != 404 || !call.arguments().isEmpty()) {
              throw refused;
            }
          }
          case IOException broken -> throw broken;
          case null, default -> throw e;
        }
      }
    }
    return samples;
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void print(Invocation call, List<StatsText.Sample> samples, String before)
      throws InvalidValueException {
    String text =
        StatsText.listing(samples, !call.flag("--no-trunc")).render(call.text("--format"), false);
    call.print(before + text);
  }
}
