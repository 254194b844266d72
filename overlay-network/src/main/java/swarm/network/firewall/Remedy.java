package swarm.network.firewall;

import java.util.List;
import java.util.stream.Collectors;

/// The command by which a user lets pass what a rule stops, for whoever wrote that rule. Pure.
final class Remedy {
  private Remedy() {}

  /// @param base the chain that the kernel calls
  static String of(Ruleset ruleset, Ruleset.Id base, List<Opening> stopped) {
    if (base.table().name().equals("firewalld")) {
      return joined(stopped, Remedy::firewalld) + " && firewall-cmd --reload";
    }
    boolean ufw =
        base.table().name().equals("filter")
            && ruleset.chains().keySet().stream()
                .anyMatch(id -> id.table().equals(base.table()) && id.chain().startsWith("ufw-"));
    if (ufw) {
      return joined(stopped, Remedy::ufw);
    }
    return joined(
        stopped,
        opening ->
            "nft 'insert rule "
                + base.table()
                + " "
                + base.chain()
                + " "
                + opening.text()
                + " accept'");
  }

  private static String joined(
      List<Opening> stopped, java.util.function.Function<Opening, String> command) {
    return stopped.stream().map(command).distinct().collect(Collectors.joining(" && "));
  }

  private static String firewalld(Opening opening) {
    return switch (opening) {
      case Opening.From(String bridge) -> trust(bridge);
      case Opening.To(String bridge) -> trust(bridge);
      case Opening.Port(var protocol, int port) ->
          "firewall-cmd --permanent --add-port=" + port + "/" + protocol.text();
    };
  }

  private static String trust(String bridge) {
    String name = bridge.endsWith("*") ? bridge.replace('*', '+') : bridge;
    return "firewall-cmd --permanent --zone=trusted --add-interface=" + name;
  }

  private static String ufw(Opening opening) {
    return switch (opening) {
      case Opening.From(String bridge) -> "ufw route allow in on " + bridge.replace('*', '+');
      case Opening.To(String bridge) -> "ufw route allow out on " + bridge.replace('*', '+');
      case Opening.Port(var protocol, int port) -> "ufw allow " + port + "/" + protocol.text();
    };
  }
}
