package swarm.chaos.multihost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The commands of a client with their flags and other names, as their help tells them.
///
/// @param commands by path (`container ls`), what is told of each
record CommandTree(Map<String, Told> commands) {
  private static final Pattern HEAD = Pattern.compile("([A-Z][\\w ]*):");
  private static final Pattern COMMAND = Pattern.compile("  (\\w[\\w-]*)(\\*?)(?: +.*)?");
  private static final Pattern FLAG = Pattern.compile("  (?:(-\\w)(?:, )?|    )?(--[\\w-]+)?.*");

  /// A command's help.
  ///
  /// @param members commands below it; not those of plug-ins
  /// @param flags each with its short name, which may be empty
  /// @param aliases all its names, without the program's
  record Told(List<String> members, Map<String, String> flags, List<String> aliases) {
    static Told of(String help) {
      var members = new ArrayList<String>();
      var flags = new LinkedHashMap<String, String>();
      var aliases = new ArrayList<String>();
      String section = "";
      for (String line : help.split("\n")) {
        Matcher head = HEAD.matcher(line);
        if (head.matches()) {
          section = head.group(1);
        } else if (section.endsWith("Commands")) {
          Matcher command = COMMAND.matcher(line);
          if (command.matches() && command.group(2).isEmpty()) {
            members.add(command.group(1));
          }
        } else if (section.endsWith("Options")) {
          flag(line, flags);
        } else if (section.equals("Aliases") && !line.isBlank()) {
          for (String name : line.strip().split(", *")) {
            aliases.add(name.replaceFirst("^\\S+ ", ""));
          }
        }
      }
      return new Told(members, flags, aliases);
    }

    private static void flag(String line, Map<String, String> flags) {
      Matcher flag = FLAG.matcher(line);
      if (flag.matches()) {
        String shortName = flag.group(1) == null ? "" : flag.group(1);
        String name = flag.group(2) == null ? shortName : flag.group(2);
        if (!name.isEmpty()) {
          flags.put(name, shortName);
        }
      }
    }
  }

  /// How a client tells of a command.
  @FunctionalInterface
  interface Help {
    String of(String path) throws Exception;
  }

  /// @param help the whole help of a path, which is empty for all commands
  /// @param without paths that are not gone into
  static CommandTree read(Help help, List<String> without) throws Exception {
    var all = new TreeMap<String, Told>();
    var open = new ArrayList<String>(List.of(""));
    while (!open.isEmpty()) {
      String path = open.removeLast();
      Told told = Told.of(help.of(path));
      all.put(path, told);
      for (String member : told.members()) {
        String below = (path + " " + member).strip();
        if (!without.contains(below)) {
          open.add(below);
        }
      }
    }
    return new CommandTree(all);
  }

  /// What another client lacks of this one: commands, other names of theirs, flags; a line each.
  List<String> lacking(CommandTree other) {
    var lines = new ArrayList<String>();
    commands.forEach(
        (path, told) -> {
          Told theirs = other.commands.get(path);
          if (theirs == null) {
            lines.add(path);
            return;
          }
          for (String alias : told.aliases()) {
            if (!theirs.aliases().contains(alias)) {
              lines.add(path + ": also " + alias);
            }
          }
          told.flags()
              .forEach(
                  (flag, shortName) -> {
                    if (!theirs.flags().containsKey(flag)) {
                      lines.add((path + " " + flag).strip());
                    } else if (!shortName.isEmpty()
                        && !shortName.equals(theirs.flags().get(flag))) {
                      lines.add((path + " " + shortName).strip());
                    }
                  });
        });
    return lines;
  }
}
