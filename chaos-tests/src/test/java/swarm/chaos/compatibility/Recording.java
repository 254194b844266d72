package swarm.chaos.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import swarm.chaos.compatibility.Scenario.Step;

/// The table's files, and what is played of them.
final class Recording {
  /// Where the table is, and programs that its scenarios use.
  static final Path FOLDER = Path.of("src", "test", "resources", "compatibility");

  private static final Path DOCUMENT = Path.of("..", "docs", "DOCKER-COMPATIBILITY.md");

  private Recording() {}

  /// Every file, in the order of their names. `swarm.compat.only`, a regular expression, chooses
  /// scenarios by `FILE: TITLE`.
  static Map<Path, Table> read() throws IOException {
    var only = java.util.regex.Pattern.compile(System.getProperty("swarm.compat.only", ""));
    var all = new LinkedHashMap<Path, Table>();
    for (Path file : Table.files(FOLDER)) {
      Table table = Table.read(file);
      List<Table.Entry> chosen =
          table.scenarios().stream()
              .filter(e -> only.matcher(file.getFileName() + ": " + e.scenario().title()).find())
              .toList();
      all.put(file, new Table(table.head(), chosen));
    }
    return all;
  }

  /// Plays all scenarios, each on the next player that is free.
  static Map<Scenario, List<List<String>>> play(Map<Path, Table> tables, List<Player> players)
      throws IOException, InterruptedException {
    Queue<Scenario> open = new ConcurrentLinkedQueue<>();
    tables.values().forEach(t -> t.scenarios().forEach(entry -> open.add(entry.scenario())));
    var played = new ConcurrentHashMap<Scenario, List<List<String>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (Player player : players) {
        running.add(
            threads.submit(
                () -> {
                  for (Scenario next = open.poll(); next != null; next = open.poll()) {
                    played.put(next, player.play(next));
                  }
                  return true;
                }));
      }
      for (Future<?> one : running) {
        var _ = one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("the table could not be played", e.getCause());
    }
    return played;
  }

  /// A scenario with what was printed, as its file would show it.
  static String shown(Path file, Scenario scenario, List<List<String>> printed) {
    var text = new StringBuilder(file.getFileName() + ": " + scenario.title() + "\n");
    for (int i = 0; i < scenario.steps().size(); i++) {
      Step step = scenario.steps().get(i);
      text.append(step.line()).append(" $ ").append(step.script()).append('\n');
      if (i < printed.size()) {
        printed.get(i).forEach(line -> text.append("    ").append(line).append('\n'));
      }
    }
    return text.toString();
  }

  /// Writes what Docker's engine printed into the files. Scenarios that were not chosen stay.
  static void write(Map<Scenario, List<List<String>>> played) throws IOException {
    for (Path file : Table.files(FOLDER)) {
      Table table = Table.read(file);
      var entries = new ArrayList<Table.Entry>();
      for (Table.Entry entry : table.scenarios()) {
        List<List<String>> printed = played.get(entry.scenario());
        entries.add(
            printed == null
                ? entry
                : new Table.Entry(with(entry.scenario(), printed), entry.comments()));
      }
      Files.write(file, new Table(table.head(), entries).text());
    }
  }

  private static Scenario with(Scenario scenario, List<List<String>> printed) {
    var steps = new ArrayList<Step>();
    for (int i = 0; i < scenario.steps().size(); i++) {
      Step step = scenario.steps().get(i);
      // a difference that is none any more goes
      var wanted = step.wanted().filter(d -> !d.ours().equals(printed.get(steps.size())));
      steps.add(new Step(step.line(), step.script(), printed.get(i), wanted));
    }
    return new Scenario(scenario.title(), steps);
  }

  /// The first cells of the document's table: the reasons that a difference may name.
  static List<String> documented() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.split("\\|")[1].strip())
        .toList();
  }
}
