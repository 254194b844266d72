package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.util.List;
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
    checkOomScore(host.path("OomScoreAdj"));
    checkRestartPolicy(host.path("RestartPolicy"));
    SecurityOptions.check(host.path("SecurityOpt"));
    checkNames(body);
  }

  static void checkOomScore(JsonNode given) throws ApiException {
    long score = given.asLong();
    if (score < -MAX_OOM_SCORE || score > MAX_OOM_SCORE) {
      throw ApiException.bad(
          "Invalid value " + score + ", range for oom score adj is [-1000, 1000]");
    }
  }

  /// @throws ApiException 400 for a number of retries that makes no sense
  public static void checkRestartPolicy(JsonNode policy) throws ApiException {
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

  /// What goes into the container's files, line by line.
  private static void checkNames(JsonNode body) throws ApiException {
    JsonNode host = body.path("HostConfig");
    oneWord("Hostname", body.path("Hostname"));
    oneWord("Domainname", body.path("Domainname"));
    checkResolver(host, "HostConfig.", "Dns", List.of("DnsSearch", "DnsOptions"));
  }

  /// What goes into `resolv.conf`.
  ///
  /// @param where how the object is called towards the user, with a dot behind it
  /// @param servers the field with their addresses
  /// @param words fields with single words
  static void checkResolver(JsonNode object, String where, String servers, List<String> words)
      throws ApiException {
    for (String field : words) {
      for (JsonNode value : object.path(field)) {
        oneWord(where + field, value);
      }
    }
    for (JsonNode server : object.path(servers)) {
      try {
        var _ = InetAddress.ofLiteral(server.asText());
      } catch (IllegalArgumentException _) {
        throw ApiException.bad(
            where + servers + ": '" + shown(server.asText()) + "' is not an IP address");
      }
    }
  }

  private static void oneWord(String field, JsonNode value) throws ApiException {
    String text = value.asText("");
    if (text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      throw ApiException.bad(
          field + ": '" + shown(text) + "' must be one word, without blanks or line breaks");
    }
  }

  private static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
