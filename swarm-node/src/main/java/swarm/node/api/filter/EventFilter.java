package swarm.node.api.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which events a listener hears: Docker's `events --filter`. Pure.
public final class EventFilter {
  /// Filters that name what an event is about, by name or id.
  private static final List<String> ACTORS =
      List.of(
          "config",
          "container",
          "daemon",
          "network",
          "node",
          "plugin",
          "secret",
          "service",
          "volume");

  private EventFilter() {}

  /// Whether an event passes Docker's filters. A key or a value that Docker does not know is no
  /// error here: as with Docker, the key changes nothing and the value matches nothing.
  public static boolean matches(JsonNode event, Map<String, Set<String>> given) {
    var filters = new Filters(given);
    JsonNode attributes = event.path("Actor").path("Attributes");
    String type = event.path("Type").asText();
    String action = event.path("Action").asText();
    String id = event.path("Actor").path("ID").asText();
    String name = attributes.path("name").asText();
    return filters.any("type", type::equals)
        && filters.any("event", v -> action.equals(v) || action.startsWith(v + ": "))
        && filters.any("scope", event.path("scope").asText()::equals)
        && filters.any("image", v -> ofImage(type, id, attributes, v))
        && filters.get("label").stream().allMatch(v -> label(attributes, v))
        && ACTORS.stream()
            .allMatch(
                actor ->
                    filters.any(
                        actor,
                        v -> type.equals(actor) && (name.startsWith(v) || id.startsWith(v))));
  }

  /// An image's own events, and those of its containers; the tag may be left out.
  private static boolean ofImage(String type, String id, JsonNode attributes, String wanted) {
    String image = attributes.path(type.equals("image") ? "name" : "image").asText();
    return List.of(id, image, ImageFilter.repository(id), ImageFilter.repository(image))
        .contains(wanted);
  }

  private static boolean label(JsonNode attributes, String wanted) {
    int equal = wanted.indexOf('=');
    return equal < 0
        ? attributes.has(wanted)
        : attributes
            .path(wanted.substring(0, equal))
            .asText("\0")
            .equals(wanted.substring(equal + 1));
  }
}
