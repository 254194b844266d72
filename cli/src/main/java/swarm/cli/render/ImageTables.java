package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

/// What is told of images beside their list, as Docker's tables: their history, and what a registry
/// found.
public final class ImageTables {
  private static final int CREATED_BY = 45;
  private static final int DESCRIPTION = 45;

  private ImageTables() {}

  /// How an image came to be, the last step first.
  ///
  /// @param human whether times and sizes are in words
  public static Listing history(JsonNode steps, Instant now, boolean cut, boolean human) {
    var rows = new ArrayList<Row>();
    for (JsonNode step : steps) {
      String id = step.path("Id").asText();
      String by = step.path("CreatedBy").asText().replace('\t', ' ');
      Instant created = Instant.ofEpochSecond(step.path("Created").asLong());
      long size = step.path("Size").asLong();
      String since =
          step.path("Created").asLong() <= 0
              ? "N/A"
              : Human.duration(Duration.between(created, now)) + " ago";
      rows.add(
          Row.of(
              "ID", cut && !id.startsWith("<") ? Words.shortId(id) : id,
              "CreatedAt", created.toString(),
              "CreatedSince", human ? since : created.toString(),
              "CreatedBy", cut ? Words.ellipsis(by, CREATED_BY) : by,
              "Size", human ? Human.size(size) : Long.toString(size),
              "Comment", step.path("Comment").asText()));
    }
    return new Listing(
        "image.historyContext",
        Listing.columns(
            "ID", "IMAGE",
            "CreatedSince", human ? "CREATED" : "CREATED AT",
            "CreatedBy", "CREATED BY",
            "Size", "SIZE",
            "Comment", "COMMENT"),
        rows);
  }

  /// What a registry found, in its order.
  public static Listing search(JsonNode found, boolean cut) {
    var rows = new ArrayList<Row>();
    for (JsonNode one : found) {
      String text = one.path("description").asText().replace('\n', ' ').replace("\r", " ");
      rows.add(
          Row.of(
              "id", one.path("name").asText(),
              "Name", one.path("name").asText(),
              "Description", cut ? Words.ellipsis(text, DESCRIPTION) : text,
              "StarCount", Long.toString(one.path("star_count").asLong()),
              "IsOfficial", one.path("is_official").asBoolean() ? "[OK]" : ""));
    }
    return new Listing(
        "registry.searchContext",
        Listing.columns(
            "Name", "NAME",
            "Description", "DESCRIPTION",
            "StarCount", "STARS",
            "IsOfficial", "OFFICIAL"),
        rows);
  }
}
