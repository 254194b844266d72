package swarm.chaos.multihost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads Prometheus' text format, version 0.0.4, as strictly as its own parser: each family has its
/// help and its type before its samples, all samples of a family are together, a histogram's
/// buckets go up to `+Inf`.
final class Exposition {
  private static final Pattern HEAD =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(?:\\{([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"\\})? (\\S+)");

  /// One line of numbers.
  ///
  /// @param label the label's value; empty where there is none
  record Sample(String name, String label, double value) {}

  /// @param type `gauge`, `counter` or `histogram`
  record Family(String type, List<Sample> samples) {}

  private Exposition() {}

  /// The families, by name, in their order.
  ///
  /// @throws IllegalArgumentException with the line that is none of the format's
  static Map<String, Family> parse(String text) {
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("the last line has no end");
    }
    var families = new LinkedHashMap<String, Family>();
    String helped = "";
    String current = "";
    for (String line : text.split("\n")) {
      Matcher head = HEAD.matcher(line);
      if (head.matches() && head.group(1).equals("HELP")) {
        helped = head.group(2);
      } else if (head.matches()) {
        current = head.group(2);
        check(helped.equals(current), line);
        check(List.of("gauge", "counter", "histogram").contains(head.group(3)), line);
        check(families.put(current, new Family(head.group(3), new ArrayList<>())) == null, line);
      } else {
        Matcher sample = SAMPLE.matcher(line);
        check(sample.matches(), line);
        Family family = family(families, current);
        check(belongs(sample.group(1), current, family.type()), line);
        family
            .samples()
            .add(
                new Sample(
                    sample.group(1),
                    sample.group(3) == null ? "" : sample.group(3),
                    Double.parseDouble(sample.group(4))));
      }
    }
    families.forEach((name, family) -> check(whole(name, family), name));
    return families;
  }

  /// One of them.
  ///
  /// @throws IllegalArgumentException where it is not there
  static Family family(Map<String, Family> families, String name) {
    Family family = families.get(name);
    if (family == null) {
      throw new IllegalArgumentException("there is no metric '" + name + "'");
    }
    return family;
  }

  private static boolean belongs(String sample, String family, String type) {
    return type.equals("histogram")
        ? List.of(family + "_bucket", family + "_sum", family + "_count").contains(sample)
        : sample.equals(family);
  }

  private static boolean whole(String name, Family family) {
    if (!family.type().equals("histogram")) {
      return !family.samples().isEmpty();
    }
    List<Sample> buckets =
        family.samples().stream().filter(s -> s.name().equals(name + "_bucket")).toList();
    for (int i = 1; i < buckets.size(); i++) {
      if (bound(buckets.get(i)) <= bound(buckets.get(i - 1))
          || buckets.get(i).value() < buckets.get(i - 1).value()) {
        return false;
      }
    }
    return !buckets.isEmpty()
        && buckets.getLast().label().equals("+Inf")
        && family.samples().contains(new Sample(name + "_count", "", buckets.getLast().value()))
        && family.samples().stream().anyMatch(s -> s.name().equals(name + "_sum"));
  }

  private static double bound(Sample bucket) {
    return bucket.label().equals("+Inf")
        ? Double.POSITIVE_INFINITY
        : Double.parseDouble(bucket.label());
  }

  private static void check(boolean good, String line) {
    if (!good) {
      throw new IllegalArgumentException("not Prometheus' text format: " + line);
    }
  }
}
