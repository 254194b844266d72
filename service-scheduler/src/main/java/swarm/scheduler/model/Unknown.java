package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a newer version wrote into a spec and this one does not know: kept as it is.
final class Unknown {
  private Unknown() {}

  /// The fields, or null where there are none.
  static @Nullable Map<String, JsonNode> orNull(@Nullable Map<String, JsonNode> fields) {
    return fields == null || fields.isEmpty() ? null : fields;
  }

  /// One of them, or a missing node.
  static JsonNode field(@Nullable Map<String, JsonNode> fields, String name) {
    JsonNode value = fields == null ? null : fields.get(name);
    return value == null ? MissingNode.getInstance() : value;
  }
}
