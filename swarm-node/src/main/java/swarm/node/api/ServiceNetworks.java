package swarm.node.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.node.api.check.Refusals;
import swarm.node.api.error.ApiException;
import swarm.node.networks.NetworkRecord;
import swarm.node.networks.Predefined;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkTarget;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.state.ClusterState;

/// Turns the networks that a service's spec names into ids, which is what the log has: as Docker's
/// daemon does. Pure.
final class ServiceNetworks {
  private static final Set<String> PREDEFINED = Set.of(Predefined.HOST, Predefined.NONE, "bridge");

  private ServiceNetworks() {}

  /// Whether a spec names any.
  static boolean any(ServiceSpec spec) {
    return !asked(spec).isEmpty();
  }

  /// Those of its tasks count; older clients name them beside these.
  private static List<NetworkTarget> asked(ServiceSpec spec) {
    List<NetworkTarget> own = spec.template().networkTargets();
    return own.isEmpty() ? spec.networksOrNone() : own;
  }

  /// The spec with ids.
  ///
  /// @param local this host's own networks, that no service can be on
  /// @throws ApiException 404 for one that does not exist, 400 for two that do not go together
  static ServiceSpec resolved(ServiceSpec spec, ClusterState state, List<NetworkRecord> local)
      throws ApiException {
    var targets = new ArrayList<NetworkTarget>();
    var networks = new ArrayList<Network>();
    for (NetworkTarget asked : asked(spec)) {
      String wanted = asked.target() == null ? "" : asked.target();
      Network network = find(state, wanted, local);
      for (Network other : networks) {
        if (other.range().overlaps(network.range())) {
          throw Refusals.invalid(
              other.id().equals(network.id())
                  ? "network " + network.name() + " is named twice"
                  : "networks %s (%s) and %s (%s) have the same addresses: a task cannot be on both"
                      .formatted(other.name(), other.range(), network.name(), network.range()));
        }
      }
      networks.add(network);
      targets.add(new NetworkTarget(network.id(), asked.aliases(), asked.other()));
    }
    TaskSpec task = spec.template();
    return spec.with(
        new TaskSpec(
            task.containerSpec(),
            task.resources(),
            task.restartPolicy(),
            task.placement(),
            task.forceUpdate(),
            task.runtime(),
            targets,
            task.other()));
  }

  private static Network find(ClusterState state, String wanted, List<NetworkRecord> local)
      throws ApiException {
    @Nullable Network found = state.networks().find(wanted);
    found = found == null ? state.networks().named(wanted) : found;
    if (found != null) {
      return found;
    }
    List<Network> beginning =
        wanted.isEmpty()
            ? List.of()
            : state.networks().byId().values().stream()
                .filter(each -> each.id().startsWith(wanted))
                .toList();
    if (beginning.size() == 1) {
      return beginning.getFirst();
    }
    Optional<Ingress> ingress =
        Optional.ofNullable(state.cluster()).map(Cluster::ingress).filter(Ingress::present);
    if (ingress.isPresent()
        && (wanted.equals(ingress.get().name()) || wanted.equals(ingress.get().networkId()))) {
      throw Refusals.invalid(
          "Service cannot be explicitly attached to the ingress network \""
              + ingress.get().name()
              + "\"");
    }
    if (PREDEFINED.contains(wanted)) {
      throw ApiException.unimplemented("attaching a service to the network '" + wanted + "'");
    }
    if (local.stream().anyMatch(each -> each.name().equals(wanted) || each.id().equals(wanted))) {
      throw new ApiException(
          403,
          "The network "
              + wanted
              + " cannot be used with services. Only networks scoped to the swarm can be used, such"
              + " as those created with the overlay driver.");
    }
    throw ApiException.missing("network " + wanted + " not found");
  }
}
