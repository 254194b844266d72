package swarm.chaos.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was measured, in order.
final class Figures {
  private final Map<String, Double> values = new LinkedHashMap<>();
  private final Map<String, String> units = new LinkedHashMap<>();

  void add(String name, double value, String unit) {
    values.put(name, value);
    units.put(name, unit);
    System.err.printf("  %-36s %10.3f %s%n", name, value, unit);
  }

  /// A Markdown table of two columns of figures and their ratio. Of rates more is better, of times
  /// less: the ratio is always ours to theirs.
  static String table(Figures ours, Figures theirs) {
    var text = new StringBuilder("| figure | swarm | Docker Swarm | ratio |\n|---|---|---|---|\n");
    ours.values.forEach(
        (name, value) -> {
          Double other = theirs.values.get(name);
          String unit = ours.units.getOrDefault(name, "");
          text.append(
              other == null
                  ? String.format("| %s | %.3f %s | - | - |%n", name, value, unit)
                  : String.format(
                      "| %s | %.3f %s | %.3f %s | %.2f |%n",
                      name, value, unit, other, unit, value / other));
        });
    return text.toString();
  }
}
