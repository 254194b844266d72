package swarm.chaos.compatibility;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Takes out of what a command printed what differs from one run to the next: ids, digests, times,
/// ages, made-up names, the width of a table's columns. Pure.
final class Scrub {
  private record Rule(Pattern pattern, String with) {}

  private static final List<Rule> RULES =
      List.of(
          // what newer engines than Debian's say besides, as we do
          rule("failed to create task for container: (?=failed to create shim task)", ""),
          rule("failed to set up container networking: ", ""),
          rule("sha256:[0-9a-f]{64}", "<digest>"),
          rule("\\bSWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}\\b", "<token>"),
          rule("\\b[0-9a-z]{25}\\b", "<swarm-id>"),
          rule("\\b10\\.77\\.0\\.[12]\\b", "<address>"),
          rule("\\b[0-9a-f]{64}\\b", "<id>"),
          rule("\\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\\b", "<short-id>"),
          // one in three hundred has digits only; in these places nothing else has twelve of them
          rule("^\\d{12}(?=: [A-Z]|$)", "<short-id>"),
          rule(
              "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( ?(Z|[+-]\\d\\d:?\\d\\d))?( UTC)?",
              "<time>"),
          rule("(?i)(less than a|about an?|\\d+) (second|minute|hour)s?( ago)?", "<age>"),
          rule("\\b([0-9a-f]{2}:){5}[0-9a-f]{2}\\b", "<mac>"),
          rule("(?<= )[a-z]+_[a-z]+\\d?$", "<made-up-name>"));
  private static final Pattern COLUMNS = Pattern.compile("(?<=\\S) {2,}");
  private static final Pattern END = Pattern.compile("\\s+$");

  private Scrub() {}

  private static Rule rule(String pattern, String with) {
    return new Rule(Pattern.compile(pattern), with);
  }

  /// What a step prints, in the table's form.
  static List<String> output(String out, String err, int status) {
    var all = new ArrayList<String>();
    lines(out).forEach(line -> all.add(line(line)));
    lines(err).forEach(line -> all.add(("2> " + line(line)).stripTrailing()));
    if (status != 0) {
      all.add("[" + status + "]");
    }
    return List.copyOf(all);
  }

  private static List<String> lines(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<>(List.of(text.replace("\r", "<CR>").split("\n", -1)));
    if (all.getLast().isEmpty()) {
      all.removeLast();
    } else {
      all.set(all.size() - 1, all.getLast() + "<no newline>");
    }
    return all;
  }

  private static String line(String line) {
    String now = line;
    for (Rule rule : RULES) {
      now = rule.pattern.matcher(now).replaceAll(rule.with);
    }
    return END.matcher(COLUMNS.matcher(now).replaceAll("  ")).replaceAll("");
  }
}
