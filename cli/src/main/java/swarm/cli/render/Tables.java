package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;

/// The API's lists of nodes, services, containers, images, networks, volumes, secrets and configs
/// as Docker's tables.
public final class Tables {
  static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z z", java.util.Locale.ROOT);

  private static final int COMMAND_LENGTH = 20;
  private static final int MOUNT_LENGTH = 15;

  static final String NODE = "node.nodeContext";
  static final String STACK = "formatter.stackContext";
  static final String SERVICE = "service.serviceContext";
  static final String CONTAINER = "formatter.ContainerContext";
  static final String IMAGE = "formatter.imageContext";
  static final String NETWORK = "network.networkContext";
  static final String VOLUME = "formatter.volumeContext";
  static final String TASK = "task.taskContext";
  static final String DISK_USAGE = "formatter.diskUsageImagesContext";

  private Tables() {}

  /// @param self the id of the node that was asked
  public static Listing nodes(JsonNode nodes, String self) {
    var rows = new ArrayList<Row>();
    for (JsonNode node : sorted(nodes, n -> n.at("/Description/Hostname").asText())) {
      JsonNode manager = node.path("ManagerStatus");
      boolean me = node.path("ID").asText().equals(self);
      rows.add(
          Row.of(
              "ID", node.path("ID").asText(),
              "marked", node.path("ID").asText() + (me ? " *" : "  "),
              "Self", Boolean.toString(me),
              "Hostname", node.at("/Description/Hostname").asText(),
              "Status", Words.capital(node.at("/Status/State").asText()),
              "Availability", Words.capital(node.at("/Spec/Availability").asText()),
              "ManagerStatus",
                  manager.path("Leader").asBoolean()
                      ? "Leader"
                      : Words.capital(manager.path("Reachability").asText("")),
              "EngineVersion", node.at("/Description/Engine/EngineVersion").asText(),
              "TLSStatus", "Ready"));
    }
    return new Listing(
        NODE,
        Listing.columns(
            "marked", "ID  ",
            "Hostname", "HOSTNAME",
            "Status", "STATUS",
            "Availability", "AVAILABILITY",
            "ManagerStatus", "MANAGER STATUS",
            "EngineVersion", "ENGINE VERSION"),
        rows);
  }

  public static Listing services(JsonNode services) {
    var rows = new ArrayList<Row>();
    for (JsonNode service : sorted(services, s -> s.at("/Spec/Name").asText())) {
      rows.add(
          Row.of(
              "ID", Words.shortId(service.path("ID").asText()),
              "Name", service.at("/Spec/Name").asText(),
              "Mode", mode(service.at("/Spec/Mode")),
              "Replicas", replicas(service),
              "Image", Words.image(service.at("/Spec/TaskTemplate/ContainerSpec/Image").asText("")),
              "Ports", PortText.ofService(service.at("/Endpoint/Ports"))));
    }
    return new Listing(
        SERVICE,
        Listing.columns(
            "ID", "ID",
            "Name", "NAME",
            "Mode", "MODE",
            "Replicas", "REPLICAS",
            "Image", "IMAGE",
            "Ports", "PORTS"),
        rows);
  }

  /// Stacks with how many services they have.
  public static Listing stacks(java.util.SortedMap<String, Integer> stacks) {
    var rows = new ArrayList<Row>();
    stacks.forEach(
        (name, services) -> rows.add(Row.of("Name", name, "Services", Integer.toString(services))));
    return new Listing(STACK, Listing.columns("Name", "NAME", "Services", "SERVICES"), rows);
  }

  private static String mode(JsonNode mode) {
    for (String name : new String[] {"Global", "Replicated", "ReplicatedJob", "GlobalJob"}) {
      if (mode.path(name).isObject()) {
        return name.replace("Job", " job").toLowerCase(java.util.Locale.ROOT);
      }
    }
    return "";
  }

