package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.DockerCluster;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Some hosts with a swarm on them, ours or Docker's, and services at chosen places on networks.
///
/// @param hosts how many take part; they count from 1, and host 1 is a manager
/// @param api of a host, in the version that both speak
/// @param on makes a command that will run on a host
/// @param names of the hosts
record NetworkSide(
    int hosts,
    IntFunction<DockerApi> api,
    BiFunction<Integer, List<String>, ProcessBuilder> on,
    IntFunction<String> names) {
  /// Until something that was asked for is there.
  static final Duration LIMIT = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  /// A cluster of ours.
  static NetworkSide of(TestCluster cluster) {
    return new NetworkSide(
        cluster.size(),
        host -> cluster.api(host).oldest(),
        (host, command) -> cluster.on(host, command.toArray(String[]::new)),
        cluster::hostname);
  }

  /// Docker's.
  ///
  /// @param prefix of the hosts' names
  static NetworkSide of(DockerCluster cluster, String prefix, int hosts) {
    return new NetworkSide(
        hosts,
        host -> new DockerApi(cluster.socket(host), LIMIT).oldest(),
        cluster::on,
        host -> prefix + host);
  }

  Swarm swarm() {
    return new Swarm(api.apply(1));
  }

  /// Forms a swarm with one manager of hosts 1 to `members`, and gives every host the image
  /// `web:1`.
  void form(int members) throws IOException {
    JsonNode _ = api.apply(1).post("/swarm/init", listening(1));
    for (int host = 2; host <= members; host++) {
      join(host);
    }
    for (int host = 1; host <= hosts; host++) {
      api.apply(host).importImage(BusyboxImage.tar(), "web", "1", BusyboxImage.SERVE);
    }
  }

  /// Has a host join as a worker.
  void join(int host) throws IOException {
    JsonNode token = api.apply(1).get("/swarm").path("JoinTokens").path("Worker");
    ObjectNode join = listening(host).put("JoinToken", token.asText());
    join.putArray("RemoteAddrs").add(TestCluster.address(1) + ":2377");
    JsonNode _ = api.apply(host).post("/swarm/join", join);
  }

  private static ObjectNode listening(int host) {
    return JSON.createObjectNode()
        .put("ListenAddr", "0.0.0.0:2377")
        .put("AdvertiseAddr", TestCluster.address(host));
  }

  /// Makes a network of the cluster.
  ///
  /// @param subnet empty for any
  void network(String name, String subnet) throws IOException {
    ObjectNode network = JSON.createObjectNode().put("Name", name).put("Driver", "overlay");
    if (!subnet.isEmpty()) {
      network.withObject("/IPAM").putArray("Config").addObject().put("Subnet", subnet);
    }
    JsonNode _ = api.apply(1).post("/networks/create", network);
  }

  /// A specification of a service that does nothing: measuring programs enter its namespaces.
  static ObjectNode idle(String name, int replicas) {
    ObjectNode spec = Swarm.service(name, "web:1", replicas);
    spec.withObject("/TaskTemplate/ContainerSpec").putArray("Args").add("sleep").add("1000000");
    return spec;
  }

  /// The same service, on a network.
  static ObjectNode on(ObjectNode spec, String network) {
    spec.withObject("/TaskTemplate").putArray("Networks").addObject().put("Target", network);
    return spec;
  }

  /// The same service, its tasks on this host only.
  ObjectNode at(ObjectNode spec, int host) {
    return constrained(spec, "==", host);
  }

  /// The same service, its tasks on any host but this.
  ObjectNode notAt(ObjectNode spec, int host) {
    return constrained(spec, "!=", host);
  }

  private ObjectNode constrained(ObjectNode spec, String operator, int host) {
    spec.withObject("/TaskTemplate/Placement")
        .putArray("Constraints")
        .add("node.hostname" + operator + names.apply(host));
    return spec;
  }

  /// The same service, with a task on every host.
  static ObjectNode everywhere(ObjectNode spec) {
    ObjectNode mode = spec.putObject("Mode");
    mode.putObject("Global");
    return spec;
  }

  /// Creates a service, and waits until all of its tasks run.
  List<Swarm.TaskView> run(ObjectNode spec, int tasks) throws IOException, InterruptedException {
    swarm().create(spec);
    return await(spec.path("Name").asText(), tasks);
  }

  /// Waits until so many tasks of a service run.
  List<Swarm.TaskView> await(String service, int tasks) throws IOException, InterruptedException {
    Wait.until(
        tasks + " tasks of " + service + " run",
        LIMIT,
        () -> swarm().running(service).size() == tasks);
    return swarm().running(service);
  }

  /// The task of a service on a host.
  Swarm.TaskView taskOn(String service, int host) throws IOException {
    String node =
        swarm().nodes().stream()
            .filter(each -> each.hostname().equals(names.apply(host)))
            .findFirst()
            .orElseThrow(() -> new IOException("host " + host + " is no node"))
            .id();
    return swarm().running(service).stream()
        .filter(task -> task.nodeId().equals(node))
        .findFirst()
        .orElseThrow(() -> new IOException("no task of " + service + " on host " + host));
  }

  /// The virtual address of a service on a network.
  String virtual(String service, String network) throws IOException {
    String id = networkId(network);
    JsonNode endpoint = api.apply(1).get("/services/" + service).path("Endpoint");
    for (JsonNode each : endpoint.path("VirtualIPs")) {
      if (each.path("NetworkID").asText().equals(id)) {
        return bare(each.path("Addr").asText());
      }
    }
    throw new IOException(service + " has no address on " + network);
  }

  /// A task's own address on a network.
  String address(String taskId, String network) throws IOException {
    String id = networkId(network);
    JsonNode task = api.apply(1).get("/tasks/" + taskId);
    for (JsonNode each : task.path("NetworksAttachments")) {
      if (each.at("/Network/ID").asText().equals(id)) {
        return bare(each.at("/Addresses/0").asText());
      }
    }
    throw new IOException("task " + taskId + " has no address on " + network);
  }

  private String networkId(String network) throws IOException {
    return api.apply(1).get("/networks/" + network).path("Id").asText();
  }

  private static String bare(String address) {
    return address.replaceFirst("/.*", "");
  }

  /// The network namespace of a task's container.
  static Path netns(Swarm.TaskView task) {
    return Path.of("/proc/" + task.pid() + "/ns/net");
  }
}
