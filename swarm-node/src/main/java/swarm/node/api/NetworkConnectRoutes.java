package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.node.agent.NodeNetwork;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Joined;
import swarm.node.networks.NetworkException;
import swarm.node.networks.Predefined;
import swarm.runtime.container.Container;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.NetworkChange;

/// `/networks/{id}/connect` and `/networks/{id}/disconnect`.
final class NetworkConnectRoutes {
  private static final String SHARES =
      "container sharing network namespace with another container or host cannot be connected to"
          + " any other network";
  private static final String PRIVATE =
      "container cannot be connected to multiple networks with one of the networks in private"
          + " (none) mode";

  private final Daemon daemon;
  private final NetworkLookup lookup;

  NetworkConnectRoutes(Daemon daemon, NetworkLookup lookup) {
    this.daemon = daemon;
    this.lookup = lookup;
  }

  void add(Router router) {
    router.add("POST", "/networks/{id}/connect", this::connect);
    router.add("POST", "/networks/{id}/disconnect", this::disconnect);
  }

  private void connect(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    String network = named(call.path("id"));
    EndpointSettings asked =
        EndpointFields.one(network, body.path("EndpointConfig"), "EndpointConfig.");
    String id = daemon.engine().get(JsonValues.text(body, "Container")).id();
    daemon.engine().<ApiException>changeNetworks(id, now -> connected(now, asked));
    done(call);
  }

  private static void done(Call call) throws IOException {
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  /// One that this node does not know may be the cluster's: its managers know.
  private String named(String wanted) throws ApiException {
    try {
      return joinable(lookup.find(wanted, ""));
    } catch (ApiException e) {
      boolean worker = daemon.membership().active().filter(a -> a.manager().isEmpty()).isPresent();
      if (e.status() == 404 && worker) {
        return wanted;
      }
      throw e;
    }
  }

  private static String joinable(JsonNode network) throws ApiException {
    String name = network.path("Name").asText();
    if (name.equals(Predefined.HOST)) {
      throw new ApiException(
          403, "container cannot be connected to host network or disconnected from it");
    }
    if (name.equals(Predefined.NONE)) {
      throw new ApiException(403, PRIVATE);
    }
    if (network.path("Ingress").asBoolean()) {
      throw new ApiException(
          403, "rpc error: code = PermissionDenied desc = network ingress not manually attachable");
    }
    return name;
  }

  private NetworkChange.Result connected(Container now, EndpointSettings asked)
      throws ApiException, IOException {
    String mode = now.config().namespaces().networkMode();
    if (mode.equals(Predefined.HOST) || mode.startsWith("container:")) {
      throw new ApiException(403, SHARES);
    }
    if (mode.equals(Predefined.NONE)) {
      throw new ApiException(403, PRIVATE);
    }
    Map<String, String> attributes = now.config().attributes();
    Map<String, String> next =
        EndpointSettings.with(
            attributes, EndpointSettings.put(EndpointSettings.read(attributes), asked));
    if (!now.state().isLive()) {
      checkAddress(asked);
      return noted(next);
    }
    if (joined(now).stream().anyMatch(asked.network()::equals)) {
      throw new ApiException(
          403,
          "endpoint with name " + now.name() + " already exists in network " + asked.network());
    }
    try {
      return result(
          next,
          daemon.network().connect(now.id(), asked, now.config()),
          Optional.of(() -> leave(now, asked.network())));
    } catch (NetworkException e) {
      throw new ApiException(e.status(), String.valueOf(e.getMessage()));
    }
  }

  /// What could not be had when the container starts is refused now.
  private void checkAddress(EndpointSettings asked) throws ApiException {
    try {
      daemon.networks().checkAddress(asked);
    } catch (NetworkException e) {
      throw new ApiException(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private static NetworkChange.Result result(
      Map<String, String> attributes,
      NodeNetwork.EtcChange etc,
      Optional<NetworkChange.Undo> undo) {
    return new NetworkChange.Result(attributes, etc.gone(), etc.added(), etc.resolvConf(), undo);
  }

  /// Of a container that does not run: there is nothing to take back.
  private static NetworkChange.Result noted(Map<String, String> attributes) {
    return new NetworkChange.Result(attributes, List.of(), List.of(), "", Optional.of(() -> {}));
  }

  private void leave(Container container, String network) throws IOException {
    Optional<Joined> joined =
        daemon.network().endpoint(container.id()).stream()
            .flatMap(e -> e.networks().stream())
            .filter(on -> on.network().equals(network))
            .findFirst();
    if (joined.isPresent()) {
      var _ =
          daemon.network().disconnect(container.id(), joined.get().networkId(), container.config());
    }
  }

  private List<String> joined(Container container) {
    return daemon.network().endpoint(container.id()).stream()
        .flatMap(e -> e.networks().stream())
        .map(on -> on.network())
        .toList();
  }

  private void disconnect(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    JsonNode network = lookup.find(call.path("id"), "");
    if (network.path("Name").asText().equals(Predefined.HOST)) {
      throw new ApiException(
          403, "container cannot be disconnected from host network or connected to host network");
    }
    Optional<Container> container =
        container(JsonValues.text(body, "Container"), body.path("Force"));
    if (container.isEmpty()) {
      throw ApiException.missing("endpoint " + JsonValues.text(body, "Container") + " not found");
    }
    daemon
        .engine()
        .<ApiException>changeNetworks(container.get().id(), now -> disconnected(now, network));
    done(call);
  }

  /// Forced, one that is gone is meant as an endpoint: there is none here.
  private Optional<Container> container(String reference, JsonNode force) throws EngineException {
    try {
      return Optional.of(daemon.engine().get(reference));
    } catch (EngineException e) {
      if (force.asBoolean() && e.kind() == EngineException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private NetworkChange.Result disconnected(Container now, JsonNode network)
      throws ApiException, IOException {
    String name = network.path("Name").asText();
    Map<String, String> attributes = now.config().attributes();
    List<EndpointSettings> asked = EndpointSettings.read(attributes);
    String mode = now.config().namespaces().networkMode();
    boolean own = !mode.equals(Predefined.HOST) && !mode.startsWith("container:");
    boolean live = now.state().isLive();
    if (!own
        || mode.equals(Predefined.NONE)
        || asked.stream().noneMatch(one -> one.network().equals(name))) {
      throw new ApiException(
          403,
          "container "
              + now.id()
              + (live ? " is not connected to network " : " is not connected to the network ")
              + name);
    }
    Map<String, String> next =
        EndpointSettings.with(attributes, EndpointSettings.without(asked, name));
    return live
        ? result(
            next,
            daemon.network().disconnect(now.id(), network.path("Id").asText(), now.config()),
            Optional.empty())
        : noted(next);
  }
}
