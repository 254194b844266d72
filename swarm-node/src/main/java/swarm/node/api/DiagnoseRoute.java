package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.node.control.Manager;
import swarm.node.diagnose.NodeReport;
import swarm.node.diagnose.Verdict;
import swarm.node.dispatch.LogBroker;
import swarm.node.dispatch.LogRelay;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;

/// `POST /swarm/diagnose?from=NODE`, ours: every node, or one, tries its way to all others and to
/// the virtual addresses of its networks. Answers with what they found, and what it means:
/// `{"Nodes": [{"ID", "Name", "Report"}], "Findings": [{"Wrong", "Text"}]}`.
final class DiagnoseRoute {
  private static final long LIMIT_SECONDS = 60;

  private final Daemon daemon;

  DiagnoseRoute(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("POST", "/swarm/diagnose", this::diagnose);
  }

  private void diagnose(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    Cluster cluster = state.cluster();
    String from = call.query("from");
    var asked = new TreeSet<String>();
    if (from.isEmpty()) {
      asked.addAll(state.nodes().keySet());
    } else {
      asked.add(NodeRoutes.find(state, from).id());
    }
    Map<String, Answer> answers = ask(manager, asked);
    var nodes = new ArrayList<Verdict.Asked>();
    ObjectNode view = Wire.JSON.createObjectNode();
    ArrayNode reports = view.putArray("Nodes");
    for (Node node : state.nodes().values()) {
      Answer answer = answers.get(node.id());
      Verdict.Asked told = told(node, answer, asked.contains(node.id()));
      nodes.add(told);
      if (asked.contains(node.id())) {
        reports
            .addObject()
            .put("ID", node.id())
            .put("Name", told.name())
            .set("Report", Wire.JSON.valueToTree(told.report()));
      }
    }
    ArrayNode findings = view.putArray("Findings");
    int port = cluster == null ? 0 : cluster.ingress().dataPathPort();
    for (Verdict.Finding finding : Verdict.of(nodes, port)) {
      findings.addObject().put("Wrong", finding.wrong()).put("Text", finding.text());
    }
    call.respond(200, view);
  }

  /// What came of a node.
  ///
  /// @param text its report as JSON; empty for none
  /// @param heardMillis when, by this manager's clock
  private record Answer(byte[] text, long heardMillis, String why) {}

  private static Verdict.Asked told(Node node, @Nullable Answer answer, boolean asked) {
    String host = node.description().hostname();
    String name = host.isEmpty() ? node.id() : host;
    boolean ready = node.status().state() == Node.State.READY;
    if (!asked) {
      return new Verdict.Asked(name, node.dataPath(), ready, null, 0, "");
    }
    if (answer == null || answer.text().length == 0) {
      String why =
          !ready
              ? "it is " + node.status().state().name().toLowerCase(java.util.Locale.ROOT)
              : answer == null ? "it did not answer within " + LIMIT_SECONDS + " s" : answer.why();
      return new Verdict.Asked(name, node.dataPath(), ready, null, 0, why);
    }
    return NodeReport.read(answer.text())
        .map(r -> new Verdict.Asked(name, node.dataPath(), ready, r, answer.heardMillis(), ""))
        .orElseGet(
            () ->
                new Verdict.Asked(
                    name, node.dataPath(), ready, null, 0, "what it sent is no report"));
  }

  /// Asks all at once, whichever manager they are in session with.
  private Map<String, Answer> ask(Manager manager, Set<String> nodes) throws InterruptedException {
    String id = manager.ids().next();
    var wanted = new TreeMap<String, SessionMessages.Subscribe>();
    for (String node : nodes) {
      wanted.put(
          node,
          new SessionMessages.Subscribe(
              id, List.of(NodeReport.REQUEST), false, true, true, -1, "", ""));
    }
    var sink = new Gathering(nodes, daemon.clock());
    LogRelay.Subscription subscription = manager.logRelay().subscribe(id, wanted, sink);
    try {
      subscription.missing().forEach(sink::missing);
      var _ = sink.all.await(LIMIT_SECONDS, TimeUnit.SECONDS); // who is late is told about
      return new TreeMap<>(sink.answers);
    } finally {
      subscription.close().run();
    }
  }

  private static final class Gathering implements LogBroker.Sink {
    private final Clock clock;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final CountDownLatch all;

    Gathering(Set<String> nodes, Clock clock) {
      this.clock = clock;
      all = new CountDownLatch(nodes.size());
    }

    @Override
    public void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume) {
      byte[] data = chunk.data();
      keep(
          nodeId,
          data == null
              ? new Answer(new byte[0], 0, "its build is older than this and cannot; upgrade it")
              : new Answer(data, clock.millis(), ""));
    }

    @Override
    public void ended(String nodeId) {
      keep(nodeId, new Answer(new byte[0], 0, "its session with the managers ended meanwhile"));
    }

    void missing(String nodeId) {
      keep(nodeId, new Answer(new byte[0], 0, "no manager that can be reached has it in session"));
    }

    private void keep(String nodeId, Answer answer) {
      if (answers.putIfAbsent(nodeId, answer) == null) {
        all.countDown();
      }
    }
  }
}
