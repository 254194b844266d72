package swarm.runtime.container;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.runtime.oci.SpecRequest.DeviceRule;

/// Reads the rules of `--device-cgroup-rule`. Pure.
public final class DeviceRules {
  private static final Pattern RULE =
      Pattern.compile("([acb]) (\\d{1,10}|\\*):(\\d{1,10}|\\*) ([rwm]{1,3})");

  private DeviceRules() {}

  /// @param rules `TYPE MAJOR:MINOR ACCESS`, a star for any number
  /// @throws EngineException INVALID with the first that is none
  public static List<DeviceRule> parse(List<String> rules) throws EngineException {
    List<DeviceRule> parsed = new ArrayList<>();
    for (String rule : rules) {
      Matcher m = RULE.matcher(rule);
      if (!m.matches()) {
        throw EngineException.invalid("invalid device cgroup rule format: '" + rule + "'");
      }
      parsed.add(
          new DeviceRule(m.group(1).charAt(0), number(m.group(2)), number(m.group(3)), m.group(4)));
    }
    return parsed;
  }

  private static long number(String text) {
    return text.equals("*") ? -1 : Long.parseLong(text);
  }
}
