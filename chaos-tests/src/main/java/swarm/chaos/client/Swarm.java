package swarm.chaos.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A swarm as one manager's API shows it. Thread-safe.
public final class Swarm {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DockerApi api;

  /// @param api a manager's
  public Swarm(DockerApi api) {
    this.api = api;
  }

  /// The API itself.
  public DockerApi api() {
    return api;
  }

  /// A node.
  ///
  /// @param state `ready`, `down`, `disconnected` or `unknown`
  /// @param manager whether it is one
  /// @param leader whether it leads
  /// @param reachability `reachable`, `unreachable`, or empty for a worker
  public record NodeView(
      String id,
      String hostname,
      String state,
      boolean manager,
      boolean leader,
      String reachability) {
    /// Whether tasks may be placed on it.
    public boolean ready() {
      return state.equals("ready");
    }
  }

  /// A task.
  ///
  /// @param nodeId empty where it is not placed
  /// @param state such as `running`
  /// @param desired such as `shutdown`
  /// @param pid of its container's first process, 0 where there is none
  /// @param error why it failed; empty where it did not
  public record TaskView(
      String id,
      String nodeId,
      int slot,
      String state,
      String desired,
      String containerId,
      long pid,
      String error) {
    /// Whether it runs and is meant to.
    public boolean running() {
      return state.equals("running") && desired.equals("running");
    }
  }

  /// All nodes.
  public List<NodeView> nodes() throws IOException {
    var all = new ArrayList<NodeView>();
    for (JsonNode node : api.get("/nodes")) {
      JsonNode manager = node.path("ManagerStatus");
      all.add(
          new NodeView(
              node.path("ID").asText(),
              node.path("Description").path("Hostname").asText(),
              node.path("Status").path("State").asText(),
              node.path("Spec").path("Role").asText().equals("manager"),
              manager.path("Leader").asBoolean(),
              manager.path("Reachability").asText()));
    }
    return all;
  }

  /// The node that leads, where one does.
  public Optional<NodeView> leader() throws IOException {
    return nodes().stream().filter(NodeView::leader).findFirst();
  }

  /// All tasks of a service, also those that ended.
  public List<TaskView> tasks(String service) throws IOException {
    String filter =
        URLEncoder.encode("{\"service\":{\"" + service + "\":true}}", StandardCharsets.UTF_8);
    var all = new ArrayList<TaskView>();
    for (JsonNode task : api.get("/tasks?filters=" + filter)) {
      JsonNode status = task.path("Status");
      JsonNode container = status.path("ContainerStatus");
      all.add(
          new TaskView(
              task.path("ID").asText(),
              task.path("NodeID").asText(),
              task.path("Slot").asInt(),
              status.path("State").asText(),
              task.path("DesiredState").asText(),
              container.path("ContainerID").asText(),
              container.path("PID").asLong(),
              status.path("Err").asText()));
    }
    return all;
  }

  /// The tasks that run and are meant to.
  public List<TaskView> running(String service) throws IOException {
    return tasks(service).stream().filter(TaskView::running).toList();
  }

  /// A specification of a replicated service; stopped by SIGKILL, so that removal is not a wait.
  public static ObjectNode service(String name, String image, int replicas) {
    ObjectNode spec = JSON.createObjectNode().put("Name", name);
    spec.putObject("TaskTemplate")
        .putObject("ContainerSpec")
        .put("Image", image)
        .put("StopSignal", "SIGKILL");
    spec.putObject("Mode").putObject("Replicated").put("Replicas", replicas);
    return spec;
  }

  /// The same, with a TCP port of every host published.
  public static ObjectNode published(ObjectNode spec, int publishedPort, int targetPort) {
    spec.putObject("EndpointSpec")
        .putArray("Ports")
        .addObject()
        .put("Protocol", "tcp")
        .put("PublishedPort", publishedPort)
        .put("TargetPort", targetPort);
    return spec;
  }

  /// Creates a service.
  ///
  /// @return its id
  public String create(JsonNode spec) throws IOException {
    return api.post("/services/create", spec).path("ID").asText();
  }

  /// Sets a service's number of replicas.
  public void scale(String service, int replicas) throws IOException {
    JsonNode current = api.get("/services/" + service);
    ObjectNode spec = current.path("Spec").deepCopy();
    spec.withObject("/Mode/Replicated").put("Replicas", replicas);
    long version = current.path("Version").path("Index").asLong();
    JsonNode _ = api.post("/services/" + service + "/update?version=" + version, spec);
  }

  /// Removes a service.
  public void remove(String service) throws IOException {
    JsonNode _ = api.delete("/services/" + service);
  }
}
