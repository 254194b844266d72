package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// The types that the fields of a JSON object must have, for bodies that no record stands for.
/// `null` has every type, as in Go. Pure.
public final class JsonShape {
  private final Map<String, JsonType> fields = new TreeMap<>();

  /// Adds fields of one type; returns this shape.
  public JsonShape with(JsonType kind, String... names) {
    for (String name : names) {
      fields.put(name, kind);
    }
    return this;
  }

  /// @param where how the object is called towards the user, with a dot behind it; or nothing
  /// @throws ApiException 400 with the first field of another type, and what it holds
  public void check(JsonNode object, String where) throws ApiException {
    for (var field : fields.entrySet()) {
      JsonNode value = object.path(field.getKey());
      if (!value.isMissingNode() && !value.isNull() && !field.getValue().fits(value)) {
        throw JsonBody.misfit(where + field.getKey(), field.getValue().words(), value);
      }
    }
  }
}
