package swarm.cli.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Options as a user gave them.
record Given(Map<String, List<String>> values) implements OptionValues {
  /// @param options parted by blanks; an underscore stands for a blank, and an option without a
  ///   value for a switch
  static Given of(String options) {
    var values = new TreeMap<String, List<String>>();
    Arrays.stream(options.split(" "))
        .filter(o -> !o.isEmpty())
        .map(o -> o.split("=", 2))
        .forEach(
            o ->
                values
                    .computeIfAbsent(o[0], _ -> new ArrayList<>())
                    .add(o.length == 1 ? "true" : o[1].replace('_', ' ')));
    return new Given(values);
  }

  @Override
  public boolean given(String option) {
    return values.containsKey(option);
  }

  @Override
  public String text(String option) {
    List<String> all = list(option);
    return all.isEmpty() ? "" : all.getLast();
  }

  @Override
  public List<String> list(String option) {
    return values.getOrDefault(option, List.of());
  }
}
