package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.check.Linearizability;
import swarm.chaos.check.Operation;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.check.ServiceModel;
import swarm.chaos.check.Verdict;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;
import swarm.chaos.membership.Membership;
import swarm.chaos.membership.Membership.Listed;
import swarm.chaos.membership.Membership.Place;
import swarm.chaos.membership.Node;
import swarm.chaos.membership.Role;
import swarm.chaos.membership.Step;
import swarm.chaos.membership.Steps;
import swarm.chaos.workload.ApiHistory;

/// Hosts join, leave, change their roles, die and come back by chance, one after the other, while
/// clients write and read through all of them: after each step every manager lists who is to be
/// there and clients are answered, and what they were told all the time has one order.
///
/// The steps are printed and, with the history, in `target/membership` afterwards. The same again,
/// others, or more of them: with `./dev chaos`, `-Dmembership.seed=2 -Dmembership.steps=100`.
@Tag("chaos")
final class MembershipUnderLoadTest {
  private static final int HOSTS = 5;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(HOSTS);

  private static final long SEED = Long.getLong("membership.seed", 1);
  private static final int STEPS = Integer.getInteger("membership.steps", 25);

  private static final List<String> SERVICES = List.of("red", "green", "blue", "white", "black");

  /// Two at each host: those at hosts that do not manage are told so, and try again.
  private static final int CLIENTS = 2 * HOSTS;

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /// Answers after each step.
  private static final int STRETCH = 30;

  private static final int MAX_CALLS = 10_000 + 5_000 * STEPS;
  private static final long MAX_SEARCH = 5_000_000;
  private static final Path FOLDER = Path.of("target", "membership").toAbsolutePath();

  private final Map<Node, String> ids = new HashMap<>();

  @Test
  void every_manager_knows_who_is_there_and_clients_are_told_one_history() throws Exception {
    Files.createDirectories(FOLDER);
    Files.deleteIfExists(FOLDER.resolve("steps.txt"));
    tell("seed " + SEED + ", " + STEPS + " steps");
    CLUSTER.cluster().init(1);
    Membership now = Membership.ofOne(HOSTS);
    joined(now.node(1));
    awaitAgreement(now);

    List<DockerApi> apis =
        IntStream.rangeClosed(1, HOSTS).mapToObj(h -> api(h).within(ANSWER)).toList();
    var settings = new ApiHistory.Settings(apis, CLIENTS, SERVICES, SEED, PAUSE, MAX_CALLS);
    List<Operation<ServiceCall, ServiceAnswer>> history;
    try (var clients = ApiHistory.start(settings)) {
      goOn(clients);
      var steps = new Steps(SEED);
      for (int step = 1; step <= STEPS; step++) {
        now = take(step + ": ", steps.next(now), now, clients);
      }
      for (Place place : List.of(Place.MANAGER, Place.WORKER)) {
        for (int host : now.all(place)) {
          if (!now.runs(host)) {
            now = take("at the end: ", new Step.Restart(host), now, clients);
          }
        }
      }
      assertThat(clients.calls()).as("calls, of which there were enough").isLessThan(MAX_CALLS);
      history = clients.stop();
    }

    var verdicts =
        Linearizability.checkEach(new ServiceModel(), history, ServiceCall::service, MAX_SEARCH);
    write(history, verdicts);
    assertThat(verdicts.keySet()).containsExactlyInAnyOrderElementsOf(SERVICES);
    assertThat(verdicts.values())
        .as("seed %s, the history is in %s", SEED, FOLDER)
        .allSatisfy(verdict -> assertThat(verdict).isInstanceOf(Verdict.Linearizable.class));
    managersAgree(now);
  }

  /// Does one step, and waits until the cluster is what it is to be then, and answers.
  private Membership take(String number, Step step, Membership before, ApiHistory clients)
      throws Exception {
    tell(number + step);
    Membership after = before.after(step);
    act(step, before, after);
    awaitAgreement(after);
    goOn(clients);
    return after;
  }

  private void act(Step step, Membership before, Membership after) throws Exception {
    switch (step) {
      case Step.Join s -> {
        CLUSTER.cluster().join(s.host(), s.at(), token(s.at(), s.as()));
        joined(after.node(s.host()));
      }
      case Step.Promote s -> role(s.by(), before.node(s.host()), Role.MANAGER);
      case Step.Demote s -> role(s.by(), before.node(s.host()), Role.WORKER);
      case Step.Retire s -> {
        role(s.by(), before.node(s.host()), Role.WORKER);
        leaveAsSoonAsLetGo(s.host());
      }
      case Step.Leave s -> leave(s.host(), before.all(Place.MANAGER).contains(s.host()));
      case Step.Forget s -> remove(s.by(), s.node(), false);
      case Step.Expel s -> remove(s.by(), before.node(s.host()), before.runs(s.host()));
      case Step.ComeBack s -> {
        if (!before.runs(s.host())) {
          CLUSTER.cluster().start(s.host());
        }
        leave(s.host(), true);
      }
      case Step.Kill s -> CLUSTER.cluster().kill(s.host());
      case Step.Restart s -> CLUSTER.cluster().start(s.host());
      case Step.RefusedDemotion s ->
          refused(400, s.why(), () -> role(s.by(), before.node(s.host()), Role.WORKER));
      case Step.RefusedLeave s -> refused(503, s.why(), () -> leave(s.host(), false));
    }
  }

  private static DockerApi api(int host) {
    return CLUSTER.cluster().api(host);
  }

