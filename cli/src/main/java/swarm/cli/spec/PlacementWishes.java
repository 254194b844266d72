package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a service's tasks are spread over, and the generic resources that they reserve, as options
/// name them: `spread=node.labels.zone`, `GPU=2`.
final class PlacementWishes {
  static final String GENERIC = "/TaskTemplate/Resources/Reservations/GenericResources";
  private static final String PREFERENCES = "/TaskTemplate/Placement/Preferences";

  private PlacementWishes() {}

  static ObjectNode preference(String text, String option) throws InvalidValueException {
    int equal = text.indexOf('=');
    if (equal < 0) {
      throw InvalidValueException.of(
          text, option, "placement preference must be of the format \"<strategy>=<arg>\"");
    }
    String strategy = text.substring(0, equal);
    if (!strategy.equals("spread")) {
      throw InvalidValueException.of(
          text,
          option,
          "unsupported placement preference " + strategy + " (only spread is supported)");
    }
    ObjectNode preference = KeyValues.object();
    preference.putObject("Spread").put("SpreadDescriptor", text.substring(equal + 1));
    return preference;
  }

  static ObjectNode generic(String text, String option) throws InvalidValueException {
    String[] parts = text.split("=", -1);
    if (parts.length != 2) {
      throw InvalidValueException.of(
          text,
          option,
          "could not parse GenericResource: incorrect term "
              + text
              + ", missing '=' or malformed expression");
    }
    try {
      long count = Long.parseLong(parts[1].strip());
      if (count < 0) {
        throw InvalidValueException.of(
            text, option, "cannot ask for negative resource " + parts[0].strip());
      }
      return discrete(parts[0].strip(), count);
    } catch (NumberFormatException _) {
      throw InvalidValueException.of(
          text,
          option,
          "invalid generic-resource request `"
              + text
              + "`, Named Generic Resources is not supported for service create or update");
    }
  }

  private static ObjectNode discrete(String kind, long count) {
    ObjectNode resource = KeyValues.object();
    resource.putObject("DiscreteResourceSpec").put("Kind", kind).put("Value", count);
    return resource;
  }

  /// `service update`: takes out, then adds; a preference that was removed and added is the last.
  static void change(ObjectNode spec, OptionValues values) throws InvalidValueException {
    changePreferences(spec, values);
    changeGeneric(spec, values);
  }

  private static void changePreferences(ObjectNode spec, OptionValues values)
      throws InvalidValueException {
    String option = "--placement-pref";
    if (!values.given(option + "-add") && !values.given(option + "-rm")) {
      return;
    }
    var gone = new ArrayList<JsonNode>();
    for (String text : values.list(option + "-rm")) {
      gone.add(preference(text, option + "-rm"));
    }
    var all = new ArrayList<JsonNode>();
    for (JsonNode each : spec.at(PREFERENCES)) {
      if (!gone.contains(each)) {
        all.add(each);
      }
    }
    for (String text : values.list(option + "-add")) {
      all.add(preference(text, option + "-add"));
    }
    ArrayNode array = spec.withArray(PREFERENCES);
    array.removeAll();
    array.addAll(all);
  }

  /// By kind: what is added takes the place of what was asked for of the same kind.
  private static void changeGeneric(ObjectNode spec, OptionValues values)
      throws InvalidValueException {
    String option = "--generic-resource";
    if (!values.given(option + "-add") && !values.given(option + "-rm")) {
      return;
    }
    Map<String, JsonNode> all = new TreeMap<>();
    for (JsonNode each : spec.at(GENERIC)) {
      all.put(each.at("/DiscreteResourceSpec/Kind").asText(), each);
    }
    Set<String> gone = new TreeSet<>();
    values.list(option + "-rm").forEach(kind -> gone.add(KeyValues.key(kind).strip()));
    all.keySet().removeAll(gone);
    for (String text : values.list(option + "-add")) {
      ObjectNode each = generic(text, option + "-add");
      all.put(each.at("/DiscreteResourceSpec/Kind").asText(), each);
    }
    ArrayNode array = spec.withArray(GENERIC);
    array.removeAll();
    array.addAll(all.values());
  }
}
