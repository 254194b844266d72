package swarm.scheduler.place;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.PortConfig;

/// Why no node takes a task: how many nodes each filter refuses, and what it would take. A node
/// counts for the first filter that refuses it. Each part begins with Docker's words, as programs
/// look for those; what follows the colon is ours. Mutable; for one group of tasks.
final class Explanation {
  /// The filters, in the order in which they are asked: what a node is, before what is left of it,
  /// so that one which lacks memory and is in the wrong zone does not count as one that lacks
  /// memory.
  private enum Filter {
    READY("%d node(s) not available for new tasks"),
    CONSTRAINT("scheduling constraints not satisfied on %d node(s)"),
    PLATFORM("unsupported platform on %d node(s)"),
    VERSION("agents of an earlier version on %d node(s)"),
    RESOURCES("insufficient resources on %d node(s)"),
    HOST_PORT("host-mode port already in use on %d node(s)"),
    MAX_REPLICAS("max replicas per node limit exceed on %d node(s)");

    private final String words;

    Filter(String words) {
      this.words = words;
    }
  }

  private static final int MOST_DETAILS = 4;
  private static final int LONGEST = 700;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  /// The same detail on several nodes.
  private static final class Detail {
    int nodes;
    long mostFree = Long.MIN_VALUE;
    long asked;
  }

  private final Map<Filter, Map<String, Detail>> refused = new EnumMap<>(Filter.class);

  private Detail add(Filter filter, String what) {
    Detail detail =
        refused
            .computeIfAbsent(filter, _ -> new LinkedHashMap<>())
            .computeIfAbsent(what, _ -> new Detail());
    detail.nodes++;
    return detail;
  }

  void notReady(Node node) {
    String why =
        switch (node.status().state()) {
          case DOWN -> "down";
          case DISCONNECTED -> "disconnected";
          case UNKNOWN -> "not joined yet";
          case READY -> node.spec().drained() ? "drained" : "paused";
        };
    add(Filter.READY, why);
  }

  void constraint(String text) {
    add(Filter.CONSTRAINT, text);
  }

  void platform(List<Placement.Platform> asked) {
    var names = new ArrayList<String>();
    for (Placement.Platform each : asked) {
      String os = each.os() == null || each.os().isEmpty() ? "any" : each.os();
      String architecture =
          each.architecture() == null || each.architecture().isEmpty()
              ? ""
              : "/" + each.architecture();
      names.add(Constraint.shown(os + architecture));
    }
    add(Filter.PLATFORM, "needs " + shorten(names, " or "));
  }

  void olderVersion() {
    add(Filter.VERSION, "upgrade them, for secrets, configs and templates");
  }

  void lacksNanoCpus(long free, long asked) {
    lacks("CPUs", free, asked);
  }

  void lacksMemory(long free, long asked) {
    lacks("memory", free, asked);
  }

  /// @param free -1 where the node has none of it at all
  void lacksGeneric(String kind, long free, long asked) {
    lacks(Constraint.shown("'" + kind + "'"), free, asked);
  }

  private void lacks(String what, long free, long asked) {
    Detail detail = add(Filter.RESOURCES, what);
    detail.mostFree = Math.max(detail.mostFree, Math.max(0, free));
    detail.asked = asked;
  }

  void portTaken(PortConfig port) {
    add(Filter.HOST_PORT, port.publishedOrZero() + "/" + Constraint.shown(port.protocolOrTcp()));
  }

  void maxReplicas(long most) {
    add(Filter.MAX_REPLICAS, "at most " + most + " each");
  }

  /// Whether it would help if another task ended, or gave up what it has.
  boolean roomHelps() {
    return refused.containsKey(Filter.RESOURCES)
        || refused.containsKey(Filter.HOST_PORT)
        || refused.containsKey(Filter.MAX_REPLICAS);
  }

  /// The whole sentence, of at most some hundred characters; what most nodes fail at comes first.
  String text() {
    if (refused.isEmpty()) {
      return "no suitable node";
    }
    var parts = new ArrayList<>(refused.entrySet());
    parts.sort(
        Comparator.comparingInt((Map.Entry<Filter, Map<String, Detail>> part) -> -nodes(part)));
    var texts = new ArrayList<String>();
    for (var part : parts) {
      int nodes = nodes(part);
      texts.add(
          String.format(part.getKey().words, nodes).replace("(s)", nodes == 1 ? "" : "s")
              + ": "
              + details(part.getKey(), part.getValue()));
    }
    String all = "no suitable node (" + String.join("; ", texts);
    return (all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "...") + ")";
  }

  private static int nodes(Map.Entry<Filter, Map<String, Detail>> part) {
    return part.getValue().values().stream().mapToInt(detail -> detail.nodes).sum();
  }

  private static String details(Filter filter, Map<String, Detail> details) {
    var all = new ArrayList<>(details.entrySet());
    all.sort(
        Comparator.comparingInt((Map.Entry<String, Detail> each) -> -each.getValue().nodes)
            .thenComparing(Map.Entry::getKey));
    return shorten(
        all.stream().map(each -> detail(filter, each.getKey(), each.getValue())).toList(), ", ");
  }

  private static String detail(Filter filter, String what, Detail detail) {
    return switch (filter) {
      case READY -> detail.nodes + " " + what;
      case CONSTRAINT, HOST_PORT -> what + " on " + detail.nodes;
      case PLATFORM, VERSION, MAX_REPLICAS -> what;
      case RESOURCES ->
          detail.nodes
              + (detail.nodes == 1 ? " lacks " : " lack ")
              + what
              + (detail.nodes == 1 ? " (" : " (at most ")
              + amount(what, detail.mostFree, RoundingMode.FLOOR)
              + " free, "
              + amount(what, detail.asked, RoundingMode.CEILING)
              + " asked)";
    };
  }

  private static String shorten(List<String> all, String between) {
    return all.size() <= MOST_DETAILS
        ? String.join(between, all)
        : String.join(between, all.subList(0, MOST_DETAILS))
            + between
            + (all.size() - MOST_DETAILS)
            + " more";
  }

  /// What is free is rounded down and what is asked for up: they never look as if it were enough.
  private static String amount(String what, long amount, RoundingMode rounding) {
    return switch (what) {
      case "CPUs" -> plain(BigDecimal.valueOf(amount, 9).setScale(3, rounding));
      case "memory" -> bytes(amount, rounding);
      default -> Long.toString(amount);
    };
  }

  private static String bytes(long bytes, RoundingMode rounding) {
    int unit = 0;
    while (unit + 1 < UNITS.length && bytes >> (10 * (unit + 1)) > 0) {
      unit++;
    }
    BigDecimal scaled =
        BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(1L << (10 * unit)), 2, rounding);
    return plain(scaled) + " " + UNITS[unit];
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }
}
