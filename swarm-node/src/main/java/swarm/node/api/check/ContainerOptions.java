package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import swarm.node.api.error.ApiException;

/// Values in the body of `POST /containers/create` that make no sense, alone or together, in
/// Docker's words; limits apart ([ContainerLimits]). Pure.
public final class ContainerOptions {
  private static final int MAX_OOM_SCORE = 1000;

  private ContainerOptions() {}

  /// @param body of the right types: see [ContainerShape]
  /// @throws ApiException 400 with the first
  public static void check(JsonNode body) throws ApiException {
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
    checkRetries(host.path("RestartPolicy"));
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
