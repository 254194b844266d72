package swarm.node.api.view;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.LayerPaths;
import swarm.scheduler.model.Wire;

/// How containers look in the API. Pure.
public final class Containers {
  private static final Map<String, String> PATHS =
      Map.of("resolv.conf", "ResolvConfPath", "hostname", "HostnamePath", "hosts", "HostsPath");

  private Containers() {}

  /// The image as the user named it.
  public static String imageName(Container container) {
    return container
        .config()
        .attributes()
        .getOrDefault(Attributes.IMAGE_NAME, container.config().imageId());
  }

  /// The state in the word that lists and filters have for it.
  public static String status(Container container) {
    return switch (container.state()) {
      case CREATED -> "created";
      case RUNNING -> "running";
      case PAUSED -> "paused";
      case RESTARTING -> "restarting";
      case EXITED -> "exited";
      case DEAD -> "dead";
    };
  }

  /// One row of the list.
  public static ObjectNode row(Container c, Optional<ContainerEndpoint> endpoint, Instant now) {
    ObjectNode row = Wire.JSON.createObjectNode();
    row.put("Id", c.id());
    row.putArray("Names").add("/" + c.name());
    row.put("Image", imageName(c));
    row.put("ImageID", c.config().imageId());
    row.put("Command", command(c.config().process().args()));
    row.put("Created", c.createdAt().getEpochSecond());
    row.set("Ports", endpoint.map(e -> Ports.row(c, e)).orElseGet(Wire.JSON::createArrayNode));
    row.set("Labels", Wire.JSON.valueToTree(c.config().labels()));
    row.put("State", status(c));
    row.put("Status", statusText(c, now));
    row.putObject("HostConfig").put("NetworkMode", c.config().namespaces().networkMode());
    row.putObject("NetworkSettings").set("Networks", Endpoints.of(c, endpoint));
    row.set("Mounts", MountViews.of(c));
    return row;
  }

  /// The program and its arguments, those with blanks in quotes.
  private static String command(List<String> args) {
    var text = new StringBuilder(args.isEmpty() ? "" : args.getFirst());
    args.stream()
        .skip(1)
        .forEach(arg -> text.append(' ').append(arg.contains(" ") ? "'" + arg + "'" : arg));
    return text.toString();
  }

  /// The list's human words: "Up 3 minutes", "Exited (0) 2 seconds ago".
  static String statusText(Container c, Instant now) {
    Instant started = c.startedAt();
    Instant finished = c.finishedAt();
    return switch (c.state()) {
      case CREATED -> "Created";
      case RUNNING -> "Up " + since(started, now) + HealthViews.suffix(c);
      case PAUSED -> "Up " + since(started, now) + " (Paused)";
      case RESTARTING -> "Restarting (" + c.exitCode() + ") " + since(finished, now) + " ago";
      case EXITED -> "Exited (" + c.exitCode() + ") " + since(finished, now) + " ago";
      case DEAD -> "Dead";
    };
  }

