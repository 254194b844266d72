package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/// Options of a build that go out as JSON. Pure.
public final class BuildArguments {
  private BuildArguments() {}

  /// `NAME=VALUE`; a bare `NAME` has the value of this process's variable, or null where there is
  /// none, so that the daemon can warn of it.
  public static ObjectNode read(List<String> given, Map<String, String> environment) {
    ObjectNode all = KeyValues.object();
    for (String one : given) {
      int equal = one.indexOf('=');
      if (equal >= 0) {
        all.put(one.substring(0, equal), one.substring(equal + 1));
      } else {
        all.put(one, environment.get(one));
      }
    }
    return all;
  }

  /// `NAME=SOFT[:HARD]`.
  public static ArrayNode limits(List<String> given) throws InvalidValueException {
    ArrayNode all = KeyValues.object().putArray("all");
    for (String one : given) {
      all.add(Ulimits.parse(one, "--ulimit"));
    }
    return all;
  }
}
