package swarm.scheduler.place;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// One placement constraint, read: `node.role == manager`, `node.labels.zone != a`. Keys and values
/// are compared without regard to case, but a label's own key is case-sensitive; the value is taken
/// literally, as swarmkit's `constraint` package does (it allows `*` and `?` in it, and gives them
/// no meaning). Immutable.
final class Constraint {
  /// What of a node is compared.
  private enum Subject {
    ID("node.id"),
    HOSTNAME("node.hostname"),
    ROLE("node.role"),
    IP("node.ip"),
    OS("node.platform.os"),
    ARCHITECTURE("node.platform.arch"),
    LABEL("");

    private final String key;

    Subject(String key) {
      this.key = key;
    }
  }

  private static final List<Subject> SUBJECTS = List.of(Subject.values());
  private static final int LONGEST_SHOWN = 80;

  private final String text;
  private final Subject subject;

  /// Null for what is no label.
  private final @Nullable NodeLabel label;

  private final boolean equal;
  private final String value;
  private final @Nullable IpRange range;

  private Constraint(
      String text, Subject subject, @Nullable NodeLabel label, boolean equal, String value) {
    this.text = text;
    this.subject = subject;
    this.label = label;
    this.equal = equal;
    this.value = value;
    this.range = subject == Subject.IP ? IpRange.parse(value) : null;
  }

  /// Reads a constraint; null where it cannot be read. It takes more than [#problem] lets through:
  /// what an earlier version accepted must go on to mean what it meant.
  static @Nullable Constraint parse(String text) {
    int at = text.indexOf("==");
    boolean equal = at >= 0;
    if (!equal) {
      at = text.indexOf("!=");
    }
    if (at < 0) {
      return null;
    }
    String key = text.substring(0, at).strip();
    Subject subject = subject(key);
    if (subject == null) {
      return null;
    }
    return new Constraint(
        text, subject, NodeLabel.parse(key), equal, text.substring(at + 2).strip());
  }

  private static @Nullable Subject subject(String key) {
    if (NodeLabel.parse(key) != null) {
      return Subject.LABEL;
    }
    for (Subject each : SUBJECTS) {
      if (each != Subject.LABEL && key.equalsIgnoreCase(each.key)) {
        return each;
      }
    }
    return null;
  }

  /// Why a constraint cannot be used, in swarmkit's words where it has some; empty where it can.
  static Optional<String> problem(String text) {
    int at = text.indexOf("==");
    if (at < 0) {
      at = text.indexOf("!=");
    }
    if (at < 0) {
      return Optional.of("constraint expected one operator from ==, !=: '" + shown(text) + "'");
    }
    String key = text.substring(0, at).strip();
    if (!wellFormed(key, "-_.", 2) || isDigitOr(key.charAt(0), "-.")) {
      return Optional.of("key '" + shown(key) + "' is invalid");
    }
    String value = text.substring(at + 2).strip();
    if (!wellFormed(value, ":-_ \t.*()?+[]\\^$|/", 1)) {
      return Optional.of("value '" + shown(value) + "' is invalid");
    }
    Constraint read = parse(text);
    if (read == null) {
      return Optional.of(
          "constraint key '"
              + shown(key)
              + "' is unknown; use node.id, node.hostname, node.role, node.ip, node.platform.os,"
              + " node.platform.arch, node.labels.KEY or engine.labels.KEY");
    }
    return read.subject == Subject.IP && read.range == null
        ? Optional.of(
            "constraint value '"
                + shown(value)
                + "' is no IP address and no network, such as 192.0.2.7 or 192.0.2.0/24")
        : Optional.empty();
  }

  private static boolean wellFormed(String text, String others, int shortest) {
    return text.length() >= shortest
        && text.chars().allMatch(c -> isLetterOr(c, others) || isDigitOr(c, ""));
  }

  private static boolean isLetterOr(int c, String others) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.indexOf(c) >= 0;
  }

  private static boolean isDigitOr(int c, String others) {
    return (c >= '0' && c <= '9') || others.indexOf(c) >= 0;
  }

  static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }

  /// The constraint as the user wrote it, not longer than a line.
  String shown() {
    return shown(text.strip());
  }

  /// Whether a node meets it.
  boolean matches(Node node) {
    return switch (subject) {
      case ID -> compare(node.id());
      case HOSTNAME -> compare(node.description().hostname());
      case ROLE -> compare(node.spec().manager() ? "manager" : "worker");
      case IP -> range != null && range.contains(node.status().address()) == equal;
      case OS -> compare(node.description().os());
      case ARCHITECTURE ->
          architecture(value).equalsIgnoreCase(architecture(node.description().architecture()))
              == equal;
      case LABEL -> compare(label == null ? "" : label.of(node));
    };
  }

  private boolean compare(String what) {
    return what.equalsIgnoreCase(value) == equal;
  }

  /// One name for each architecture: Docker calls a node's by the kernel's name, an image's by
  /// Go's.
  static String architecture(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