  /// As Docker's units package says it.
  static String since(@org.jspecify.annotations.Nullable Instant then, Instant now) {
    long seconds = then == null ? 0 : Math.max(0, Duration.between(then, now).toSeconds());
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds == 1) {
      return "1 second";
    }
    if (seconds < 60) {
      return seconds + " seconds";
    }
    long minutes = seconds / 60;
    if (minutes == 1) {
      return "About a minute";
    }
    if (minutes < 60) {
      return minutes + " minutes";
    }
    long hours = Math.round(seconds / 3600.0);
    if (hours == 1) {
      return "About an hour";
    }
    if (hours < 48) {
      return hours + " hours";
    }
    long days = hours / 24;
    if (days < 14) {
      return days + " days";
    }
    if (days < 60) {
      return days / 7 + " weeks";
    }
    return days < 730 ? days / 30 + " months" : days / 365 + " years";
  }

  /// Everything about one container.
  ///
  /// @param execs the ids of its execs
  /// @param layers where its files are
  public static ObjectNode inspect(
      Container c, Optional<ContainerEndpoint> endpoint, List<String> execs, LayerPaths layers)
      throws IOException {
    ObjectNode all = Wire.JSON.createObjectNode();
    all.put("Id", c.id());
    all.put("Created", c.createdAt().toString());
    all.put(
        "Path",
        c.config().process().args().isEmpty() ? "" : c.config().process().args().getFirst());
    ArrayNode args = all.putArray("Args");
    c.config().process().args().stream().skip(1).forEach(args::add);
    all.set("State", state(c));
    all.put("Image", c.config().imageId());
    boolean started = c.startedAt() != null; // its files are made then
    Path home = Path.of(c.logPath()).toAbsolutePath().resolveSibling("");
    for (String file : List.of("resolv.conf", "hostname", "hosts")) {
      all.put(PATHS.get(file), started ? home.resolve(file).toString() : "");
    }
    all.put("LogPath", c.config().logging().kept() ? c.logPath() : "");
    all.put("Name", "/" + c.name());
    all.put("RestartCount", c.restartCount());
    all.put("Driver", "overlay2").put("Platform", "linux");
    all.put("MountLabel", "").put("ProcessLabel", "").put("AppArmorProfile", "");
    all.set("ExecIDs", execs.isEmpty() ? Wire.JSON.nullNode() : Wire.JSON.valueToTree(execs));
    JsonNode request =
        Wire.JSON.readTree(c.config().attributes().getOrDefault(Attributes.REQUEST, "{}"));
    all.set("HostConfig", HostConfigs.of(c, request.path("HostConfig")));
    graph(all.putObject("GraphDriver"), layers);
    all.set("Mounts", MountViews.of(c));
    all.set("Config", config(c, request));
    all.set("NetworkSettings", networkSettings(c, endpoint));
    return all;
  }

  private static void graph(ObjectNode graph, LayerPaths layers) {
    graph
        .put("Name", "overlay2")
        .putObject("Data")
        .put("LowerDir", layers.lower().stream().map(Path::toString).collect(joining(":")))
        .put("MergedDir", layers.merged().toString())
        .put("UpperDir", layers.upper().toString())
        .put("WorkDir", layers.work().toString());
  }

  private static ObjectNode state(Container c) {
    ObjectNode state = Wire.JSON.createObjectNode();
    state.put("Status", status(c));
    state.put("Running", c.state().isLive() || c.state() == ContainerState.RESTARTING);
    state.put("Paused", c.state() == ContainerState.PAUSED);
    state.put("Restarting", c.state() == ContainerState.RESTARTING);
    state.put("OOMKilled", c.oomKilled());
    state.put("Dead", c.state() == ContainerState.DEAD);
    state.put("Pid", c.pid());
    state.put("ExitCode", c.exitCode());
    state.put("Error", c.error());
    state.put("StartedAt", time(c.startedAt()));
    state.put("FinishedAt", time(c.finishedAt()));
    HealthViews.putState(state, c);
    return state;
  }

  /// An instant, or Go's zero time where there is none.
  static String time(@org.jspecify.annotations.Nullable Instant at) {
    return at == null ? "0001-01-01T00:00:00Z" : at.toString();
  }

  private static ObjectNode config(Container c, JsonNode request) {
    ObjectNode config = Wire.JSON.createObjectNode();
    config.put("Hostname", c.config().hostname().isEmpty() ? c.shortId() : c.config().hostname());
    config.put("Domainname", c.config().domainname());
    config.put("User", c.config().process().user());
    config.put("AttachStdin", c.config().streams().attachStdin());
    config.put("AttachStdout", c.config().streams().attachStdout());
    config.put("AttachStderr", c.config().streams().attachStderr());
    if (request.has("ExposedPorts")) {
      config.set("ExposedPorts", request.path("ExposedPorts"));
    }
    config.put("Tty", c.config().streams().tty());
    config.put("OpenStdin", c.config().streams().openStdin());
    config.put("StdinOnce", c.config().streams().stdinOnce());
    config.set("Env", Wire.JSON.valueToTree(c.config().process().env()));
    JsonNode cmd = request.path("Cmd");
    boolean known = cmd.isArray() || request.path("Entrypoint").isArray();
    config.set(
        "Cmd",
        cmd.isArray()
            ? cmd
            : known ? Wire.JSON.nullNode() : Wire.JSON.valueToTree(c.config().process().args()));
    HealthViews.putConfig(config, c.config().health());
    config.put("Image", imageName(c));
    config.set("Volumes", MountViews.unnamed(c));
    config.put("WorkingDir", c.config().process().workingDir());
    JsonNode entrypoint = request.path("Entrypoint");
    config.set("Entrypoint", entrypoint.isArray() ? entrypoint : Wire.JSON.nullNode());
    config.set("OnBuild", Wire.JSON.nullNode());
    config.set("Labels", Wire.JSON.valueToTree(c.config().labels()));
    if (!c.config().stopSignal().equals("SIGTERM")) {
      config.put("StopSignal", c.config().stopSignal());
    }
    for (String field : List.of("NetworkDisabled", "StopTimeout", "Shell")) {
      if (request.has(field)) {
        config.set(field, request.path(field));
      }
    }
    return config;
  }

  private static ObjectNode networkSettings(Container c, Optional<ContainerEndpoint> endpoint) {
    ObjectNode settings = Wire.JSON.createObjectNode();
    settings.put("Bridge", "");
    // a sandbox belongs to one run of one container, so the container's id can name it
    settings.put("SandboxID", c.netnsPath().isEmpty() ? "" : c.id());
    settings.put("SandboxKey", c.netnsPath());
    settings.put("HairpinMode", false);
    settings.put("LinkLocalIPv6Address", "").put("LinkLocalIPv6PrefixLen", 0);
    settings.putNull("SecondaryIPAddresses").putNull("SecondaryIPv6Addresses");
    settings.put("GlobalIPv6Address", "").put("GlobalIPv6PrefixLen", 0).put("IPv6Gateway", "");
    settings.set(
        "Ports", endpoint.map(e -> Ports.inspect(c, e)).orElseGet(Wire.JSON::createObjectNode));
    settings.put("IPAddress", endpoint.map(ContainerEndpoint::address).orElse(""));
    settings.put("Gateway", endpoint.map(ContainerEndpoint::gateway).orElse(""));
    settings.put("MacAddress", endpoint.map(ContainerEndpoint::mac).orElse(""));
    settings.put("IPPrefixLen", endpoint.map(ContainerEndpoint::prefix).orElse(0));
    settings.put(
        "EndpointID",
        endpoint
            .flatMap(e -> e.on(Networks.BRIDGE_ID))
            .map(swarm.node.networks.Joined::endpointId)
            .orElse(""));
    settings.set("Networks", Endpoints.of(c, endpoint));
    return settings;
  }
}
