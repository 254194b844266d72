package swarm.node.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// The networks that users made, as nodes must know them: each is made anew only once it may have
/// changed, for all nodes together. Confined to the publisher's thread.
final class OverlayViews {
  private final Map<String, OverlayView> made = new HashMap<>();

  /// They may look otherwise now.
  void touched(OverlayTouches touches) {
    if (touches.all()) {
      made.clear();
    } else {
      made.keySet().removeAll(touches.ids());
    }
  }

  /// Those that tasks or other containers of a node are on, by id.
  SortedMap<String, OverlayView> ofNode(ClusterState state, String nodeId) {
    var all = new TreeMap<String, OverlayView>();
    if (state.networks().byId().isEmpty()) {
      return all;
    }
    for (Task task : state.tasksOnNode(nodeId)) {
      TaskState at = task.status().state();
      if (at.compareTo(TaskState.ASSIGNED) >= 0 && !at.terminal()) {
        task.networksOrNone().forEach(each -> add(state, each.networkId(), all));
      }
    }
    for (Attachment each : state.networks().attachmentsOn(nodeId)) {
      add(state, each.networkId(), all);
    }
    return all;
  }

  private void add(ClusterState state, String networkId, Map<String, OverlayView> all) {
    OverlayView view = all.containsKey(networkId) ? null : of(state, networkId);
    if (view != null) {
      all.put(networkId, view);
    }
  }

  private @Nullable OverlayView of(ClusterState state, String networkId) {
    OverlayView known = made.get(networkId);
    if (known == null) {
      known = OverlayView.of(state, networkId);
      if (known != null) {
        made.put(networkId, known);
      }
    }
    return known;
  }
}
