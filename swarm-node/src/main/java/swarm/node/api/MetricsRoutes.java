package swarm.node.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import swarm.node.control.Manager;
import swarm.node.membership.Membership;
import swarm.node.metrics.PrometheusText;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// `/metrics`, for Prometheus. Reads what this node knows itself: it answers also while there is no
/// majority, which is when somebody looks.
final class MetricsRoutes {
  private final Daemon daemon;

  MetricsRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/metrics", this::metrics);
  }

  private void metrics(Call call) throws IOException {
    var text = new PrometheusText();
    Runtime jvm = Runtime.getRuntime();
    text.gauge("swarm_heap_used_bytes", "Java heap in use.", jvm.totalMemory() - jvm.freeMemory());
    text.gauge(
            "swarm_event_listeners",
            "Clients that follow this node's events.",
            daemon.events().listening())
        .gauge(
            "swarm_events_waiting",
            "Events that those clients have not taken yet.",
            daemon.events().waiting());
    daemon.membership().active().ifPresent(active -> node(active, text));
    call.exchange()
        .respond(
            200, PrometheusText.CONTENT_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void node(Membership.Active active, PrometheusText text) {
    text.gauge(
        "swarm_certificate_expiry_seconds",
        "When this node's certificate ends, in seconds since 1970.",
        active.identity().certificate().getNotAfter().toInstant().getEpochSecond());
    text.gauge(
        "swarm_root_certificate_expiry_seconds",
        "When the first root that this node trusts ends, in seconds since 1970.",
        active.identity().ca().getNotAfter().toInstant().getEpochSecond());
    text.gauge(
        "swarm_node_manager",
        "1 while this node is a manager, else 0.",
        active.manager().isPresent() ? 1 : 0);
    active.manager().ifPresent(manager -> manager(manager, text));
  }

  private static void manager(Manager manager, PrometheusText text) {
    ClusterState state = manager.store().state();
    text.gauge("swarm_raft_term", "The term that this manager is in.", manager.leadership().term())
        .gauge(
            "swarm_raft_leader",
            "1 while this manager leads, else 0.",
            manager.leadership().ready() ? 1 : 0)
        .gauge(
            "swarm_raft_has_leader",
            "1 while this manager knows a leader, else 0.",
            manager.leadership().leader().isPresent() ? 1 : 0)
        .gauge(
            "swarm_raft_applied_index",
            "The last entry of the log that this manager has applied.",
            manager.appliedIndex())
        .gauge(
            "swarm_raft_commit_index",
            "The last entry of the log that this manager knows a majority to have.",
            manager.committedIndex())
        .gauge(
            "swarm_raft_last_index",
            "The last entry of this manager's log, committed or not.",
            manager.lastIndex())
        .counter(
            "swarm_raft_leadership_changes_total",
            "How often this manager has begun or ceased to lead since its daemon started.",
            manager.leadershipChanges())
        .histogram(
            "swarm_raft_commit_seconds",
            "From a proposal on this manager, while it leads, to its application.",
            manager.proposer().commits())
        .histogram(
            "swarm_raft_fsync_seconds",
            "How long each flush of this manager's log to its disk takes.",
            manager.flushes())
        .gauge(
            "swarm_seal_key_id",
            "The key that this manager's log is sealed with, 0 to 255.",
            manager.sealKeys().sealing())
        .gauge(
            "swarm_seal_key_made_seconds",
            "When that key was made, in seconds since 1970; 0 where an earlier version made it.",
            manager.sealKeys().sealingKey().made().getEpochSecond())
        .gauge(
            "swarm_seal_keys_held",
            "Keys of the log that this manager holds.",
            manager.sealKeys().keys().size())
        .gauge(
            "swarm_dispatcher_sessions",
            "Nodes in session with this manager.",
            manager.dispatcher().silences().size())
        .gauges(
            "swarm_queue_length",
            "What waits in this manager's queues, by queue.",
            "queue",
            queues(manager))
        .gauges("swarm_objects", "Objects in the state, by kind.", "kind", objects(state))
        .gauges("swarm_nodes", "Nodes, by state.", "state", nodes(state));
  }

  private static Map<String, Integer> queues(Manager manager) {
    var queues = new TreeMap<String, Integer>();
    queues.put("proposals", manager.proposer().waiting());
    queues.put("services_to_plan", manager.planningBacklog());
    queues.put("task_observations", manager.dispatcher().observationsWaiting());
    queues.put("sessions_behind", manager.dispatcher().sessionsBehind());
    return queues;
  }

  private static Map<String, Integer> objects(ClusterState state) {
    Cluster cluster = state.cluster();
    var kinds = new TreeMap<String, Integer>();
    kinds.put("cluster", cluster == null ? 0 : 1);
    kinds.put("network", cluster == null ? 0 : 1); // the ingress network
    kinds.put("gossip_key", cluster == null ? 0 : cluster.gossipKeysOrNone().size());
    kinds.put("ingress_address", state.ingressAddresses().size());
    kinds.put("revoked_node", state.revoked().size());
    kinds.put("node", state.nodes().size());
    kinds.put("service", state.services().size());
    kinds.put("task", state.tasks().size());
    return kinds;
  }

  private static Map<String, Integer> nodes(ClusterState state) {
    var states = new TreeMap<String, Integer>();
    for (Node.State each : Node.State.values()) {
      states.put(each.name().toLowerCase(java.util.Locale.ROOT), 0);
    }
    for (Node node : state.nodes().values()) {
      states.merge(
          node.status().state().name().toLowerCase(java.util.Locale.ROOT), 1, Integer::sum);
    }
    return states;
  }
}
