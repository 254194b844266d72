package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import swarm.node.api.error.ApiException;

/// Values in the body of `POST /containers/create` that make no sense, alone or together, in
/// Docker's words; limits apart ([ContainerLimits]). Pure.
public final class ContainerOptions {
  private static final int MAX_OOM_SCORE = 1000;

  /// The kernel's, in bytes (`__NEW_UTS_LEN`).
  private static final int MAX_HOSTNAME = 64;

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
    checkEnvironment(body.path("Env"));
    checkOomScore(host.path("OomScoreAdj"));
    if (host.path("ShmSize").asLong() < 0) {
      throw ApiException.bad("SHM size can not be less than 0");
    }
    checkRestartPolicy(host.path("RestartPolicy"));
    SecurityOptions.check(host.path("SecurityOpt"));
    checkNames(body);
  }

  private static void checkEnvironment(JsonNode variables) throws ApiException {
    for (JsonNode variable : variables) {
      if (variable.asText().isEmpty() || variable.asText().startsWith("=")) {
        throw ApiException.bad("invalid environment variable: " + shown(variable.asText()));
      }
    }
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

  /// What goes into the container's files, line by line, or names files of the kernel.
  private static void checkNames(JsonNode body) throws ApiException {
    JsonNode host = body.path("HostConfig");
    hostname("Hostname", body.path("Hostname"));
    hostname("Domainname", body.path("Domainname"));
    for (var sysctl : host.path("Sysctls").properties()) {
      oneWord("HostConfig.Sysctls", sysctl.getKey());
    }
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

  private static void hostname(String field, JsonNode value) throws ApiException {
    oneWord(field, value);
    int length = value.asText("").getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_HOSTNAME) {
      throw ApiException.bad(
          field + " is " + length + " bytes long; the kernel takes " + MAX_HOSTNAME + " at most");
    }
  }

  private static void oneWord(String field, JsonNode value) throws ApiException {
    oneWord(field, value.asText(""));
  }

  private static void oneWord(String field, String text) throws ApiException {
    if (text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      throw ApiException.bad(
          field + ": '" + shown(text) + "' must be one word, without blanks or line breaks");
    }
  }

  private static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
