package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.node.agent.TaskFiles;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadReference;

/// Checks which secrets and configs a service's tasks are to be given, in swarmkit's words. Whether
/// they exist is the state's to say. Pure.
final class PayloadReferences {
  private static final int LARGEST_MODE = 07777;

  private static final JsonShape FILE =
      new JsonShape().with(JsonType.TEXT, "Name", "UID", "GID").with(JsonType.INTEGER, "Mode");

  private PayloadReferences() {}

  /// @throws ApiException 400 for what is wrong, 501 for what cannot be done
  static void check(ContainerSpec container) throws ApiException {
    Map<String, JsonNode> other = container.other();
    if (other == null) {
      return;
    }
    checkShape(PayloadKind.SECRET, other.get("Secrets"));
    checkShape(PayloadKind.CONFIG, other.get("Configs"));
    var targets = new HashMap<String, PayloadReference>();
    for (PayloadReference each : container.payloads()) {
      check(each);
      PayloadReference.File file = each.file();
      if (file != null) {
        PayloadReference held = targets.put(TaskFiles.target(each, file), each);
        if (held != null) {
          throw conflict(held, each, file);
        }
      }
    }
  }

  private static void checkShape(PayloadKind kind, @Nullable JsonNode all) throws ApiException {
    String word = kind.word();
    String field = "ContainerSpec." + capital(word) + "s";
    if (all == null || all.isNull()) {
      return;
    }
    if (!all.isArray()) {
      throw JsonBody.misfit(field, "a list", all);
    }
    var shape =
        new JsonShape()
            .with(JsonType.TEXT, capital(word) + "ID", capital(word) + "Name")
            .with(JsonType.OBJECT, "File", "Runtime");
    for (JsonNode each : all) {
      if (!each.isObject()) {
        throw Refusals.invalid("malformed " + word + " reference");
      }
      shape.check(each, field + ".");
      FILE.check(each.path("File"), field + ".File.");
      if (each.path("Runtime").isObject()) {
        throw ApiException.unimplemented(
            "a " + word + " that is not given as a file (Runtime, for credential specs)");
      }
    }
  }

  private static void check(PayloadReference reference) throws ApiException {
    String word = reference.kind().word();
    if (reference.id().isEmpty() || reference.name().isEmpty()) {
      throw Refusals.invalid("malformed " + word + " reference");
    }
    PayloadReference.File file = reference.file();
    if (file == null) {
      throw Refusals.invalid("malformed " + word + " reference, no target provided");
    }
    String target = file.name().isEmpty() ? "/" : TaskFiles.target(reference, file);
    if (target.equals("/") || target.equals(reference.kind().folder())) {
      throw Refusals.invalid(
          "malformed file " + word + " reference, invalid target file name provided");
    }
    checkNumber(word, "UID", file.uid());
    checkNumber(word, "GID", file.gid());
    if (file.mode() < 0 || file.mode() > LARGEST_MODE) {
      throw Refusals.invalid(
          "the mode of "
              + word
              + " '"
              + reference.name()
              + "' must be from 0 to 4095 (octal 7777), not "
              + file.mode());
    }
  }

  private static void checkNumber(String word, String field, String value) throws ApiException {
    if (!value.matches("\\d{1,10}") || Long.parseLong(value) > Integer.MAX_VALUE) {
      throw Refusals.invalid(
          "the " + field + " of a " + word + " must be a number, not '" + value + "'");
    }
  }

  private static ApiException conflict(
      PayloadReference held, PayloadReference next, PayloadReference.File file) {
    String what = held.kind() == next.kind() ? held.kind().word() : "secret and config";
    return Refusals.invalid(
        what
            + " references '"
            + held.name()
            + "' and '"
            + next.name()
            + "' have a conflicting target: '"
            + file.name()
            + "'");
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
