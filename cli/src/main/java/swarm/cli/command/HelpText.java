package swarm.cli.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A command's help, laid out as Docker's is: `-f, --filter filter What it does`.
public final class HelpText {
  private HelpText() {}

  private record Line(String left, String right) {}

  /// The option that asks for it, of every command.
  ///
  /// @param hidden where the help itself is not to show it
  public static OptionSpec option(boolean hidden) {
    return OptionSpec.builder("--help")
        .type(boolean.class)
        .usageHelp(true)
        .hidden(hidden)
        .description("Print usage")
        .build();
  }

  public static String of(CommandSpec spec) {
    var out = new StringBuilder();
    String[] usage = spec.usageMessage().customSynopsis();
    out.append("Usage:  ")
        .append(usage.length == 0 ? spec.qualifiedName() + " [OPTIONS]" : usage[0])
        .append("\n\n");
    for (String line : spec.usageMessage().description()) {
      out.append(line).append('\n');
    }
    String path = spec.qualifiedName().replaceFirst("^\\S+ ?", "");
    List<String> aliases = Aliases.of(path);
    if (!aliases.isEmpty()) {
      out.append("\nAliases:\n  swarm ").append(String.join(", swarm ", aliases)).append('\n');
    }
    section(out, spec.parent() == null ? "Global Options" : "Options", options(spec));
    section(
        out,
        "Commands",
        spec.subcommands().entrySet().stream()
            .filter(e -> e.getKey().equals(e.getValue().getCommandName()))
            .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
            .map(
                e ->
                    new Line(
                        e.getKey(),
                        String.join(
                            " ", e.getValue().getCommandSpec().usageMessage().description())))
            .toList());
    for (String line : spec.usageMessage().footer()) {
      out.append(line).append('\n');
    }
    return out.toString();
  }

  private static List<Line> options(CommandSpec spec) {
    var shown = new ArrayList<OptionSpec>();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        shown.add(option);
      }
    }
    shown.sort(Comparator.comparing(HelpText::longName));
    return shown.stream().map(HelpText::option).toList();
  }

  /// The first long name is the one that is told; others are for fingers that know them.
  private static String longName(OptionSpec option) {
    for (String name : option.names()) {
      if (name.startsWith("--")) {
        return name;
      }
    }
    return option.names()[0];
  }

  private static Line option(OptionSpec option) {
    String shortest = option.shortestName();
    String name = longName(option);
    String start =
        shortest.startsWith("--") ? "    " : shortest + (shortest.equals(name) ? "" : ", ");
    boolean flag = option.typeInfo().isBoolean();
    return new Line(
        start
            + (shortest.equals(name) && !name.startsWith("--") ? "" : name)
            + (flag ? "" : " " + option.paramLabel()),
        String.join(" ", option.description()));
  }

  private static void section(StringBuilder out, String title, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    int width = lines.stream().mapToInt(l -> l.left().length()).max().orElse(0);
    out.append('\n').append(title).append(":\n");
    for (Line line : lines) {
      out.append("  ").append(line.left());
      out.repeat(' ', width - line.left().length() + 3).append(line.right()).append('\n');
    }
  }
}
