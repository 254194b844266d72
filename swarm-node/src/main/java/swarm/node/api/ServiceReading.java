package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import swarm.node.api.check.SpecValidator;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ClusterFilters;
import swarm.node.api.view.ServiceViews;
import swarm.node.api.view.SwarmViews;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;

/// What a rehearsal does as callers of the API would: so much of their requests as needs no
/// connection.
public final class ServiceReading {
  private static final int TIMES = 3; // a caller asks more than once

  private ServiceReading() {}

  /// Reads a spec, and shows the services and tasks of a state to nobody.
  public static void read(byte[] text, ClusterState state) throws IOException {
    var views = new ServiceViews();
    try {
      for (int i = 0; i < TIMES; i++) {
        ServiceSpec spec = Wire.JSON.readValue(text, ServiceSpec.class);
        SpecValidator.check(spec);
        views.list(
            state, List.copyOf(state.services().values()), true, OutputStream.nullOutputStream());
        var filter =
            ClusterFilters.tasks(
                Map.of("service", Set.of(spec.nameOrEmpty())), "", _ -> "", _ -> Map.of());
        for (Service service : state.services().values()) {
          for (Task task : state.tasksOfService(service.id())) {
            if (filter.test(task)) {
              var _ = Wire.JSON.writeValueAsBytes(SwarmViews.task(state, task));
            }
          }
        }
      }
    } catch (ApiException e) {
      throw new IOException("the rehearsed service is refused: " + e.getMessage(), e);
    }
  }
}
