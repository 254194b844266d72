package swarm.node.api.filter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.node.agent.TaskContainer;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.Containers;
import swarm.node.api.view.HealthViews;
import swarm.node.api.view.Networks;
import swarm.node.networks.EndpointSettings;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.EngineException;

/// Which containers a list shows: Docker's `ps --filter`. Pure but for what it asks of [Known].
public final class ContainerFilter {
  private static final Set<String> KEYS =
      Set.of(
          "ancestor",
          "before",
          "exited",
          "expose",
          "health",
          "id",
          "is-task",
          "isolation", // Docker's on Windows; it changes nothing elsewhere
          "label",
          "name",
          "network",
          "publish",
          "since",
          "status",
          "volume");
  private static final Set<String> STATES =
      Set.of("created", "dead", "exited", "paused", "removing", "restarting", "running");
  private static final Set<String> HEALTH = Set.of("none", "starting", "healthy", "unhealthy");
  private static final Pattern PORTS =
      Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/(tcp|udp|sctp))?");
  private static final int MAX_PORT = 65_535;

  /// What the node knows of its containers beside themselves.
  public interface Known {
    /// A container by name, id or beginning of an id; fails where there is none.
    Container container(String nameOrId) throws ApiException, EngineException;

    /// An image's id by name, id or beginning of an id.
    Optional<String> image(String nameOrId) throws IOException;

    /// A running container's ports, published or not, as `port/protocol`.
    Set<String> exposed(Container container) throws IOException;

    /// What a container has of the networks, if it runs.
    Optional<ContainerEndpoint> endpoint(String containerId);
  }

  private record Ports(String protocol, int first, int last) {
    boolean has(String portAndProtocol) {
      int slash = portAndProtocol.indexOf('/');
      int port = Integer.parseInt(portAndProtocol.substring(0, slash));
      return port >= first && port <= last && protocol.equals(portAndProtocol.substring(slash + 1));
    }
  }

  private final Filters filters;
  private final Known known;
  private final Optional<Boolean> task;
  private final Set<String> images = new HashSet<>();
  private final List<Container> before = new ArrayList<>();
  private final List<Container> since = new ArrayList<>();
  private final List<Ports> published;
  private final List<Ports> exposed;

  private ContainerFilter(Filters filters, Known known)
      throws ApiException, EngineException, IOException {
    this.filters = filters;
    this.known = known;
    filters.require("status", STATES);
    filters.require("health", HEALTH);
    for (String code : filters.get("exited")) {
      if (!code.matches("-?\\d{1,9}")) {
        throw ApiException.bad("invalid filter 'exited=" + code + "': it must be a number");
      }
    }
    task = filters.flag("is-task");
    for (String name : filters.get("before")) {
      before.add(known.container(name));
    }
    for (String name : filters.get("since")) {
      since.add(known.container(name));
    }
    for (String name : filters.get("ancestor")) {
      known.image(name).ifPresent(images::add);
    }
    published = ports("publish");
    exposed = ports("expose");
  }

  /// The containers that pass, the newest first.
  ///
  /// @param stopped whether to show those that do not run, too
  /// @throws ApiException where a filter cannot be read
  /// @throws EngineException where `before` or `since` name no container
  public static List<Container> apply(
      List<Container> all, boolean stopped, Map<String, Set<String>> given, Known known)
      throws ApiException, EngineException, IOException {
    var filter = new ContainerFilter(Filters.of(given, KEYS), known);
    boolean explicit = given.containsKey("status") || given.containsKey("exited");
    var found = new ArrayList<Container>();
    for (Container c : all) {
      if ((stopped || explicit || c.state().isLive() || c.state() == ContainerState.RESTARTING)
          && filter.passes(c)) {
        found.add(c);
      }
    }
    found.sort(NEWEST);
    return found;
  }

  private static final Comparator<Container> NEWEST =
      Comparator.comparing(Container::createdAt).thenComparing(Container::id).reversed();

  private boolean passes(Container c) throws IOException {
    return filters.any("id", v -> c.id().startsWith(v))
        && filters.any(
            "name", v -> Filters.matchesName(c.name(), v) || Filters.matchesName("/" + c.name(), v))
        && filters.labels("label", c.config().labels())
        && filters.any("status", v -> Containers.status(c).equals(v))
        && filters.any("health", v -> HealthViews.word(c).equals(v))
        && filters.any("exited", v -> exitedWith(c, v))
        && filters.any("network", v -> onNetwork(c, v))
        && filters.any("volume", v -> hasMount(c, v))
        && task.map(t -> t == c.config().labels().containsKey(TaskContainer.TASK_ID)).orElse(true)
        && (!filters.has("ancestor") || images.contains(c.config().imageId()))
        && before.stream().allMatch(b -> NEWEST.compare(b, c) < 0)
        && since.stream().allMatch(s -> NEWEST.compare(c, s) < 0)
        && passesPorts(c);
  }

  private static boolean exitedWith(Container c, String code) {
    return c.startedAt() != null && !c.state().isLive() && Integer.parseInt(code) == c.exitCode();
  }

  /// By name, or by the beginning of the network's id.
  private boolean onNetwork(Container c, String wanted) {
    String mode = c.config().namespaces().networkMode();
    if (mode.startsWith("container:")) {
      return false;
    }
    if (c.config().attributes().containsKey(Attributes.INGRESS) && wanted.equals("ingress")) {
      return true;
    }
    return switch (mode) {
      case "host" -> wanted.equals("host") || Networks.HOST_ID.startsWith(wanted);
      case "none" -> wanted.equals("none") || Networks.NONE_ID.startsWith(wanted);
      default ->
          EndpointSettings.read(c.config().attributes()).stream()
                  .anyMatch(one -> names(one.network(), wanted))
              || known.endpoint(c.id()).stream()
                  .flatMap(e -> e.networks().stream())
                  .filter(on -> !on.isBridge()) // which a task has as its way out only
                  .anyMatch(on -> on.networkId().startsWith(wanted) || on.network().equals(wanted));
    };
  }

  private static boolean names(String network, String wanted) {
    return network.equals(wanted)
        || (network.equals("bridge") && Networks.BRIDGE_ID.startsWith(wanted));
  }

  /// By volume's name, source or path in the container.
  private static boolean hasMount(Container c, String wanted) {
    for (ContainerMount mount : c.config().mounts()) {
      String source =
          switch (mount) {
            case ContainerMount.Bind b -> b.source();
            case ContainerMount.Volume v -> v.name();
            case ContainerMount.Tmpfs _ -> "";
          };
      if (mount.target().equals(wanted) || (!source.isEmpty() && source.equals(wanted))) {
        return true;
      }
    }
    return false;
  }

  /// As Docker's: a port that is published or one that is exposed is enough where both are asked.
  private boolean passesPorts(Container c) throws IOException {
    if (published.isEmpty() && exposed.isEmpty()) {
      return true;
    }
    if (!c.state().isLive()) {
      return false;
    }
    Optional<ContainerEndpoint> endpoint = known.endpoint(c.id());
    if (endpoint.isPresent()) {
      for (ContainerEndpoint.Binding port : endpoint.get().ports()) {
        if (has(published, port.hostPort() + "/" + port.protocol())
            || has(exposed, port.containerPort() + "/" + port.protocol())) {
          return true;
        }
      }
    }
    return !exposed.isEmpty() && known.exposed(c).stream().anyMatch(p -> has(exposed, p));
  }

  private static boolean has(List<Ports> ranges, String port) {
    return ranges.stream().anyMatch(r -> r.has(port));
  }

  private List<Ports> ports(String key) throws ApiException {
    var all = new ArrayList<Ports>();
    for (String value : filters.get(key)) {
      if (value.contains(":")) {
        throw ApiException.bad("filter for '" + key + "' should not contain ':': " + value);
      }
      Matcher m = PORTS.matcher(value);
      int first = m.matches() ? Integer.parseInt(m.group(1)) : -1;
      int last = m.matches() && m.group(2) != null ? Integer.parseInt(m.group(2)) : first;
      if (first < 0 || last < first || last > MAX_PORT) {
        throw ApiException.bad(
            "error while looking up for "
                + key
                + " "
                + value
                + ": it must be PORT[/PROTOCOL] or FIRST-LAST[/PROTOCOL], up to "
                + MAX_PORT);
      }
      all.add(new Ports(m.group(3) == null ? "tcp" : m.group(3), first, last));
    }
    return all;
  }
}
