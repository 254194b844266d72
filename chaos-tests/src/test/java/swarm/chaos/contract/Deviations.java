package swarm.chaos.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where the reference itself differs from what a real Docker daemon does: here we follow the
/// daemon.
final class Deviations {
  /// One exception.
  ///
  /// @param operation a regular expression on, for example, `GET /info`
  /// @param status of the answer, 0 for any
  /// @param key of the validator's message, a regular expression
  /// @param pointer into the answer, a regular expression
  /// @param text in the validator's message, a regular expression that is searched
  /// @param reason why the reference is wrong
  record Excuse(
      String name,
      String operation,
      int status,
      String key,
      String pointer,
      String text,
      String reason) {}

  private static final String STATUS = "validation.response.status.unknown";
  private static final String UNKNOWN_FIELD = ".*schema.additionalProperties";
  private static final String TYPE = ".*schema.type";

  static final List<Excuse> ALL =
      List.of(
          new Excuse(
              "not yet",
              ".*",
              501,
              STATUS,
              "",
              "",
              "what we have not yet says so; no operation lists a status for that"),
          new Excuse(
              "HEAD has no body",
              "HEAD .*",
              0,
              "validation.response.body.missing",
              "",
              "",
              "the reference has a schema for the body of an answer that can have none"),
          new Excuse(
              "details are open",
              "GET /version",
              200,
              UNKNOWN_FIELD,
              "/Components/\\d+/Details",
              "",
              "an object without properties in the reference; the daemon's has those that ours has"),
          new Excuse(
              "generic resources of a task",
              "GET /tasks.*",
              200,
              UNKNOWN_FIELD,
              "/\\d*",
              "GenericResources",
              "the reference has AssignedGenericResources; the daemon sends GenericResources, and its"
                  + " clients read that: we have both"),
          new Excuse(
              "when a job runs next",
              "GET /services.*",
              200,
              UNKNOWN_FIELD,
              "(/\\d+)?/JobStatus",
              "NextExecution",
              "scheduled jobs are ours: Docker's clients pass over the field"),
          new Excuse(
              "bad filter",
              "(GET /(nodes|services|tasks|secrets|configs|volumes|images/(json|search)|system/df)|POST /[a-z]+/prune)",
              400,
              STATUS,
              "",
              "",
              "the daemon answers an invalid filter with 400 everywhere; only some operations list"
                  + " it"),
          new Excuse(
              "bad secret or config",
              "POST /(secrets|configs)/create",
              400,
              STATUS,
              "",
              "",
              "the daemon answers a spec that is wrong with 400; the operation does not list it"),
          new Excuse(
              "id of a secret or config",
              "POST /(secrets|configs)/create",
              201,
              ".*schema.(required|additionalProperties)",
              "/?",
              ".*\"I[dD]\".*",
              "the daemon calls it ID (types/swarm), the reference Id; Go's clients take either"),
          new Excuse(
              "bad image source",
              "(POST /images/(create|load)|POST /auth|GET /images/.*get|GET /distribution/.*)",
              400,
              STATUS,
              "",
              "",
              "the daemon answers a name, a change or an archive that is invalid with 400"),
          new Excuse(
              "no stream of logs chosen",
              "GET /(containers|services|tasks)/\\{id}/logs",
              400,
              STATUS,
              "",
              "",
              "the daemon answers a request for logs without stdout and stderr with 400"),
          new Excuse(
              "errors are JSON",
              ".*(logs|attach|archive|export)",
              0,
              "validation.response.contentType.notAllowed",
              "",
              "'application/json' does not match",
              "the types that an operation produces are those of its streams; the daemon's errors"
                  + " are JSON everywhere"),
          new Excuse(
              "no such image to save",
              "GET /images/(get|\\{name}/get)",
              404,
              STATUS,
              "",
              "",
              "the daemon answers 404; the operations list only 500"),
          new Excuse(
              "progress",
              "POST /(build|images/(create|load|\\{name}/push))",
              200,
              "validation.response.body.unexpected",
              "",
              "",
              "the daemon sends its progress, one JSON object a line; the reference has no schema"
                  + " for that"),
          new Excuse(
              "nothing is null",
              "GET /containers/\\{id}/json",
              200,
              TYPE,
              "/Config/(Cmd|Entrypoint|Volumes|OnBuild)|/ExecIDs",
              "\\(null\\)",
              "the daemon says null where the image and the user said nothing: an empty entry point"
                  + " is another thing"),
          new Excuse(
              "no exit code yet",
              "GET /exec/\\{id}/json",
              200,
              TYPE,
              "/ExitCode",
              "\\(null\\)",
              "the daemon says null while the command runs: 0 would be a success"),
          new Excuse(
              "bad request about a container",
              "POST /containers/(prune|\\{id}/(exec|update))|GET /containers/\\{id}/stats",
              400,
              STATUS,
              "",
              "",
              "the daemon answers what makes no sense with 400 everywhere"),
          new Excuse(
              "not running",
              "GET /containers/\\{id}/top|POST /containers/\\{id}/update",
              409,
              STATUS,
              "",
              "",
              "the daemon answers so about a container whose state forbids it"),
          new Excuse(
              "errors of streams are JSON",
              "POST /exec/\\{id}/start",
              0,
              "validation.response.contentType.notAllowed",
              "",
              "'application/json' does not match",
              "as with attach and logs"),
          new Excuse(
              "a plain volume's options are null",
              "(GET|POST) /volumes(/create|/\\{name\\})?",
              0,
              TYPE,
              "(/Volumes/\\d+)?/(Labels|Options)",
              "\\(null\\)",
              "the daemon says null where nothing was said, and its command prints that"),
          new Excuse(
              "bad volume",
              "POST /volumes/(create|prune)",
              400,
              STATUS,
              "",
              "",
              "the daemon answers an invalid name, option or filter with 400 everywhere"),
          new Excuse(
              "unknown volume driver",
              "POST /volumes/create",
              404,
              STATUS,
              "",
              "",
              "the daemon answers so where there is no such plugin; the operation does not list it"),
          new Excuse(
              "previous specification",
              "GET /services(/\\{id})?",
              200,
              UNKNOWN_FIELD,
              "/\\d*",
              "\\[\"PreviousSpec\"]$",
              "the daemon tells what a rollback would go back to, which `docker service inspect`"
                  + " shows"),
          new Excuse(
              "roll-backs have states",
              "GET /services(/\\{id})?",
              200,
              ".*schema.enum",
              "(/\\d+)?/UpdateStatus/State",
              "\"rollback_(started|paused|completed)\"",
              "the daemon tells how a rollback goes, which its command waits for"),
          new Excuse(
              "networks of a task",
              "GET /tasks(/\\{id})?",
              200,
              UNKNOWN_FIELD,
              "(/\\d+)?/NetworksAttachments/\\d+/Network",
              "\\[(\"CreatedAt\",\"DriverState\",)?\"ID\",(\"IPAMOptions\",)?\"Spec\""
                  + "(,\"UpdatedAt\",\"Version\")?]$",
              "the daemon shows the swarm's own object here; the reference has the engine's"),
          new Excuse(
              "end of a certificate",
              "GET /nodes(/\\{id})?",
              200,
              UNKNOWN_FIELD,
              "(/\\d+)?/Description/TLSInfo",
              "\\[\"CertNotAfter\"]$",
              "our addition: the end of a node's certificate is what operators look for"),
          new Excuse(
              "not locked",
              "POST /swarm/unlock",
              409,
              STATUS,
              "",
              "",
              "the daemon answers so where nothing is locked; the operation does not list it"),
          new Excuse(
              "nothing asked of an endpoint",
              "GET /containers/(json|\\{id}/json)",
              200,
              TYPE,
              "(/\\d+)?/NetworkSettings/Networks/[^/]+/(Links|Aliases|DNSNames|DriverOpts)",
              "type \\(null\\)",
              "the daemon writes Go's empty lists as null"),
          new Excuse(
              "no options of addresses",
              "GET /networks(/\\{id})?",
              200,
              TYPE,
              "(/\\d+)?/IPAM/Options",
              "type \\(null\\)",
              "the daemon writes Go's empty map as null for the networks that it made itself"),
          new Excuse(
              "a network's name that is taken",
              "POST /networks/create",
              409,
              STATUS,
              "",
              "",
              "the daemon answers so; the operation does not list it"),
          new Excuse(
              "a network that a service is on",
              "DELETE /networks/\\{id}",
              400,
              STATUS,
              "",
              "",
              "the daemon answers so; the operation does not list it"),
          new Excuse(
              "a service on no such network",
              "POST /services/create",
              404,
              STATUS,
              "",
              "",
              "the daemon answers so; the operation does not list it"),
          new Excuse(
              "events of containers",
              "GET /events",
              200,
              UNKNOWN_FIELD,
              "/",
              "\\[\"from\",\"id\",\"status\"]$",
              "the daemon of this version still repeats these three for old clients"));

  private static final ObjectMapper JSON = new ObjectMapper();

  private Deviations() {}

  /// An answer without what the daemon says with null although the reference has no null there: in
  /// a container's `HostConfig`, about which the validator tells no more than that something in it
  /// does not fit.
  static String withoutNulls(Contract.Operation operation, String body) throws IOException {
    if (!operation.toString().equals("GET /containers/{id}/json")) {
      return body;
    }
    JsonNode answer = JSON.readTree(body);
    if (answer.path("HostConfig") instanceof ObjectNode host) {
      host.properties().removeIf(field -> field.getValue().isNull());
    }
    return answer.toString();
  }

  static Optional<Excuse> excuse(
      Contract.Operation operation, int status, String key, String pointer, String text) {
    return ALL.stream()
        .filter(
            e ->
                operation.toString().matches(e.operation())
                    && (e.status() == 0 || e.status() == status)
                    && key.matches(e.key())
                    && pointer.matches(e.pointer())
                    && java.util.regex.Pattern.compile(e.text()).matcher(text).find())
        .findFirst();
  }
}