  private static String replicas(JsonNode service) {
    JsonNode status = service.path("ServiceStatus");
    long completed = status.path("CompletedTasks").asLong();
    long desired = status.path("DesiredTasks").asLong();
    String count = status.path("RunningTasks").asLong() + "/" + desired;
    JsonNode mode = service.at("/Spec/Mode");
    if (mode.has("ReplicatedJob")) {
      long total = mode.at("/ReplicatedJob/TotalCompletions").asLong();
      return count + " (" + completed + "/" + total + " completed" + next(service) + ")";
    }
    if (mode.has("GlobalJob")) {
      long total = desired + completed;
      return count + " (" + completed + "/" + total + " completed" + next(service) + ")";
    }
    long most = service.at("/Spec/TaskTemplate/Placement/MaxReplicas").asLong();
    return most > 0 && mode.has("Replicated") ? count + " (max " + most + " per node)" : count;
  }

  /// When a scheduled job runs next.
  private static String next(JsonNode service) {
    String next = service.at("/JobStatus/NextExecution").asText("");
    return next.isEmpty() ? "" : ", next " + next;
  }

  /// Refuses a template of `ps` that could not show a container.
  ///
  /// @return whether it shows sizes
  public static boolean check(String format) throws InvalidValueException {
    JsonNode none = Json.array().add(Json.object());
    Row example = containers(none, Instant.EPOCH, ZoneOffset.UTC, true, false).rows().getFirst();
    Format.check(format, example, CONTAINER);
    return format.contains(".Size") || format.contains("json .}");
  }

  /// @param cut whether ids, images and commands are short
  /// @param sizes whether to show them
  public static Listing containers(
      JsonNode containers, Instant now, ZoneId zone, boolean cut, boolean sizes) {
    var rows = new ArrayList<Row>();
    for (JsonNode one : containers) {
      var names = new ArrayList<String>();
      one.path("Names").forEach(n -> names.add(n.asText().replaceFirst("^/", "")));
      names.stream()
          .filter(n -> cut && !n.contains("/"))
          .findFirst()
          .ifPresent(n -> names.retainAll(List.of(n)));
      Instant created = Instant.ofEpochSecond(one.path("Created").asLong());
      String command = one.path("Command").asText();
      rows.add(
          Row.of(
                  "ID",
                      cut
                          ? Words.shortId(one.path("ID").asText(one.path("Id").asText()))
                          : one.path("Id").asText(),
                  "Image", containerImage(one, cut),
                  "Command", Words.quote(cut ? Words.ellipsis(command, COMMAND_LENGTH) : command),
                  "CreatedAt", CREATED.format(created.atZone(zone)),
                  "RunningFor", Human.duration(Duration.between(created, now)) + " ago",
                  "Status", one.path("Status").asText(),
                  "State", one.path("State").asText(),
                  "Ports", PortText.ofContainer(one.path("Ports")),
                  "Names", String.join(",", names),
                  "Size", size(one),
                  "Mounts", mounts(one, cut),
                  "LocalVolumes", Long.toString(localVolumes(one)),
                  "Networks", String.join(",", fieldNames(one.at("/NetworkSettings/Networks"))))
              .labelled(one.path("Labels")));
    }
    var columns =
        new ArrayList<>(
            Listing.columns(
                "ID", "CONTAINER ID",
                "Image", "IMAGE",
                "Command", "COMMAND",
                "RunningFor", "CREATED",
                "Status", "STATUS",
                "Ports", "PORTS",
                "Names", "NAMES"));
    if (sizes) {
      columns.addAll(Listing.columns("Size", "SIZE"));
    }
    return new Listing(CONTAINER, columns, rows);
  }

  private static String mounts(JsonNode container, boolean cut) {
    var names = new ArrayList<String>();
    for (JsonNode mount : container.path("Mounts")) {
      String name = mount.path("Name").asText("");
      String shown = name.isEmpty() ? mount.path("Source").asText("") : name;
      names.add(cut ? Words.ellipsis(shown, MOUNT_LENGTH) : shown);
    }
    return String.join(",", names);
  }

  /// How many of its mounts are volumes of this node.
  static long localVolumes(JsonNode container) {
    long volumes = 0;
    for (JsonNode mount : container.path("Mounts")) {
      volumes += mount.path("Driver").asText("").equals("local") ? 1 : 0;
    }
    return volumes;
  }

  private static String size(JsonNode container) {
    if (container.path("SizeRootFs").asLong() <= 0) {
      return Human.size(container.path("SizeRw").asLong());
    }
    return Human.size(container.path("SizeRw").asLong())
        + " (virtual "
        + Human.size(container.path("SizeRootFs").asLong())
        + ")";
  }

