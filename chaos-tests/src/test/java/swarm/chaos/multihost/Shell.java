package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Assumptions;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;

/// Where the commands of one client are typed: on a host, against its daemon. Thread-safe.
///
/// @param cluster the swarms of one: host 1 is docker's, host 2 our own command's
record Shell(ClusterExtension cluster, Client client, int host) {
  /// What the id of a service, task or node looks like.
  static final String ID = "[a-z0-9]{25}";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NOTHING = new byte[0];

  /// What one client does.
  @FunctionalInterface
  interface Session {
    void in(Shell shell) throws Exception;
  }

  /// The client on its own host.
  static Shell of(ClusterExtension cluster, Client client) {
    return new Shell(
        cluster,
        client,
        switch (client) {
          case DOCKER -> 1;
          case SWARM -> 2;
        });
  }

  /// The same with both clients, at the same time, each on its own host, which is cleared then.
  static void both(ClusterExtension cluster, Session session) throws Exception {
    Together.run(
        Stream.of(Client.values())
            .filter(Client::installed)
            .map(client -> of(cluster, client))
            .<Together.Task>map(
                shell ->
                    () -> {
                      try {
                        session.in(shell);
                      } finally {
                        shell.clear();
                      }
                    })
            .toList());
    Assumptions.assumeTrue(
        Client.DOCKER.installed(), "there is no docker command here: only ours was run");
  }

  /// The same client on another host.
  Shell on(int other) {
    return new Shell(cluster, client, other);
  }

  DockerApi api() {
    return cluster.cluster().api(host);
  }

  Swarm swarm() {
    return cluster.swarm(host);
  }

  // ---- commands

  Client.Done run(byte[] input, List<String> words) throws IOException, InterruptedException {
    Assumptions.assumeTrue(client.installed(), "there is no docker command here to run");
    return client.run(cluster.cluster(), host, input, words);
  }

  Client.Done run(String... words) throws IOException, InterruptedException {
    return run(NOTHING, List.of(words));
  }

  /// It succeeds.
  ///
  /// @return its standard output
  String ok(List<String> words) throws Exception {
    Client.Done done = run(NOTHING, words);
    assertThat(done.status()).as(done.toString()).isZero();
    return done.out();
  }

  String ok(String... words) throws Exception {
    return ok(List.of(words));
  }

  /// It fails with status 1, and says on standard error why.
  AbstractStringAssert<?> fails(List<String> words) throws Exception {
    Client.Done done = run(NOTHING, words);
    assertThat(done.status()).as(done.toString()).isEqualTo(1);
    assertThat(done.err()).as(done.toString()).isNotBlank();
    return assertThat(done.err()).as(done.toString());
  }

  AbstractStringAssert<?> fails(String... words) throws Exception {
    return fails(List.of(words));
  }

  /// A command that begins as commands on the cluster do.
  List<String> cluster(String... words) {
    return client.cluster(words);
  }

  /// The cells of each row of a table, its head first.
  static List<List<String>> table(String out) {
    return out.lines().map(line -> Arrays.asList(line.strip().split(" {2,}"))).toList();
  }

  // ---- what commands are about

  /// Creates a service of one task by a command, and waits until it runs.
  void service(String name, String script) throws Exception {
    String out =
        ok(
            "service",
            "create",
            "--detach",
            "--stop-signal",
            "SIGKILL",
            "--name",
            name,
            IMAGE,
            "sh",
            "-c",
            script);
    assertThat(out).matches(ID + "\n");
    awaitRunning(name, 1);
  }

  void awaitRunning(String service, int count) throws Exception {
    cluster.awaitRunning(host, service, count, 0);
  }

  /// Runs a container, made through the API.
  ///
  /// @return its id
  String container(String name, String script) throws IOException {
    var body = JSON.createObjectNode().put("Image", IMAGE);
    body.putArray("Cmd").add("sh").add("-c").add(script);
    String id = api().post("/containers/create?name=" + name, body).path("Id").asText();
    var _ = api().post("/containers/" + id + "/start");
    return id;
  }

  /// Removes everything from the host but the image that all tests need.
  void clear() throws Exception {
    cluster.removeServices(host);
    for (JsonNode container : api().get("/containers/json?all=1")) {
      var _ = api().delete("/containers/" + container.path("Id").asText() + "?force=1");
    }
    for (JsonNode volume : api().get("/volumes").path("Volumes")) {
      var _ = api().delete("/volumes/" + volume.path("Name").asText());
    }
    for (JsonNode image : api().get("/images/json")) {
      var tags = new ArrayList<String>();
      image.path("RepoTags").forEach(tag -> tags.add(tag.asText()));
      if (!tags.remove(IMAGE)) {
        tags.clear();
        tags.add(image.path("Id").asText());
      }
      for (String name : tags) {
        var _ = api().delete("/images/" + name + "?force=1");
      }
    }
  }
}
