package swarm.runtime.logs;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Reads what a container asks of its log driver, and refuses in Docker's words what makes no
/// sense. Pure.
public final class LogOptions {
  /// Docker's default driver.
  public static final String JSON_FILE = "json-file";

  /// A rotated and compressed file.
  public static final String LOCAL = "local";

  /// Nothing is kept.
  public static final String NONE = "none";

  /// Sent to a log server, and kept as by [#LOCAL] to be read here.
  public static final String SYSLOG = "syslog";

  /// All that do something, sorted, as Docker lists them.
  public static final List<String> DRIVERS = List.of(JSON_FILE, LOCAL, SYSLOG);

  private static final Set<String> ANY_DRIVERS = Set.of("mode", "max-buffer-size");
  private static final Set<String> CACHE =
      Set.of("cache-disabled", "cache-max-size", "cache-max-file", "cache-compress");
  private static final Set<String> OF_FILES =
      Set.of(
          "max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag");
  private static final LogLimits LOCAL_LIMITS = new LogLimits(20L << 20, 5, true);

  // What Go takes for them.
  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  // Docker's go-units.
  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgtp])?i?b?", Pattern.CASE_INSENSITIVE);

  private LogOptions() {}

  /// @param driver its name; empty for the default one
  /// @throws InvalidLogOptionException where there is no such driver or option, or its value makes
  ///   no sense
  public static LogConfig parse(String driver, Map<String, String> options)
      throws InvalidLogOptionException {
    String name = driver.isEmpty() ? JSON_FILE : driver;
    if (name.equals(NONE)) {
      return new LogConfig(name, options, LogLimits.UNLIMITED);
    }
    checkMode(options);
    var own = new TreeMap<>(options);
    own.keySet().removeAll(ANY_DRIVERS);
    LogLimits limits =
        switch (name) {
          case JSON_FILE -> {
            known(own.keySet(), OF_FILES, "for json-file log driver");
            yield jsonFile(own);
          }
          case LOCAL -> {
            known(own.keySet(), OF_FILES, "for log driver local");
            yield local(own, "");
          }
          case SYSLOG -> {
            var remote = new TreeMap<>(own);
            remote.keySet().removeAll(CACHE);
            SyslogOptions.check(remote);
            yield local(own, "cache-");
          }
          default ->
              throw new InvalidLogOptionException(
                  "error looking up logging plugin "
                      + name
                      + ": plugin \""
                      + name
                      + "\" not found");
        };
    pattern(own, "labels-regex");
    pattern(own, "env-regex");
    LogTag.check(own.getOrDefault("tag", ""));
    return new LogConfig(name, options, limits);
  }

  private static void checkMode(Map<String, String> options) throws InvalidLogOptionException {
    String mode = options.getOrDefault("mode", "");
    if (!Set.of("", "blocking", "non-blocking").contains(mode)) {
      throw new InvalidLogOptionException("logger: logging mode not supported: " + mode);
    }
    String buffer = options.get("max-buffer-size");
    if (buffer == null) {
      return;
    }
    if (!mode.equals("non-blocking")) {
      throw new InvalidLogOptionException(
          "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    }
    try {
      var _ = bytes(buffer, 1024);
    } catch (InvalidLogOptionException e) {
      throw new InvalidLogOptionException(
          "error parsing option max-buffer-size: " + e.getMessage());
    }
  }

  static void known(Set<String> given, Set<String> known, String where)
      throws InvalidLogOptionException {
    var unknown = new TreeSet<>(given);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new InvalidLogOptionException("unknown log opt '" + unknown.first() + "' " + where);
    }
  }

  private static LogLimits jsonFile(Map<String, String> options) throws InvalidLogOptionException {
    String size = options.get("max-size");
    long bytes = 0;
    if (size != null) {
      bytes = started(() -> bytes(size, 1000));
      if (bytes <= 0) {
        throw notStarted("max-size must be a positive number");
      }
    }
    int files = started(() -> count(options.getOrDefault("max-file", "1")));
    if (files < 1) {
      throw notStarted("max-file cannot be less than 1");
    }
    boolean compress = started(() -> flag(options.getOrDefault("compress", "false")));
    if (compress && (files == 1 || bytes == 0)) {
      throw notStarted(
          "compress cannot be true when max-file is less than 2 or max-size is not set");
    }
    return new LogLimits(bytes, files, compress);
  }

  private static LogLimits local(Map<String, String> options, String prefix)
      throws InvalidLogOptionException {
    String size = options.get(prefix + "max-size");
    String files = options.get(prefix + "max-file");
    String compress = options.get(prefix + "compress");
    LogLimits limits = LOCAL_LIMITS;
    boolean _ = started(() -> flag(options.getOrDefault("cache-disabled", "false")));
    long bytes = size == null ? limits.maxBytes() : started(() -> bytes(size, 1024));
    int count = files == null ? limits.maxFiles() : started(() -> count(files));
    boolean packed = compress == null ? limits.compress() : started(() -> flag(compress));
    if (count < 1) {
      throw notStarted("max file count cannot be less than 1");
    }
    if (packed && count == 1) {
      throw notStarted("compression cannot be enabled when max file count is 1");
    }
    return new LogLimits(bytes, count, packed);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws InvalidLogOptionException;
  }

  // Docker finds these wrong when the container starts; here it is not even made.
  private static <T> T started(Reading<T> value) throws InvalidLogOptionException {
    try {
      return value.read();
    } catch (InvalidLogOptionException e) {
      throw notStarted(String.valueOf(e.getMessage()));
    }
  }

  static InvalidLogOptionException notStarted(String why) {
    return new InvalidLogOptionException("failed to initialize logging driver: " + why);
  }

  /// @param unit 1000 or 1024, what a `k` is
  private static long bytes(String text, int unit) throws InvalidLogOptionException {
    Matcher parts = SIZE.matcher(text);
    if (!parts.matches()) {
      throw new InvalidLogOptionException("invalid size: '" + text + "'");
    }
    int power =
        parts.group(2) == null
            ? 0
            : "kmgtp".indexOf(parts.group(2).toLowerCase(Locale.ROOT).charAt(0)) + 1;
    BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit).pow(power));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new InvalidLogOptionException("invalid size: '" + text + "'");
    }
    return bytes.longValue();
  }

  private static int count(String text) throws InvalidLogOptionException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidLogOptionException("strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    }
  }

  /// Whether a flag that was found to be one is set.
  static boolean isTrue(String text) {
    return TRUE.contains(text);
  }

  private static boolean flag(String text) throws InvalidLogOptionException {
    if (!TRUE.contains(text) && !FALSE.contains(text)) {
      throw new InvalidLogOptionException(
          "strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
    }
    return isTrue(text);
  }

  private static void pattern(Map<String, String> options, String name)
      throws InvalidLogOptionException {
    try {
      var _ = Pattern.compile(options.getOrDefault(name, ""));
    } catch (PatternSyntaxException e) {
      throw notStarted("error parsing regexp '" + options.get(name) + "': " + e.getDescription());
    }
  }
}
