package swarm.runtime.logs;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Where a container's output goes. Made by [LogOptions#parse].
///
/// @param driver Docker's name of it
/// @param options as they were given, by name
/// @param limits what of it is kept on this host
public record LogConfig(String driver, Map<String, String> options, LogLimits limits) {
  /// Output is kept in a file whose size nothing limits: Docker's default.
  public static final LogConfig DEFAULT =
      new LogConfig(LogOptions.JSON_FILE, Map.of(), LogLimits.UNLIMITED);

  // A component that is missing in a file of an older version is null here.
  public LogConfig {
    driver = driver == null ? LogOptions.JSON_FILE : driver;
    options = options == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(options));
    limits = limits == null ? LogLimits.UNLIMITED : limits;
  }

  /// Whether there is anything to read.
  public boolean kept() {
    return !driver.equals(LogOptions.NONE);
  }

  /// Whether users may read it here.
  public boolean readable() {
    return kept() && !unread();
  }

  private boolean unread() {
    return driver.equals(LogOptions.SYSLOG)
        && LogOptions.isTrue(options.getOrDefault("cache-disabled", "false"));
  }
}
