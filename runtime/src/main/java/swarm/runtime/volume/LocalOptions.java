package swarm.runtime.volume;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The rules of Docker's local driver: names, and which options there are. Pure.
final class LocalOptions {
  private static final String NAME_CHARACTERS = "[a-zA-Z0-9][a-zA-Z0-9_.-]";
  private static final Pattern NAME = Pattern.compile(NAME_CHARACTERS + "+");

  /// The longest name of a file on the usual file systems.
  private static final int LONGEST_NAME = 255;

  private static final List<String> KNOWN = List.of("type", "o", "device", "size");
  private static final Map<String, List<String>> NEEDS =
      Map.of("device", List.of("type"), "type", List.of("device"), "o", List.of("device", "type"));

  private LocalOptions() {}

  static void checkName(String name) throws VolumeException {
    if (name.length() == 1) {
      throw invalid(
          name, "volume name is too short, names should be at least two alphanumeric characters");
    }
    if (!NAME.matcher(name).matches()) {
      throw invalid(
          name,
          "\""
              + name
              + "\" includes invalid characters for a local volume name, only \""
              + NAME_CHARACTERS
              + "\" are allowed. If you intended to pass a host directory, use absolute path");
    }
    if (name.length() > LONGEST_NAME) {
      throw invalid(
          name.substring(0, 20) + "...",
          "the name has " + name.length() + " characters, the limit is " + LONGEST_NAME);
    }
  }

  static void checkDriver(String name, String driver) throws VolumeException {
    if (!driver.isEmpty() && !driver.equals(Volume.LOCAL)) {
      throw new VolumeException(
          VolumeException.Kind.NOT_FOUND,
          "create "
              + name
              + ": error looking up volume plugin "
              + driver
              + ": plugin \""
              + driver
              + "\" not found");
    }
  }

  static void check(String name, Map<String, String> options) throws VolumeException {
    for (String option : new TreeSet<>(options.keySet())) {
      if (!KNOWN.contains(option)) {
        throw invalid(name, "invalid option: \"" + option + "\"");
      }
    }
    if (options.containsKey("size")) {
      throw invalid(name, "quota size requested but no quota support");
    }
    for (String option : new TreeSet<>(options.keySet())) {
      for (String needed : NEEDS.getOrDefault(option, List.of())) {
        if (!options.containsKey(needed)) {
          throw invalid(name, "missing required option: \"" + needed + "\"");
        }
      }
    }
  }

  private static VolumeException invalid(String name, String why) {
    return new VolumeException(VolumeException.Kind.INVALID, "create " + name + ": " + why);
  }
}
