package swarm.cli.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import swarm.linux.FileNames;

/// A path of the API with its query. Immutable text comes out of [#toString].
public final class Target {
  private final StringBuilder text;
  private boolean query;

  private Target(String path) {
    this.text = new StringBuilder(path);
  }

  /// A path whose parts are given one by one; what is not safe in a URL is escaped, slashes too,
  /// except in images' names, whose slashes belong to the path.
  public static Target of(String first, String... parts) {
    var target = new Target(first);
    for (String part : parts) {
      target.text.append('/').append(escape(part).replace("%2F", "/").replace("%3A", ":"));
    }
    return target;
  }

  public Target with(String name, String value) {
    text.append(query ? '&' : '?').append(name).append('=').append(escape(value));
    query = true;
    return this;
  }

  public Target with(String name, long value) {
    return with(name, Long.toString(value));
  }

  /// Adds the parameter only where the value says something.
  public Target withGiven(String name, String value) {
    return value.isEmpty() ? this : with(name, value);
  }

  /// `1` where it holds; nothing where it does not.
  public Target withFlag(String name, boolean value) {
    return value ? with(name, "1") : this;
  }

  /// Docker's filters: a JSON object from key to list of values.
  public Target withFilters(Map<String, List<String>> filters) {
    if (filters.isEmpty()) {
      return this;
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    filters.forEach(
        (key, values) -> {
          ObjectNode set = node.putObject(key);
          values.forEach(value -> set.put(value, true));
        });
    return with("filters", Json.text(node));
  }

  private static String escape(String text) {
    // each byte as a character: names of files need not be UTF-8
    String bytes = new String(FileNames.bytes(text), StandardCharsets.ISO_8859_1);
    return URLEncoder.encode(bytes, StandardCharsets.ISO_8859_1).replace("+", "%20");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
