package swarm.scheduler.place;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.scheduler.model.Node;

/// Placement constraints, in Docker's language: `node.role == manager`, `node.labels.zone != a`.
public final class Constraints {
  private static final Pattern FORM =
      Pattern.compile("^\\s*([A-Za-z0-9._-]+)\\s*(==|!=)\\s*(.*?)\\s*$");

  private Constraints() {}

  /// Why a constraint cannot be used; empty where it can.
  public static Optional<String> problem(String constraint) {
    Matcher m = FORM.matcher(constraint);
    if (!m.matches()) {
      return Optional.of("constraint expected one operator from ==, !=: '" + constraint + "'");
    }
    String key = m.group(1).toLowerCase(Locale.ROOT);
    boolean known =
        switch (key) {
          case "node.id",
              "node.hostname",
              "node.role",
              "node.ip",
              "node.platform.os",
              "node.platform.arch" ->
              true;
          default -> key.startsWith("node.labels.") || key.startsWith("engine.labels.");
        };
    return known
        ? Optional.empty()
        : Optional.of(
            "constraint key '"
                + m.group(1)
                + "' is unknown; use node.id, node.hostname, node.role, node.ip, node.platform.os,"
                + " node.platform.arch, node.labels.KEY or engine.labels.KEY");
  }

  /// Whether a node meets every constraint; one that cannot be read is met by none.
  public static boolean allMatch(List<String> constraints, Node node) {
    return constraints.stream().allMatch(c -> matches(c, node));
  }

  private static boolean matches(String constraint, Node node) {
    Matcher m = FORM.matcher(constraint);
    if (!m.matches()) {
      return false;
    }
    boolean equal = valueOf(m.group(1), node).equalsIgnoreCase(m.group(3));
    return equal == m.group(2).equals("==");
  }

  private static String valueOf(String key, Node node) {
    String lower = key.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "node.id" -> node.id();
      case "node.hostname" -> node.description().hostname();
      case "node.role" -> node.spec().manager() ? "manager" : "worker";
      case "node.ip" -> node.status().address();
      case "node.platform.os" -> node.description().os();
      case "node.platform.arch" -> node.description().architecture();
      default -> label(key, lower, node);
    };
  }

  private static String label(String key, String lower, Node node) {
    if (lower.startsWith("node.labels.")) {
      return node.spec().labelsOrEmpty().getOrDefault(key.substring("node.labels.".length()), "");
    }
    if (lower.startsWith("engine.labels.")) {
      return node.description()
          .engineLabels()
          .getOrDefault(key.substring("engine.labels.".length()), "");
    }
    return "";
  }
}
