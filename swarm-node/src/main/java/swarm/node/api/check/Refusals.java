package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;

/// How what cannot be done of a spec is refused.
public final class Refusals {
  private Refusals() {}

  /// Refuses what is not known and says something.
  static void unknown(String what, @Nullable Map<String, JsonNode> unknown) throws ApiException {
    if (unknown == null) {
      return;
    }
    var odd = new TreeSet<String>();
    unknown.forEach(
        (name, value) -> {
          if (JsonValues.saysWithin(value)) {
            odd.add(name);
          }
        });
    if (!odd.isEmpty()) {
      throw ApiException.unimplemented(what + String.join(", ", odd));
    }
  }

  /// Whether a field is there and means something.
  static boolean says(@Nullable Map<String, JsonNode> fields, String name) {
    JsonNode value = fields == null ? null : fields.get(name);
    return value != null && JsonValues.says(value);
  }

  /// In the words in which Docker's managers say that a spec is wrong (400).
  public static ApiException invalid(String message) {
    return ApiException.bad("rpc error: code = InvalidArgument desc = " + message);
  }
}
