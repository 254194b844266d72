package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;

/// Values in the body of `POST /containers/create` that make no sense, alone or together, in
/// Docker's words. Pure.
public final class ContainerOptions {
  private static final int MAX_OOM_SCORE = 1000;
  private static final int MAX_CPU = 8192;
  private static final Pattern CPU_RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private ContainerOptions() {}

  /// @param body of the right types: see [ContainerShape]
  /// @param cpus how many this machine has
  /// @throws ApiException 400 with the first
  public static void check(JsonNode body, int cpus) throws ApiException {
    JsonNode host = body.path("HostConfig");
    String directory = body.path("WorkingDir").asText("");
    if (!directory.isEmpty() && !directory.startsWith("/")) {
      throw ApiException.bad(
          "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
    }
    int score = host.path("OomScoreAdj").asInt();
    if (Math.abs(score) > MAX_OOM_SCORE) {
      throw ApiException.bad(
          "Invalid value " + score + ", range for oom score adj is [-1000, 1000]");
    }
    checkProcessors(host, cpus);
    checkRetries(host.path("RestartPolicy"));
  }

  private static void checkProcessors(JsonNode host, int cpus) throws ApiException {
    if (host.path("NanoCpus").asLong() > 0) {
      for (String field : new String[] {"CpuPeriod", "CpuQuota"}) {
        if (host.path(field).asLong() > 0) {
          throw ApiException.bad(
              "Conflicting options: Nano CPUs and "
                  + field.replace("Cpu", "CPU ")
                  + " cannot both be set");
        }
      }
    }
    String asked = host.path("CpusetCpus").asText("");
    Optional<BitSet> set = cpuset(asked);
    if (set.isEmpty()) {
      throw ApiException.bad(
          "Invalid value " + asked + " for cpuset cpus: use numbers and ranges such as 0-2,4");
    }
    if (set.get().length() > cpus) {
      throw ApiException.bad(
          "Requested CPUs are not available - requested "
              + asked
              + ", available: "
              + (cpus == 1 ? "0" : "0-" + (cpus - 1)));
    }
  }

  /// The list format of cpuset(7).
  private static Optional<BitSet> cpuset(String text) {
    var all = new BitSet();
    if (text.isEmpty()) {
      return Optional.of(all);
    }
    for (String part : text.split(",", -1)) {
      Matcher range = CPU_RANGE.matcher(part);
      if (!range.matches()) {
        return Optional.empty();
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last > MAX_CPU) {
        return Optional.empty();
      }
      all.set(first, last + 1);
    }
    return Optional.of(all);
  }

  private static void checkRetries(JsonNode policy) throws ApiException {
    int retries = policy.path("MaximumRetryCount").asInt();
    if (retries < 0) {
      throw ApiException.bad(
          "invalid restart policy: maximum retry count cannot be negative: " + retries);
    }
    String name = policy.path("Name").asText("");
    if (retries > 0 && !name.equals("on-failure")) {
      throw ApiException.bad(
          "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }
  }
}
