package swarm.runtime.dockerfile;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Go's `time.ParseDuration` and its `String`. Pure.
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{0,18})?|\\.\\d{1,18})(ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("[+-]?(?:0|(?:" + PART.pattern() + ")+)");

  /// Characters. A regular expression takes a part of the stack for each part of a duration.
  private static final int LONGEST = 256;

  private static final Map<String, Double> NANOS =
      Map.of(
          "ns", 1d, "us", 1e3, "µs", 1e3, "μs", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

  private GoDuration() {}

  static Duration parse(String text) throws DockerfileException {
    if (text.length() > LONGEST || !WHOLE.matcher(text).matches()) {
      throw new DockerfileException("time: invalid duration " + GoText.quote(text));
    }
    double nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      nanos += Double.parseDouble(part.group(1)) * NANOS.getOrDefault(part.group(2), 0d);
    }
    if (nanos >= Long.MAX_VALUE) {
      throw new DockerfileException("time: invalid duration " + GoText.quote(text));
    }
    return Duration.ofNanos((text.startsWith("-") ? -1 : 1) * Math.round(nanos));
  }
}
