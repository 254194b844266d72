package swarm.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What Docker's command has under more than one name. Pure.
final class Aliases {
  private static final Set<String> CONTAINER =
      Set.of(
          "attach", "commit", "cp", "create", "diff", "exec", "export", "kill", "logs", "pause",
          "port", "rename", "restart", "rm", "run", "start", "stats", "stop", "top", "unpause",
          "wait");

  private static final Set<String> IMAGE =
      Set.of("build", "history", "import", "load", "pull", "push", "save", "tag");

  private static final Set<String> SYSTEM = Set.of("events", "info");

  private static final Map<String, String> RENAMED =
      Map.of("image ls", "images", "image rm", "rmi", "container ls", "ps");

  private Aliases() {}

  /// Other names of a group's member.
  static List<String> within(String group, String member) {
    return switch (member) {
      case "ls" -> group.equals("container") ? List.of("list", "ps") : List.of("list");
      case "rm" -> group.equals("stack") ? List.of("remove", "down") : List.of("remove");
      case "deploy" -> List.of("up");
      default -> List.of();
    };
  }

  /// As [#within], with those that work and are not told.
  static List<String> spellings(String group, String member) {
    var all = new ArrayList<>(within(group, member));
    if (group.equals("image") && member.equals("rm")) {
      all.add("rmi");
    }
    return all;
  }

  /// All names of a command, itself included, the one in its group first; none where it has but
  /// one.
  ///
  /// @param path its names without `swarm`: `container ls`, `ps`
  static List<String> of(String path) {
    String full = grouped(path);
    int blank = full.indexOf(' ');
    if (blank < 0) {
      return List.of();
    }
    String group = full.substring(0, blank);
    String member = full.substring(blank + 1);
    var all = new ArrayList<String>(List.of(full));
    within(group, member).forEach(name -> all.add(group + " " + name));
    if (full.equals("image build")) {
      all.add("build");
      all.add("builder build");
      return all;
    }
    String alone = RENAMED.getOrDefault(full, member);
    if (!alone.equals(full) && grouped(alone).equals(full)) {
      all.add(alone);
    }
    return all.size() > 1 ? all : List.of();
  }

  private static String grouped(String path) {
    for (var renamed : RENAMED.entrySet()) {
      if (renamed.getValue().equals(path)) {
        return renamed.getKey();
      }
    }
    if (path.equals("builder build")) {
      return "image build";
    }
    if (CONTAINER.contains(path)) {
      return "container " + path;
    }
    if (IMAGE.contains(path)) {
      return "image " + path;
    }
    return SYSTEM.contains(path) ? "system " + path : path;
  }
}
