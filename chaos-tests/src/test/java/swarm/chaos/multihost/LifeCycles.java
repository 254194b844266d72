package swarm.chaos.multihost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.DockerApi;

/// Containers' lives of every kind, one after the other or side by side, through the API. Each
/// removes what it made. Thread-safe.
final class LifeCycles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 5_000;

  /// The kinds, taken in turns.
  private enum Kind {
    /// Runs a command and removes itself.
    RM,
    /// Runs a command, is waited for and removed.
    PLAIN,
    /// With a network of users, a port and a volume without a name.
    SERVING,
    /// Something else is run in it, and it is killed.
    EXEC,
    /// Its command does not exist.
    NO_COMMAND,
    /// Its command is no program.
    NO_PROGRAM
  }

  private final DockerApi api;
  private final String image;
  private final String network;
  private final AtomicInteger count = new AtomicInteger();

  /// @param network that users made; some containers are on it
  LifeCycles(DockerApi api, String image, String network) {
    this.api = api;
    this.image = image;
    this.network = network;
  }

  /// So many lives, so many of them at once.
  void run(int lives, int atOnce) throws Exception {
    var tasks = new ArrayList<Together.Task>();
    for (int i = 0; i < lives; i++) {
      tasks.add(this::one);
    }
    Together.run(atOnce, tasks);
  }

  /// One life, of the next kind.
  void one() throws IOException {
    int number = count.getAndIncrement();
    switch (Kind.values()[number % Kind.values().length]) {
      case RM -> {
        String id = create(number, "[\"true\"]", ", \"AutoRemove\": true");
        api.post("/containers/" + id + "/start");
        gone(id);
      }
      case PLAIN -> {
        String id = create(number, "[\"true\"]", "");
        api.post("/containers/" + id + "/start");
        api.post("/containers/" + id + "/wait");
        api.delete("/containers/" + id + "?v=1");
      }
      case SERVING -> {
        String id = create(number, "[\"sleep\", \"1000\"]", serving(number));
        api.post("/containers/" + id + "/start");
        api.delete("/containers/" + id + "?force=1&v=1");
      }
      case EXEC -> {
        String id = create(number, "[\"sleep\", \"1000\"]", "");
        api.post("/containers/" + id + "/start");
        exec(id);
        api.post("/containers/" + id + "/kill");
        api.delete("/containers/" + id + "?v=1");
      }
      case NO_COMMAND -> refused(create(number, "[\"nosuch\"]", ""), 127);
      case NO_PROGRAM -> refused(create(number, "[\"/tmp\"]", ""), 126);
    }
  }

  private String serving(int number) {
    return ", \"NetworkMode\": \"%s\", \"PortBindings\": {\"80/tcp\": [{\"HostPort\": \"%d\"}]}"
        .formatted(network, FIRST_PORT + number % PORTS);
  }

  private String create(int number, String command, String host) throws IOException {
    String body =
        """
        {"Image": "%s", "Cmd": %s, "Volumes": {"/data": {}}, "HostConfig": {"Memory": 33554432%s}}
        """
            .formatted(image, command, host);
    return api.post("/containers/create?name=life-" + number, JSON.readTree(body))
        .path("Id")
        .asText();
  }

  private void exec(String id) throws IOException {
    JsonNode body = JSON.readTree("{\"Cmd\": [\"echo\", \"hello\"], \"AttachStdout\": true}");
    String exec = api.post("/containers/" + id + "/exec", body).path("Id").asText();
    api.post("/exec/" + exec + "/start", JSON.readTree("{\"Detach\": true}"));
  }

  private void gone(String id) throws IOException {
    try {
      api.post("/containers/" + id + "/wait?condition=removed");
    } catch (ApiException e) {
      if (e.status() != 404) {
        throw e; // gone before it was asked for
      }
    }
  }

  private void refused(String id, int code) throws IOException {
    try {
      api.post("/containers/" + id + "/start");
      throw new IOException("a container without a program was started");
    } catch (ApiException _) {
      int shown = api.get("/containers/" + id + "/json").path("State").path("ExitCode").asInt();
      if (shown != code) {
        throw new IOException("its exit code is " + shown + ", not " + code);
      }
    }
    api.delete("/containers/" + id + "?v=1");
  }

  /// Removes containers and volumes that are there, of lives that were cut short.
  static void clear(DockerApi api) throws IOException {
    for (JsonNode container : api.get("/containers/json?all=1")) {
      api.delete("/containers/" + container.path("Id").asText() + "?force=1&v=1");
    }
    for (JsonNode volume : List.copyOf(volumes(api))) {
      api.delete("/volumes/" + volume.path("Name").asText());
    }
  }

  private static List<JsonNode> volumes(DockerApi api) throws IOException {
    var all = new ArrayList<JsonNode>();
    api.get("/volumes").path("Volumes").forEach(all::add);
    return all;
  }
}
