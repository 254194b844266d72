package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;
import swarm.template.Value;

/// `system df -v --format`: one template over everything, as Docker has it. Pure.
public final class DiskUsageFormat {
  private static final String UNKNOWN = "N/A";

  private DiskUsageFormat() {}

  /// @param format `json` or a template, in which there are `.Images`, `.Containers`, `.Volumes`
  ///   and `.BuildCache`
  public static String verbose(String format, JsonNode usage, Instant now, ZoneId zone)
      throws InvalidValueException {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("Images", items(images(usage.path("Images"), now, zone)));
    fields.put("Containers", items(containers(usage.path("Containers"), now, zone)));
    fields.put("Volumes", items(Tables.volumes(usage.path("Volumes"))));
    fields.put("BuildCache", items(cache(usage.path("BuildCache"), now)));
    var all = new Value.Struct("*formatter.diskUsageContext", fields, _ -> null, false);
    String template = format.equals("json") ? "{{json .}}" : format;
    return Format.parse(template.replace("\\t", "\t").replace("\\n", "\n")).whole(all);
  }

  private static Value items(Listing listing) {
    var all = new ArrayList<Value>();
    listing.rows().forEach(row -> all.add(RowValues.of(row, listing.type())));
    return new Value.Items("*" + listing.type(), all);
  }

  /// Each image once, with its first name.
  private static Listing images(JsonNode images, Instant now, ZoneId zone) {
    var firsts = Json.array();
    for (JsonNode image : images) {
      ObjectNode first = image.deepCopy();
      JsonNode names = image.path("RepoTags");
      var one = first.putArray("RepoTags");
      if (!names.isEmpty()) {
        one.add(names.get(0));
      }
      firsts.add(first);
    }
    Listing listing = ImageTables.images(firsts, now, zone, false, false);
    listing.rows().forEach(row -> row.fields().put("Digest", ""));
    return listing;
  }

  /// Without the size of what they share.
  private static Listing containers(JsonNode containers, Instant now, ZoneId zone) {
    var own = Json.array();
    for (JsonNode container : containers) {
      ObjectNode copy = container.deepCopy();
      copy.remove("SizeRootFs");
      own.add(copy);
    }
    return Tables.containers(own, now, zone, false, true);
  }

  private static Listing cache(JsonNode cache, Instant now) {
    var rows = new ArrayList<Row>();
    for (JsonNode one : cache) {
      rows.add(
          Row.of(
              "ID", one.path("ID").asText() + (one.path("InUse").asBoolean() ? "*" : ""),
              "Parent", one.path("Parent").asText(""),
              "CacheType", one.path("Type").asText(),
              "Description", one.path("Description").asText(),
              "Size", Human.sum(one.path("Size").asLong()),
              "CreatedAt", one.path("CreatedAt").asText(),
              "CreatedSince", ago(one.path("CreatedAt").asText(), now),
              "LastUsedAt", one.path("LastUsedAt").asText(""),
              "LastUsedSince", ago(one.path("LastUsedAt").asText(""), now),
              "UsageCount", one.path("UsageCount").asText(),
              "InUse", Boolean.toString(one.path("InUse").asBoolean()),
              "Shared", Boolean.toString(one.path("Shared").asBoolean())));
    }
    return new Listing("formatter.buildCacheContext", List.of(), rows);
  }

  private static String ago(String time, Instant now) {
    return time.isEmpty() ? "" : Human.ago(time, now).equals(UNKNOWN) ? "" : Human.ago(time, now);
  }
}
