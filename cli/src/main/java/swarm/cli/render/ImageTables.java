package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// Images as Docker's tables: their list, their history, and what a registry found.
public final class ImageTables {
  private static final int CREATED_BY = 45;
  private static final int DESCRIPTION = 45;

  /// What is not known, in Docker's words.
  static final String UNKNOWN = "N/A";

  private ImageTables() {}

  /// One row per name of an image; one with `<none>` where it has none.
  public static Listing images(
      JsonNode images, Instant now, ZoneId zone, boolean cut, boolean digests) {
    var rows = new ArrayList<Row>();
    for (JsonNode image : images) {
      var names = new ArrayList<String>();
      image.path("RepoTags").forEach(tag -> names.add(tag.asText()));
      if (names.isEmpty()) {
        names.add("<none>:<none>");
      }
      for (String name : names) {
        rows.add(image(image, Words.image(name), now, zone, cut));
      }
    }
    List<Listing.Column> columns =
        digests
            ? Listing.columns(
                "Repository", "REPOSITORY",
                "Tag", "TAG",
                "Digest", "DIGEST",
                "ID", "IMAGE ID",
                "CreatedSince", "CREATED",
                "Size", "SIZE")
            : Listing.columns(
                "Repository", "REPOSITORY",
                "Tag", "TAG",
                "ID", "IMAGE ID",
                "CreatedSince", "CREATED",
                "Size", "SIZE");
    return new Listing(Tables.IMAGE, columns, rows);
  }

  private static Row image(JsonNode image, String name, Instant now, ZoneId zone, boolean cut) {
    int colon = name.lastIndexOf(':');
    String repository = name.substring(0, colon);
    String digest = "<none>";
    for (JsonNode one : image.path("RepoDigests")) {
      if (Words.image(one.asText()).startsWith(repository + "@")) {
        digest = one.asText().substring(one.asText().indexOf('@') + 1);
      }
    }
    Instant created = Instant.ofEpochSecond(image.path("Created").asLong());
    return Row.of(
        "ID",
        cut ? Words.shortId(image.path("Id").asText()) : image.path("Id").asText(),
        "Repository",
        repository,
        "Tag",
        name.substring(colon + 1),
        "Digest",
        digest,
        "CreatedAt",
        Tables.CREATED.format(created.atZone(zone)),
        "CreatedSince",
        Human.duration(Duration.between(created, now)) + " ago",
        "Size",
        Human.size(image.path("Size").asLong()),
        "Containers",
        number(image.path("Containers").asLong(-1)),
        "VirtualSize",
        Human.sum(image.path("Size").asLong()),
        "SharedSize",
        sum(image.path("SharedSize").asLong(-1)),
        "UniqueSize",
        image.path("SharedSize").asLong(-1) < 0
            ? UNKNOWN
            : Human.sum(image.path("Size").asLong() - image.path("SharedSize").asLong()));
  }

  /// A count; below 0 it is not known.
  static String number(long count) {
    return count < 0 ? UNKNOWN : Long.toString(count);
  }

  /// A sum of bytes; below 0 it is not known.
  static String sum(long bytes) {
    return bytes < 0 ? UNKNOWN : Human.sum(bytes);
  }

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
