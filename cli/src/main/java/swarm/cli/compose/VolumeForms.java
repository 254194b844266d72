package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;

/// A service's `volumes`: `[SOURCE:]TARGET[:ro,nocopy,rslave]` and the long form; all become the
/// long form.
final class VolumeForms {
  private static final Set<String> PROPAGATIONS =
      Set.of("rprivate", "private", "rshared", "shared", "rslave", "slave");

  static final Shape ITEM =
      (value, path, places) ->
          value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()
              ? shortForm(value, json.textValue(), path)
              : longForm(value, path, places);

  private static final Shape LONG =
      Shapes.record()
          .kept()
          .with("type", Shapes.TEXT)
          .with("source", Shapes.TEXT)
          .with("target", Shapes.TEXT)
          .with("read_only", Shapes.FLAG)
          .with("consistency", Shapes.TEXT)
          .with("bind", Shapes.record().kept().open().with("propagation", Shapes.TEXT))
          .with(
              "volume",
              Shapes.record()
                  .kept()
                  .open()
                  .with("nocopy", Shapes.FLAG)
                  .with("subpath", Shapes.TEXT))
          .with("image", Shapes.record().kept().open().with("subpath", Shapes.TEXT))
          .with("tmpfs", Shapes.record().kept().open().with("size", VolumeForms::size))
          .with("cluster", Shapes.record().kept().open());

  private VolumeForms() {}

  private static @Nullable JsonNode size(Value value, String path, Shape.Places places)
      throws ComposeException {
    JsonNode bytes = Shapes.BYTES.read(value, path, places);
    return bytes == null
        ? null
        : com.fasterxml.jackson.databind.node.LongNode.valueOf(Long.parseLong(bytes.asText()));
  }

  private static @Nullable JsonNode longForm(Value value, String path, Shape.Places places)
      throws ComposeException {
    if (!(value instanceof Value.Members(var given, _))) {
      throw Shapes.wrong(value, path, "must be a string or mapping");
    }
    if (!given.containsKey("type")) {
      throw Shapes.wrong(value, path, "type is required");
    }
    return LONG.read(value, path, places);
  }

  private static ObjectNode shortForm(Value value, String text, String path)
      throws ComposeException {
    ObjectNode volume = Json.object().put("type", "volume");
    if (text.isEmpty()) {
      throw Shapes.wrong(value, path, "invalid empty volume spec");
    }
    List<String> parts = text.length() <= 2 ? List.of(text) : parts(text);
    if (parts.stream().anyMatch(String::isEmpty)) {
      throw Shapes.wrong(value, path, "invalid spec: " + text + ": empty section between colons");
    }
    if (parts.size() > 3) {
      throw Shapes.wrong(value, path, "invalid spec: " + text + ": too many colons");
    }
    if (parts.size() == 1) {
      return volume.put("target", text);
    }
    String source = parts.getFirst();
    boolean file = file(source);
    volume.put("type", file ? "bind" : "volume").put("source", source).put("target", parts.get(1));
    if (parts.size() == 3) {
      options(volume, parts.get(2));
    }
    return volume;
  }

  /// Unknown ones are left out, as Docker's command does.
  private static void options(ObjectNode volume, String text) {
    boolean nocopy = false;
    String propagation = "";
    boolean readOnly = false;
    for (String option : text.split(",")) {
      switch (option) {
        case "ro" -> readOnly = true;
        case "rw" -> readOnly = false;
        case "nocopy" -> nocopy = true;
        default -> propagation = PROPAGATIONS.contains(option) ? option : propagation;
      }
    }
    if (readOnly) {
      volume.put("read_only", true);
    }
    if (!propagation.isEmpty()) {
      volume.putObject("bind").put("propagation", propagation);
    }
    if (nocopy) {
      volume.putObject("volume").put("nocopy", true);
    }
  }

  /// At colons, but for that of a Windows drive.
  private static List<String> parts(String text) {
    var all = new ArrayList<String>();
    var part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean drive = part.length() == 1 && Character.isLetter(part.charAt(0));
      if (c == ':' && !drive) {
        all.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    all.add(part.toString());
    return all;
  }

  private static boolean file(String source) {
    return "./~".indexOf(source.charAt(0)) >= 0
        || source.startsWith("\\\\")
        || (source.length() > 1 && source.charAt(1) == ':' && Character.isLetter(source.charAt(0)));
  }
}
