package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.cli.client.Json;

/// What a YAML file says, and where: of a mapping's value, the place of its key.
sealed interface Value {
  Place place();

  /// The same without places.
  JsonNode json();

  /// A text, number, truth value or null.
  record Scalar(JsonNode json, Place place) implements Value {}

  record Items(List<Value> all, Place place) implements Value {
    public Items {
      all = List.copyOf(all);
    }

    @Override
    public JsonNode json() {
      ArrayNode array = Json.array();
      all.forEach(item -> array.add(item.json()));
      return array;
    }
  }

  /// In the file's order; as JSON, by name.
  record Members(Map<String, Value> all, Place place) implements Value {
    public Members {
      all = Collections.unmodifiableMap(new LinkedHashMap<>(all));
    }

    @Override
    public JsonNode json() {
      ObjectNode object = Json.object();
      new TreeMap<>(all).forEach((key, value) -> object.set(key, value.json()));
      return object;
    }
  }
}
