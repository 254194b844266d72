package swarm.chaos.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import swarm.chaos.compatibility.Scenario.Difference;
import swarm.chaos.compatibility.Scenario.Step;

/// One file of the table: reads it and, with what was recorded, writes it. See the package's text
/// for its form. Reading and writing are pure.
///
/// @param head the lines before the first scenario
/// @param scenarios with the comments before each
record Table(List<String> head, List<Entry> scenarios) {
  private static final String TITLE = "== ";
  private static final String COMMAND = "$ ";
  private static final String MORE = "> ";
  private static final String INDENT = "  ";
  private static final String REASON = "~ ";

  /// A scenario as it stands in its file.
  record Entry(Scenario scenario, List<String> comments) {}

  /// The files of a folder, in the order of their names.
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  static Table read(Path file) throws IOException {
    return parse(file.getFileName().toString(), Files.readAllLines(file));
  }

  /// @throws IllegalArgumentException with name and line, where the text has another form
  static Table parse(String name, List<String> lines) {
    return new Parser(name, lines).parse();
  }

  List<String> text() {
    var all = new ArrayList<String>(head);
    for (Entry entry : scenarios) {
      all.addAll(entry.comments());
      all.add(TITLE + entry.scenario().title());
      for (Step step : entry.scenario().steps()) {
        String[] script = step.script().split("\n", -1);
        all.add(COMMAND + script[0]);
        for (int i = 1; i < script.length; i++) {
          all.add(MORE + script[i]);
        }
        step.docker().forEach(line -> all.add(INDENT + line));
        step.wanted()
            .ifPresent(
                difference -> {
                  all.add(REASON + difference.reason());
                  difference.ours().forEach(line -> all.add(INDENT + line));
                });
      }
      all.add("");
    }
    return all;
  }

  private static final class Parser {
    private final String name;
    private final List<String> lines;
    private int at = 0;

    Parser(String name, List<String> lines) {
      this.name = name;
      this.lines = lines;
    }

    Table parse() {
      List<String> head = comments();
      // what stands right before the first title is that scenario's
      List<String> comments = List.of();
      var all = new ArrayList<Entry>();
      while (at < lines.size()) {
        if (!here(TITLE)) {
          throw wrong("a scenario begins with '" + TITLE + "its title'");
        }
        String title = lines.get(at++).substring(TITLE.length());
        var steps = new ArrayList<Step>();
        while (here(COMMAND)) {
          steps.add(step());
        }
        if (steps.isEmpty()) {
          throw wrong("the scenario '" + title + "' has no command: '" + COMMAND + "docker ...'");
        }
        all.add(new Entry(new Scenario(title, List.copyOf(steps)), comments));
        comments = comments();
      }
      return new Table(head, List.copyOf(all));
    }

    private Step step() {
      int line = at + 1;
      var script = new StringBuilder(lines.get(at++).substring(COMMAND.length()));
      while (here(MORE)) {
        script.append('\n').append(lines.get(at++).substring(MORE.length()));
      }
      List<String> docker = indented();
      if (!here(REASON)) {
        return new Step(line, script.toString(), docker, Optional.empty());
      }
      String reason = lines.get(at++).substring(REASON.length());
      return new Step(
          line, script.toString(), docker, Optional.of(new Difference(reason, indented())));
    }

    private List<String> indented() {
      var all = new ArrayList<String>();
      while (here(INDENT)) {
        all.add(lines.get(at++).substring(INDENT.length()));
      }
      return List.copyOf(all);
    }

    private List<String> comments() {
      var all = new ArrayList<String>();
      while (at < lines.size() && (lines.get(at).isEmpty() || lines.get(at).startsWith("#"))) {
        String line = lines.get(at++);
        if (!line.isEmpty()) {
          all.add(line);
        }
      }
      return List.copyOf(all);
    }

    private boolean here(String beginning) {
      return at < lines.size() && lines.get(at).startsWith(beginning);
    }

    private IllegalArgumentException wrong(String what) {
      String line = at < lines.size() ? lines.get(at) : "(the end)";
      return new IllegalArgumentException(name + ":" + (at + 1) + ": " + line + ": " + what);
    }
  }
}