  private static String word(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static String token(int at, Role role) throws IOException {
    return api(at)
        .get("/swarm")
        .path("JoinTokens")
        .path(role == Role.MANAGER ? "Manager" : "Worker")
        .asText();
  }

  private void joined(Node node) throws IOException {
    ids.put(node, api(node.host()).get("/info").at("/Swarm/NodeID").asText());
  }

  private String id(Node node) {
    return ids.getOrDefault(node, "");
  }

  /// Nodes report while they are asked about: who is told that a node has changed meanwhile looks
  /// again, as the message says.
  private void role(int by, Node node, Role role) throws IOException, InterruptedException {
    var refusals = new ArrayList<ApiException>();
    Wait.until(
        node + " has not changed meanwhile",
        LIMIT,
        () -> {
          try {
            Roles.set(api(by), id(node), word(role));
          } catch (ApiException e) {
            if (String.valueOf(e.getMessage()).contains("update out of sequence")) {
              return false;
            }
            refusals.add(e); // for the caller: waiting would try again
          }
          return true;
        });
    if (!refusals.isEmpty()) {
      throw refusals.getFirst();
    }
  }

  private static void leave(int host, boolean force) throws IOException {
    JsonNode _ = api(host).post("/swarm/leave?force=" + force);
  }

  private static void leaveAsSoonAsLetGo(int host) throws IOException, InterruptedException {
    Wait.until(
        "host " + host + " may leave",
        LIMIT,
        () -> {
          leave(host, false);
          return true;
        });
  }

  private void remove(int by, Node node, boolean force) throws IOException {
    JsonNode _ = api(by).delete("/nodes/" + id(node) + "?force=" + force);
  }

  private static void goOn(ApiHistory clients) throws Exception {
    int enough = clients.answers() + STRETCH;
    Wait.until(STRETCH + " more answers", LIMIT, () -> clients.answers() >= enough);
  }

  private void awaitAgreement(Membership expected) throws IOException, InterruptedException {
    for (int host : expected.running(Place.MANAGER)) {
      Wait.until(
          "host " + host + " lists who is there",
          LIMIT,
          () -> {
            SortedMap<String, Listed> listed = listed(host);
            if (!listed.equals(named(expected))) {
              throw new IOException("it lists " + listed + ", not " + named(expected));
            }
            return true;
          });
    }
    for (int host : expected.running(Place.WORKER)) {
      Wait.until("host " + host + " is a worker", LIMIT, () -> isWorker(host));
    }
    for (int host : expected.running(Place.OUTSIDE)) {
      assertThat(state(host)).as("host %s", host).isEqualTo("inactive");
    }
  }

  private static boolean isWorker(int host) throws IOException {
    return state(host).equals("active")
        && !api(host).get("/info").at("/Swarm/ControlAvailable").asBoolean();
  }

  private static String state(int host) throws IOException {
    return api(host).get("/info").at("/Swarm/LocalNodeState").asText();
  }

  private static SortedMap<String, Listed> named(Membership expected) {
    var all = new TreeMap<String, Listed>();
    expected.listing().forEach((node, listed) -> all.put(node.toString(), listed));
    return all;
  }

  private SortedMap<String, Listed> listed(int by) throws IOException {
    var names = new HashMap<String, String>();
    ids.forEach((node, id) -> names.put(id, node.toString()));
    var all = new TreeMap<String, Listed>();
    for (Swarm.NodeView node : CLUSTER.swarm(by).nodes()) {
      if (node.reachability().equals("reachable") && !node.ready()) {
        throw new IOException(node + " can be reached, and is not ready");
      }
      all.put(
          names.getOrDefault(node.id(), node.toString()),
          new Listed(
              node.manager() ? Role.MANAGER : Role.WORKER,
              !node.reachability().isEmpty(),
              node.ready()));
    }
    return all;
  }

  /// With nobody writing any more: all managers say the same of everything.
  private void managersAgree(Membership expected) throws IOException {
    List<Integer> managers = expected.all(Place.MANAGER);
    JsonNode services = api(managers.getFirst()).get("/services");
    JsonNode nodes = api(managers.getFirst()).get("/nodes");
    for (int host : managers) {
      assertThat(listed(host)).as("nodes at host %s", host).isEqualTo(named(expected));
      assertThat(api(host).get("/nodes")).as("nodes at host %s", host).isEqualTo(nodes);
      assertThat(api(host).get("/services")).as("services at host %s", host).isEqualTo(services);
      assertThat(CLUSTER.swarm(host).nodes())
          .as("managers at host %s", host)
          .filteredOn(node -> node.reachability().equals("reachable"))
          .hasSize(managers.size())
          .filteredOn(Swarm.NodeView::leader)
          .hasSize(1);
    }
  }

  private static void tell(String line) throws IOException {
    System.out.println(line);
    Files.writeString(
        FOLDER.resolve("steps.txt"),
        line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static void write(
      Collection<Operation<ServiceCall, ServiceAnswer>> history,
      Map<String, Verdict<ServiceCall, ServiceAnswer>> verdicts)
      throws IOException {
    var lines = new ArrayList<String>();
    verdicts.forEach((service, verdict) -> lines.add(service + ": " + verdict));
    history.stream()
        .sorted(Comparator.comparingLong((Operation<ServiceCall, ServiceAnswer> o) -> o.call()))
        .forEach(operation -> lines.add(operation.toString()));
    Files.write(FOLDER.resolve("history.txt"), lines);
  }
}
