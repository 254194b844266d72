package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import swarm.cli.spec.InvalidValueException;

/// What takes how much of the disk, as Docker's `system df` has it. Pure.
public final class DiskUsageText {
  private static final Set<String> LIVE = Set.of("running", "paused", "restarting");
  private static final int COMMAND_LENGTH = 20;
  private static final int PERCENT = 100;

  private DiskUsageText() {}

  /// One row for each kind of thing.
  public static Listing summary(JsonNode usage) {
    List<Row> rows = new ArrayList<>();
    rows.add(images(usage));
    rows.add(containers(usage.path("Containers")));
    rows.add(volumes(usage.path("Volumes")));
    rows.add(cache(usage.path("BuildCache")));
    return new Listing(
        Tables.DISK_USAGE,
        Listing.columns(
            "Type", "TYPE",
            "TotalCount", "TOTAL",
            "Active", "ACTIVE",
            "Size", "SIZE",
            "Reclaimable", "RECLAIMABLE"),
        rows);
  }

  private static Row row(String type, long total, long active, long size, String reclaimable) {
    return Row.of(
        "Type",
        type,
        "TotalCount",
        Long.toString(total),
        "Active",
        Long.toString(active),
        "Size",
        Human.sum(size),
        "Reclaimable",
        reclaimable);
  }

  private static String share(long part, long whole) {
    return Human.sum(part) + (whole > 0 ? " (" + part * PERCENT / whole + "%)" : "");
  }

  private static Row images(JsonNode usage) {
    long all = usage.path("LayersSize").asLong();
    long used = 0;
    long active = 0;
    for (JsonNode image : usage.path("Images")) {
      if (image.path("Containers").asLong() > 0) {
        active++;
        used += image.path("Size").asLong() - image.path("SharedSize").asLong();
      }
    }
    return row("Images", usage.path("Images").size(), active, all, share(all - used, all));
  }

  private static Row containers(JsonNode containers) {
    long all = 0;
    long free = 0;
    long active = 0;
    for (JsonNode container : containers) {
      long size = container.path("SizeRw").asLong();
      all += size;
      if (LIVE.contains(container.path("State").asText())) {
        active++;
      } else {
        free += size;
      }
    }
    return row("Containers", containers.size(), active, all, share(free, all));
  }

  private static Row volumes(JsonNode volumes) {
    long all = 0;
    long free = 0;
    long active = 0;
    for (JsonNode volume : volumes) {
      long size = Math.max(0, volume.at("/UsageData/Size").asLong());
      all += size;
      if (volume.at("/UsageData/RefCount").asLong() > 0) {
        active++;
      } else {
        free += size;
      }
    }
    return row("Local Volumes", volumes.size(), active, all, share(free, all));
  }

  private static Row cache(JsonNode cache) {
    long all = 0;
    long free = 0;
    long active = 0;
    for (JsonNode one : cache) {
      long size = one.path("Size").asLong();
      all += size;
      if (one.path("InUse").asBoolean()) {
        active++;
      } else {
        free += size;
      }
    }
    return row("Build Cache", cache.size(), active, all, Human.sum(free));
  }

  /// Everything, thing by thing.
  public static String verbose(JsonNode usage, Instant now) throws InvalidValueException {
    long cache = 0;
    for (JsonNode one : usage.path("BuildCache")) {
      cache += one.path("Size").asLong();
    }
    return "Images space usage:\n\n"
        + imageRows(usage.path("Images"), now).render("", false)
        + "\nContainers space usage:\n\n"
        + containerRows(usage.path("Containers"), now).render("", false)
        + "\nLocal Volumes space usage:\n\n"
        + volumeRows(usage.path("Volumes")).render("", false)
        + "\nBuild cache usage: "
        + Human.sum(cache)
        + "\n\n";
  }

  private static String since(JsonNode thing, Instant now) {
    Instant created = Instant.ofEpochSecond(thing.path("Created").asLong());
    return Human.duration(Duration.between(created, now)) + " ago";
  }

  private static Listing imageRows(JsonNode images, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode image : images) {
      String name = Words.image(image.path("RepoTags").path(0).asText("<none>:<none>"));
      int colon = name.lastIndexOf(':');
      long size = image.path("Size").asLong();
      long shared = image.path("SharedSize").asLong();
      rows.add(
          Row.of(
              "Repository", name.substring(0, colon),
              "Tag", name.substring(colon + 1),
              "ID", Words.shortId(image.path("Id").asText()),
              "CreatedSince", since(image, now),
              "Size", Human.size(size),
              "SharedSize", Human.sum(shared),
              "UniqueSize", Human.sum(size - shared),
              "Containers", image.path("Containers").asText()));
    }
    return new Listing(
        Tables.IMAGE,
        Listing.columns(
            "Repository", "REPOSITORY",
            "Tag", "TAG",
            "ID", "IMAGE ID",
            "CreatedSince", "CREATED",
            "Size", "SIZE",
            "SharedSize", "SHARED SIZE",
            "UniqueSize", "UNIQUE SIZE",
            "Containers", "CONTAINERS"),
        rows);
  }

  private static Listing containerRows(JsonNode containers, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode one : containers) {
      long volumes = 0;
      for (JsonNode mount : one.path("Mounts")) {
        volumes += mount.path("Type").asText().equals("volume") ? 1 : 0;
      }
      String command = Words.ellipsis(one.path("Command").asText(), COMMAND_LENGTH);
      rows.add(
          Row.of(
              "ID", Words.shortId(one.path("Id").asText()),
              "Image", Words.image(one.path("Image").asText()),
              "Command", Words.quote(command),
              "LocalVolumes", Long.toString(volumes),
              "Size", Human.size(one.path("SizeRw").asLong()),
              "RunningFor", since(one, now),
              "Status", one.path("Status").asText(),
              "Names", one.path("Names").path(0).asText().replaceFirst("^/", "")));
    }
    return new Listing(
        Tables.CONTAINER,
        Listing.columns(
            "ID", "CONTAINER ID",
            "Image", "IMAGE",
            "Command", "COMMAND",
            "LocalVolumes", "LOCAL VOLUMES",
            "Size", "SIZE",
            "RunningFor", "CREATED",
            "Status", "STATUS",
            "Names", "NAMES"),
        rows);
  }

  private static Listing volumeRows(JsonNode volumes) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode volume : volumes) {
      rows.add(
          Row.of(
              "Name", volume.path("Name").asText(),
              "Links", volume.at("/UsageData/RefCount").asText(),
              "Size", Human.sum(Math.max(0, volume.at("/UsageData/Size").asLong()))));
    }
    return new Listing(
        Tables.VOLUME,
        Listing.columns("Name", "VOLUME NAME", "Links", "LINKS", "Size", "SIZE"),
        rows);
  }
}
