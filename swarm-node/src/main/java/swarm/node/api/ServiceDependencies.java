package swarm.node.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.place.Dependencies;
import swarm.scheduler.state.ClusterState;

/// Checks what a service is to wait for against the services that there are. Pure.
final class ServiceDependencies {
  private ServiceDependencies() {}

  /// Refuses a spec by which a service would wait for itself.
  ///
  /// @param spec null for none
  /// @throws ApiException 400
  static void check(ClusterState state, @Nullable ServiceSpec spec) throws ApiException {
    ServiceAdditions additions = spec == null ? ServiceAdditions.NONE : ServiceAdditions.of(spec);
    if (spec == null || additions.dependsOn().isEmpty()) {
      return;
    }
    List<String> cycle = Dependencies.cycle(state, spec.nameOrEmpty(), additions);
    if (!cycle.isEmpty()) {
      throw ApiException.bad(
          "rpc error: code = InvalidArgument desc = service "
              + spec.nameOrEmpty()
              + " would wait for itself and never start: "
              + String.join(" -> ", cycle)
              + "; leave out one of these from the label swarm.depends-on");
    }
  }
}