  private static String containerImage(JsonNode container, boolean cut) {
    String image = container.path("Image").asText("");
    if (image.isEmpty()) {
      return "<no image>";
    }
    if (!cut) {
      return image;
    }
    return image.startsWith("sha256:") ? Words.shortId(image) : Words.image(image);
  }

  private static List<String> fieldNames(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).sorted().toList();
  }

  public static Listing networks(JsonNode networks, boolean cut) {
    var rows = new ArrayList<Row>();
    for (JsonNode network : sorted(networks, n -> n.path("Name").asText())) {
      String id = network.path("Id").asText();
      rows.add(
          Row.of(
                  "ID", cut ? Words.shortId(id) : id,
                  "Name", network.path("Name").asText(),
                  "Driver", network.path("Driver").asText(),
                  "Scope", network.path("Scope").asText(),
                  "IPv4", Boolean.toString(network.path("EnableIPv4").asBoolean()),
                  "IPv6", Boolean.toString(network.path("EnableIPv6").asBoolean()),
                  "Internal", Boolean.toString(network.path("Internal").asBoolean()),
                  "CreatedAt", Words.goTime(network.path("Created").asText()))
              .labelled(network.path("Labels")));
    }
    return new Listing(
        NETWORK,
        Listing.columns(
            "ID", "NETWORK ID",
            "Name", "NAME",
            "Driver", "DRIVER",
            "Scope", "SCOPE"),
        rows);
  }

  public static Listing volumes(JsonNode volumes) {
    var rows = new ArrayList<Row>();
    for (JsonNode volume : sorted(volumes, v -> v.path("Name").asText())) {
      rows.add(
          Row.of(
                  "id",
                  volume.path("Name").asText(),
                  "Name",
                  volume.path("Name").asText(),
                  "Driver",
                  volume.path("Driver").asText(),
                  "Scope",
                  volume.path("Scope").asText(),
                  "Mountpoint",
                  volume.path("Mountpoint").asText(),
                  "Links",
                  volume.path("UsageData").isObject()
                      ? ImageTables.number(volume.at("/UsageData/RefCount").asLong())
                      : ImageTables.UNKNOWN,
                  "Size",
                  volume.path("UsageData").isObject()
                      ? ImageTables.sum(volume.at("/UsageData/Size").asLong())
                      : ImageTables.UNKNOWN,
                  "Group",
                  ImageTables.UNKNOWN,
                  "Availability",
                  ImageTables.UNKNOWN,
                  "Status",
                  ImageTables.UNKNOWN)
              .labelled(volume.path("Labels")));
    }
    return new Listing(VOLUME, Listing.columns("Driver", "DRIVER", "Name", "VOLUME NAME"), rows);
  }

  /// @param secret whether they are secrets, which have drivers
  public static Listing payloads(JsonNode payloads, boolean secret, Instant now) {
    var rows = new ArrayList<Row>();
    for (JsonNode each : sorted(payloads, p -> p.at("/Spec/Name").asText())) {
      rows.add(
          Row.of(
                  "ID",
                  each.path("ID").asText(),
                  "Name",
                  each.at("/Spec/Name").asText(),
                  secret ? "Driver" : "driver",
                  each.at("/Spec/Driver/Name").asText(""),
                  "CreatedAt",
                  Human.ago(each.path("CreatedAt").asText(), now),
                  "UpdatedAt",
                  Human.ago(each.path("UpdatedAt").asText(), now))
              .labelled(each.at("/Spec/Labels")));
    }
    return new Listing(
        secret ? "secret.secretContext" : "config.configContext",
        secret
            ? Listing.columns(
                "ID", "ID",
                "Name", "NAME",
                "Driver", "DRIVER",
                "CreatedAt", "CREATED",
                "UpdatedAt", "UPDATED")
            : Listing.columns(
                "ID", "ID", "Name", "NAME", "CreatedAt", "CREATED", "UpdatedAt", "UPDATED"),
        rows);
  }

  private static List<JsonNode> sorted(
      JsonNode all, java.util.function.Function<JsonNode, String> name) {
    var list = new ArrayList<JsonNode>();
    all.forEach(list::add);
    list.sort(Comparator.comparing(name, Words.NATURAL));
    return list;
  }
}
