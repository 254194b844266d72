package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which secret or config a task is given, and as which file (the API's `SecretReference` and
/// `ConfigReference`). Read leniently: whether it makes sense is checked before it is proposed.
///
/// @param id of the payload; empty where it is missing
/// @param name of the payload; empty where it is missing
/// @param file null where it is not given as a file
public record PayloadReference(PayloadKind kind, String id, String name, @Nullable File file) {

  private static final int DEFAULT_MODE = 0444;

  /// The file in the container.
  ///
  /// @param name a path; one that is not absolute is below [PayloadKind#folder]
  /// @param uid a number, as text
  /// @param gid a number, as text
  /// @param mode permission bits, as chmod(2) has them
  public record File(String name, String uid, String gid, int mode) {}

  /// What a container's `Secrets` and `Configs` ask for, in their order.
  static List<PayloadReference> of(JsonNode secrets, JsonNode configs) {
    var all = new ArrayList<PayloadReference>();
    secrets.forEach(each -> all.add(read(PayloadKind.SECRET, each, "SecretID", "SecretName")));
    configs.forEach(each -> all.add(read(PayloadKind.CONFIG, each, "ConfigID", "ConfigName")));
    return all;
  }

  private static PayloadReference read(PayloadKind kind, JsonNode from, String id, String name) {
    JsonNode file = from.path("File");
    return new PayloadReference(
        kind,
        from.path(id).asText(""),
        from.path(name).asText(""),
        file.isObject()
            ? new File(
                file.path("Name").asText(""),
                number(file.path("UID")),
                number(file.path("GID")),
                file.path("Mode").asInt(DEFAULT_MODE))
            : null);
  }

  private static String number(JsonNode value) {
    String text = value.isNull() ? "" : value.asText("");
    return text.isEmpty() ? "0" : text;
  }
}
